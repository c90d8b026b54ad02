//! The differences that a node can lead to, and why each of them is harmless.

use sluice_tests::net::faults::STRANGER;

use super::signed::Difference;

/// A difference in fields of an instruction, or an instruction that was not meant.
struct Harmless {
    /// The instruction.
    name: &'static str,
    /// The fields that may differ; none where the instruction was not meant.
    fields: &'static [&'static str],
    /// Why that harms nobody.
    why: &'static str,
}

const fn harmless(
    name: &'static str,
    fields: &'static [&'static str],
    why: &'static str,
) -> Harmless {
    Harmless { name, fields, why }
}

const MINIMUM: &str = "another least amount: the program pays its own price, and --min bounds it";
const PLACE: &str = "another validator of the same pool, by the program's own rules and price";
const NUMBER: &str =
    "another number: the ticket is its owner's all the same, and in the local book";
const RENT: &str = "at most twice the rent that is known";
const SEED: &str = "another address of the owner's, which is not in use";
const TABLE: &str = "the keeper's own table: `tables close` gives its rent back";
const ALL: &str = "`all` is what a node says is there, and never more than is";

/// Everything that was found, and thought about.
const LIST: &[Harmless] = &[
    harmless("Sluice: deposit_sol", &["minimum_lst"], MINIMUM),
    harmless("Sluice: withdraw_sol", &["minimum_lamports"], MINIMUM),
    harmless("Sluice: withdraw_sol", &["lst", "minimum_lamports"], ALL),
    harmless("Sluice: deposit_stake", &["minimum_lst"], MINIMUM),
    harmless(
        "Sluice: deposit_stake",
        &["minimum_lst", "@main", "@vote", "@page", "slot_index"],
        PLACE,
    ),
    harmless("Sluice: withdraw_stake", &["minimum_lamports"], MINIMUM),
    harmless(
        "Sluice: withdraw_stake",
        &["minimum_lamports", "@main", "@vote", "@page", "slot_index"],
        PLACE,
    ),
    harmless(
        "Sluice: withdraw_stake",
        &[
            "minimum_lamports",
            "@main",
            "@vote",
            "@page",
            "slot_index",
            "lst",
        ],
        ALL,
    ),
    harmless("Sluice: request_unstake", &["@ticket", "number"], NUMBER),
    harmless("Sluice: request_unstake", &["lst"], ALL),
    harmless("System: create_account", &["lamports"], RENT),
    harmless(
        "System: create_account_with_seed",
        &["@new_account", "seed"],
        SEED,
    ),
    harmless("System: create_account_with_seed", &["lamports"], RENT),
    harmless(
        "Sluice: pay_fees",
        &[],
        "the pool's fee goes to its treasury: at most the rent of a token account is paid",
    ),
    harmless("Sluice: deposit_stake", &["@stake", "minimum_lst"], SEED),
    harmless("SPL Stake Pool: unknown instruction", &["@account 5"], SEED),
    harmless(
        "SPL Stake Pool: unknown instruction",
        &["@account 4", "data"],
        PLACE,
    ),
    harmless("SPL Stake Pool: unknown instruction", &["data"], MINIMUM),
    harmless(
        "Sluice: request_unstake",
        &[],
        "what no validator gives goes through the queue, to the same owner, as the command says",
    ),
    harmless("Address Lookup Table: create_lookup_table", &[], TABLE),
    harmless("Address Lookup Table: extend_lookup_table", &[], TABLE),
    harmless(
        "Token Metadata: update_metadata",
        &["name", "symbol", "uri"],
        "what was left out of the command line is told before it is signed",
    ),
    harmless(
        "Stake: authorize",
        &[],
        "the wallet becomes staker of a stake account that it may withdraw from",
    ),
    harmless(
        "Stake: deactivate",
        &[],
        "--deactivate was typed: the stake is its owner's, and earns nothing for an epoch",
    ),
];

/// Amounts that leave a wallet may be so many times what was meant.
const MOST_TIMES: u64 = 2;

/// Why a difference is harmless; none where it is not known to be.
pub fn reason(difference: &Difference) -> Option<&'static str> {
    if names_a_stranger(difference) || takes_more(difference) {
        return None;
    }
    if !difference.is_signed_for {
        return Some("anybody can send it: the program does only what is due");
    }
    let found = LIST.iter().find(|harmless| {
        let may_differ = |field: &String| harmless.fields.contains(&field.as_str());
        difference.name == harmless.name
            && difference.fields.is_empty() == harmless.fields.is_empty()
            && difference.fields.keys().all(may_differ)
    });
    found.map(|harmless| harmless.why)
}

/// Whether it has an address that only a lie named.
fn names_a_stranger(difference: &Difference) -> bool {
    let stranger = STRANGER.to_string();
    let mut values = difference.fields.values();
    values.any(|(is, _)| is.contains(&stranger))
}

/// Whether far more lamports would leave a wallet.
fn takes_more(difference: &Difference) -> bool {
    let Some((is, meant)) = difference.fields.get("lamports") else {
        return false;
    };
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    number(is) > number(meant).saturating_mul(MOST_TIMES)
}
