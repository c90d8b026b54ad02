//! The amounts of a pool that are metrics, each declared once.

use std::collections::BTreeMap;

use solana_pubkey::Pubkey;

use crate::{
    facts::Facts,
    outcome::{Outcome, Sums},
};

/// One amount of a pool.
pub struct PoolGauge {
    /// Its name between the prefix and the unit.
    pub name: &'static str,
    /// Its unit, where it is no mere count.
    pub unit: Option<&'static str>,
    /// What it is, as a sentence without its full stop.
    pub help: &'static str,
    /// None where it cannot be computed.
    pub value: fn(&Facts<'_>) -> Option<u64>,
}

const fn gauge(
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    value: fn(&Facts<'_>) -> Option<u64>,
) -> PoolGauge {
    PoolGauge {
        name,
        unit,
        help,
        value,
    }
}

/// The unit of SOL.
pub const LAMPORTS: Option<&str> = Some("lamports");
const LST: Option<&str> = Some("lst");

/// Everything that a pool's accounts say.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method is of one lifetime, and these are of all"
)]
pub const POOL_GAUGES: [PoolGauge; 20] = [
    gauge("epoch", None, "Epoch of the cluster", |facts| {
        Some(facts.epoch())
    }),
    gauge(
        "priced_epoch",
        None,
        "Epoch that the prices are of",
        |facts| Some(facts.pool.finalized_epoch),
    ),
    gauge(
        "deposit_price",
        LAMPORTS,
        "What a whole token costs at a deposit",
        |facts| facts.deposit_price(),
    ),
    gauge(
        "exit_price",
        LAMPORTS,
        "What a whole token is worth at an exit",
        |facts| facts.exit_price(),
    ),
    gauge(
        "supply",
        LST,
        "LST in existence, in the smallest unit",
        |facts| Some(facts.rate?.supply.get()),
    ),
    gauge("owned", LAMPORTS, "What the pool owns", |facts| {
        Some(facts.rate?.full.get())
    }),
    gauge("redeemable", LAMPORTS, "What exits share now", |facts| {
        Some(facts.rate?.value.get())
    }),
    gauge("staked", LAMPORTS, "Stake with validators", |facts| {
        Some(facts.pool.staked_lamports)
    }),
    gauge("reserve", LAMPORTS, "What is in the reserve", |facts| {
        Some(facts.pool.reserve_lamports)
    }),
    gauge(
        "reserve_target",
        LAMPORTS,
        "What the reserve should keep for instant exits",
        |facts| {
            facts
                .pool
                .reserve_target()
                .ok()
                .map(sluice_math::Lamports::get)
        },
    ),
    gauge(
        "dripping",
        LAMPORTS,
        "Rewards that are withheld and drip to the holders",
        |facts| facts.dripping(),
    ),
    gauge(
        "queue_batches",
        None,
        "Batches that are locked and not settled",
        |facts| Some(facts.locked_batches()),
    ),
    gauge(
        "queue_locked",
        LST,
        "LST in locked batches that is not settled",
        |facts| Some(facts.pool.locked_lst),
    ),
    gauge("queue_open", LST, "LST in the open batch", |facts| {
        Some(facts.pool.open_lst)
    }),
    gauge(
        "queue_age",
        Some("epochs"),
        "Epochs since the oldest unsettled batch was locked",
        |facts| Some(facts.queue_age_epochs()),
    ),
    gauge(
        "breaker_tripped",
        None,
        "Whether an abnormal loss has tripped the breaker",
        |facts| Some(facts.pool.is_tripped().into()),
    ),
    gauge(
        "paused",
        None,
        "Whether the guardian has paused the pool",
        |facts| Some(facts.pool.is_paused(facts.epoch()).into()),
    ),
    gauge(
        "pending_changes",
        None,
        "Changes of parameters that are announced",
        |facts| u64::try_from(facts.snapshot.pending_changes()).ok(),
    ),
    gauge(
        "pending_nominations",
        None,
        "Whether a new admin is nominated",
        |facts| Some((facts.pool.nominated_admin != Pubkey::default()).into()),
    ),
    gauge(
        "fallen",
        LAMPORTS,
        "By how much the value fell in the epoch of the prices",
        |facts| Some(facts.pool.fallen_lamports),
    ),
];

/// A sum for each outcome: its name, its unit, what it is, and where it stands; none where an outcome has none.
pub type OutcomeSum = (
    &'static str,
    Option<&'static str>,
    &'static str,
    fn(&Sums, Outcome) -> Option<u64>,
);

/// What came of transactions, and what they cost: of this run, and of those that an earlier one left.
pub const OUTCOME_SUMS: [OutcomeSum; 4] = [
    (
        "transactions",
        None,
        "Transactions by what came of them",
        |sums, outcome| Some(of(&sums.transactions, outcome)),
    ),
    (
        "fees",
        LAMPORTS,
        "Fees of transactions that were executed, by what came of them",
        |sums, outcome| is_executed(outcome).then(|| of(&sums.fee_lamports, outcome)),
    ),
    (
        "leftover_transactions",
        None,
        "Transactions that an earlier run left undecided, by what came of them",
        |sums, outcome| {
            let is_decided = is_executed(outcome) || outcome == Outcome::Expired;
            is_decided.then(|| of(&sums.leftovers, outcome))
        },
    ),
    (
        "leftover_fees",
        LAMPORTS,
        "Fees of those that were executed, as far as nodes say",
        |sums, outcome| is_executed(outcome).then(|| of(&sums.leftover_fee_lamports, outcome)),
    ),
];

fn is_executed(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Landed | Outcome::Failed)
}

fn of(sums: &BTreeMap<Outcome, u64>, outcome: Outcome) -> u64 {
    sums.get(&outcome).copied().unwrap_or_default()
}

/// A sum since the start: its name, what it is, and where it stands.
pub type PoolSum = (&'static str, &'static str, fn(&Sums) -> u64);

/// What keeping a pool costs and brings.
pub const POOL_SUMS: [PoolSum; 5] = [
    ("rent_paid", "Rent that the keeper paid", |sums| {
        sums.rent_paid_lamports
    }),
    (
        "rent_recovered",
        "Rent that came back to the keeper",
        |sums| sums.rent_recovered_lamports,
    ),
    (
        "claimed",
        "What owners of claimed tickets were paid",
        |sums| sums.claimed_lamports,
    ),
    ("claim_fees", "Of the fees, those of claims", |sums| {
        sums.claim_fee_lamports
    }),
    (
        "batch_rent_returned",
        "Rent of closed batches, which went back to who opened them",
        |sums| sums.batch_rent_lamports,
    ),
];
