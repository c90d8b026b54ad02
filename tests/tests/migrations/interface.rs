//! The book's page of the interface is the program's.

use std::mem::offset_of;

use sluice::state::{
    BATCH_SEED, CLAIMS_SEED, ESCROW_SEED, FEES_SEED, HISTORY_SEED, MAIN_SEED, MARKER_SEED,
    MINT_AUTHORITY_SEED, Marker, PAGE_SEED, POOL_SEED, Pool, RESERVE_SEED, RateHistory,
    STAKE_AUTHORITY_SEED, TICKET_SEED, TRANSIENT_SEED, Ticket, UnstakeBatch, ValidatorPage,
};

const PAGE: &str = include_str!("../../../docs/src/interface.md");

/// Fails unless the book's page of the interface has the field at this offset. An account has its
/// discriminator before its first field.
pub fn the_book_says(structure: &str, field: &str, offset: usize) {
    let (_, rest) = PAGE
        .split_once(&format!("### `{structure}`\n"))
        .unwrap_or_else(|| panic!("the book lacks {structure}"));
    let table = rest.split("\n### ").next().unwrap_or_default();
    let starts = if table.contains("discriminator") {
        8
    } else {
        0
    };
    let row = format!("| {} | `{field}` |", offset + starts);
    assert!(table.contains(&row), "{structure} lacks {row}");
}

/// Every seed is in the book's page of the interface, and the page has no other.
#[test]
fn the_book_has_every_seed() {
    let (_, seeds) = PAGE.split_once("## Seeds").expect("a table of seeds");
    let rows = seeds.split("\n## ").next().unwrap_or_default();
    let written: Vec<&str> = rows
        .lines()
        .filter_map(|row| row.split("| `\"").nth(1)?.split('"').next())
        .collect();
    let mut seeds = [
        POOL_SEED,
        STAKE_AUTHORITY_SEED,
        MINT_AUTHORITY_SEED,
        RESERVE_SEED,
        CLAIMS_SEED,
        ESCROW_SEED,
        FEES_SEED,
        HISTORY_SEED,
        PAGE_SEED,
        MARKER_SEED,
        MAIN_SEED,
        TRANSIENT_SEED,
        BATCH_SEED,
        TICKET_SEED,
    ]
    .map(|seed| std::str::from_utf8(seed).expect("seeds are text"));
    let mut written = written;
    written.sort_unstable();
    seeds.sort_unstable();
    assert_eq!(written, seeds);
}

/// Every account starts alike, so that a reader can tell what it has before it.
#[test]
fn every_account_has_version_bump_and_pool_at_the_same_place() {
    assert_eq!(offset_of!(Pool, mint), 8);
    for pool in [
        offset_of!(ValidatorPage, pool),
        offset_of!(Marker, pool),
        offset_of!(UnstakeBatch, pool),
        offset_of!(Ticket, pool),
        offset_of!(RateHistory, pool),
    ] {
        assert_eq!(pool, 8);
    }
    macro_rules! starts {
        ($($account:ident),*) => {
            $(assert_eq!((offset_of!($account, version), offset_of!($account, bump)), (0, 1));)*
        };
    }
    starts!(
        Pool,
        ValidatorPage,
        Marker,
        UnstakeBatch,
        Ticket,
        RateHistory
    );
}

/// Names of instructions that may come have discriminators that nothing else uses.
#[test]
fn the_names_that_are_kept_for_later_are_free() {
    let names = [
        "direct_stake",
        "tokenize_ticket",
        "redeem_ticket",
        "set_fee_recipient",
    ];
    for name in names {
        let digest = solana_sha256_hasher::hash(format!("global:{name}").as_bytes());
        let tag: String = digest.to_bytes()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(PAGE.matches(&tag).count(), 1, "{name}: {tag}");
        assert!(PAGE.contains(&format!("| `{name}` | `{tag}` |")), "{tag}");
    }
}
