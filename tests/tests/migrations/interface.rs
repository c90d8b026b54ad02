//! The book's page of the interface is the program's.

use std::mem::offset_of;

use sluice::state::{
    BATCH_SEED, CLAIMS_SEED, ESCROW_SEED, FEES_SEED, HISTORY_SEED, MAIN_SEED, MARKER_SEED,
    MINT_AUTHORITY_SEED, Marker, PAGE_SEED, POOL_SEED, Pool, RESERVE_SEED, RateHistory,
    STAKE_AUTHORITY_SEED, TICKET_SEED, TRANSIENT_SEED, Ticket, UnstakeBatch, ValidatorPage,
};
use sluice_client::PoolAddresses;
use solana_pubkey::Pubkey;

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

/// What the page's table of seeds makes of a row's words.
fn derived(page: &str, account: &str, named: &[(&str, &[u8])]) -> Pubkey {
    let row = page
        .lines()
        .find(|line| line.starts_with(&format!("| {account} | `\"")));
    let row = row.unwrap_or_else(|| panic!("no seeds of {account}"));
    let cell = row
        .trim_end_matches(" |")
        .rsplit(" | ")
        .next()
        .unwrap_or_default();
    let seeds: Vec<&[u8]> = cell
        .split(", ")
        .map(|word| match word.trim_matches('`').strip_prefix('"') {
            Some(text) => text.trim_end_matches('"').as_bytes(),
            None => {
                let found = named.iter().find(|(name, _)| *name == word);
                found.unwrap_or_else(|| panic!("what is {word}?")).1
            }
        })
        .collect();
    Pubkey::find_program_address(&seeds, &sluice::ID).0
}

/// Where the client, and with it every test of the program, finds each account.
#[test]
fn the_seeds_of_the_page_lead_to_every_account_of_a_pool() {
    let [mint, vote, requester] = [1, 2, 3].map(|byte| Pubkey::new_from_array([byte; 32]));
    let pool = PoolAddresses::of_mint(mint);
    let (index, number) = (7_u16, 9_u64);
    let (index_bytes, number_bytes) = (index.to_le_bytes(), number.to_le_bytes());
    let named: [(&str, &[u8]); 8] = [
        ("mint", mint.as_ref()),
        ("pool", pool.pool.as_ref()),
        ("vote account", vote.as_ref()),
        ("requester", requester.as_ref()),
        ("index u16", &index_bytes),
        ("serial u64", &number_bytes),
        ("id u64", &number_bytes),
        ("number u64", &number_bytes),
    ];
    for (account, address) in [
        ("`Pool`", pool.pool),
        ("stake authority", pool.stake_authority),
        ("mint authority", pool.mint_authority),
        ("reserve", pool.reserve),
        ("claims vault", pool.claims_vault),
        ("escrow", pool.escrow),
        ("fees", pool.fees),
        ("`RateHistory`", pool.history),
        ("`ValidatorPage`", pool.page(index)),
        ("`Marker`", pool.marker(&vote)),
        ("main stake", pool.main(number)),
        ("transient stake", pool.transient(number)),
        ("`UnstakeBatch`", pool.batch(number)),
        ("`Ticket`", pool.ticket(&requester, number)),
    ] {
        assert_eq!(derived(PAGE, account, &named), address, "{account}");
    }
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
