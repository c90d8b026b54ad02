//! Faults at random.

use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{
    Scenario,
    rule::{
        Calls::{self, Any, Of, Reads},
        Change::{First, Lag, More, Set},
        Effect::{self, Afterwards, Changed, Instead, Late},
        Heard::{self, Accepted, Half, Reset, Silence, Status},
        Rule, SEND, Trigger,
    },
};

/// One node in so many has a second one beside it.
const PAIRS: u32 = 4;
const METHODS: [&str; 12] = [
    "getAccountInfo",
    "getBlockHeight",
    "getEpochInfo",
    "getGenesisHash",
    "getLatestBlockhash",
    "getMultipleAccounts",
    "getProgramAccounts",
    "getRecentPrioritizationFees",
    "getSignatureStatuses",
    "getStakeMinimumDelegation",
    "getTransaction",
    "simulateTransaction",
];

/// Some faults at once: the same ones for the same seed.
pub fn mix(seed: u64) -> Scenario {
    let rng = &mut StdRng::seed_from_u64(seed);
    let nodes = if rng.random_ratio(1, PAIRS) { 2 } else { 1 };
    Scenario {
        name: format!("mix {seed}"),
        nodes: (0..nodes).map(|_| rules(rng)).collect(),
        seed,
        survivable: false,
    }
}

fn rules(rng: &mut StdRng) -> Vec<Rule> {
    let number = rng.random_range(1..=4);
    (0..number).map(|_| rule(rng)).collect()
}

fn rule(rng: &mut StdRng) -> Rule {
    let calls = match rng.random_range(0..10) {
        0 => Any,
        1 => Reads,
        2..5 => Of(SEND),
        5 | 6 => Of("getSignatureStatuses"),
        _ => Of(pick(rng, &METHODS)),
    };
    Rule {
        calls,
        trigger: trigger(rng),
        effect: effect(rng, calls),
    }
}

fn pick<T: Copy>(rng: &mut StdRng, all: &[T]) -> T {
    *all.choose(rng).expect("a list that is not empty")
}

fn trigger(rng: &mut StdRng) -> Trigger {
    match rng.random_range(0..6) {
        0 => Trigger::Always,
        1 => Trigger::First(rng.random_range(1..=6)),
        2 => Trigger::After(rng.random_range(1..=6)),
        3 => Trigger::Every(rng.random_range(2..=5)),
        4 => Trigger::Once(SEND),
        _ => Trigger::Chance(rng.random_range(10..=90)),
    }
}

fn effect(rng: &mut StdRng, calls: Calls) -> Effect {
    match rng.random_range(0..10) {
        0..3 => Instead(heard(rng, calls)),
        3..6 => Afterwards(heard(rng, calls)),
        6 => Late(Duration::from_millis(rng.random_range(1..=3_000))),
        _ => change(rng, calls),
    }
}

fn heard(rng: &mut StdRng, calls: Calls) -> Heard {
    let accepted = if calls == Of(SEND) { Accepted } else { Reset };
    let all = [
        Status(429, None),
        Status(429, Some(1)),
        Status(502, None),
        Status(503, None),
        Heard::Error(-32603, "Internal error"),
        Heard::Error(-32603, "Min context slot not reached"),
        Heard::Error(-32016, "Minimum context slot has not been reached"),
        Heard::Error(-32005, "Node is unhealthy"),
        Heard::Error(-32601, "Method not found"),
        Half,
        Reset,
        Reset,
        Silence,
        accepted,
        accepted,
    ];
    pick(rng, &all)
}

/// A lie that this method can tell.
fn change(rng: &mut StdRng, calls: Calls) -> Effect {
    let more = rng.random_range(1..=2_000);
    let own = match calls {
        Of("getBlockHeight") => More("/result", more),
        Of("getEpochInfo") => pick(
            rng,
            &[
                More("/result/blockHeight", more),
                More("/result/absoluteSlot", more),
            ],
        ),
        Of("getSignatureStatuses") => Set("/result/value", "[null]"),
        Of("getLatestBlockhash") => Set("/result/value/lastValidBlockHeight", "1"),
        _ => More("/result/context/slot", more),
    };
    let behind = Lag(rng.random_range(1..=40));
    Changed(pick(rng, &[own, own, First, behind]))
}
