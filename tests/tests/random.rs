//! Random sequences of all instructions and epochs on the compiled program, held against the
//! reference model after every step.
//!
//! Every world is a seed. `SLUICE_SEED=7 SLUICE_STEPS=500` relives one world as a failure printed
//! it; `SLUICE_LONG=1` lives far more of them, `cargo xtask random` as many as a given time allows.

use std::{
    env, fs,
    time::{Duration, Instant},
};

use sluice_tests::{
    model::{Statistics, World},
    seeds::{self, number, on_all_cores},
};

/// Random steps of a world; what honest cranks do after them comes on top.
const STEPS: u64 = 500;
/// Worlds of the test command, and of a long run.
const WORLDS: u64 = 40;
const LONG_WORLDS: u64 = 3_000;
/// Steps that the test command must reach altogether.
const LEAST_STEPS: u64 = 20_000;

/// Every instruction but `create_pool`, which begins each world.
const INSTRUCTIONS: [&str; 25] = [
    "Deposit",
    "Withdraw",
    "DepositStake",
    "WithdrawStake",
    "Request",
    "Cancel",
    "Transfer",
    "Claim",
    "AddValidator",
    "SetWeight",
    "Retire",
    "Close",
    "Observe",
    "Reclaim",
    "Finalize",
    "Collect",
    "Settle",
    "PayFees",
    "Delegate",
    "Undelegate",
    "Eject",
    "ReportLoss",
    "Rate",
    "QuoteDeposit",
    "QuoteWithdraw",
];

fn live(seed: u64, steps: u64) -> Statistics {
    match seeds::live(World::live(seed, steps)) {
        Ok(statistics) => statistics,
        Err(error) => panic!("SLUICE_SEED={seed} SLUICE_STEPS={steps} fails: {error:#}"),
    }
}

/// Lives the worlds of these seeds.
fn live_all(seeds: std::ops::Range<u64>, steps: u64) -> Statistics {
    let mut total = Statistics::default();
    for lived in on_all_cores(seeds, |seed| live(seed, steps)) {
        total.add(&lived);
    }
    total
}

#[test]
fn the_program_does_what_the_model_says_in_random_worlds() {
    let steps = number("SLUICE_STEPS").unwrap_or(STEPS);
    let (seeds, least_steps) = match (number("SLUICE_SEED"), number("SLUICE_LONG")) {
        (Some(seed), _) => (seed..seed + 1, 0),
        (None, Some(_)) => (0..LONG_WORLDS, LONG_WORLDS * steps),
        (None, None) => (0..WORLDS, LEAST_STEPS),
    };
    let began = Instant::now();
    let total = live_all(seeds, steps);
    println!("{total:#?} in {:?}", began.elapsed());
    assert!(total.steps >= least_steps, "only {} steps", total.steps);
    if least_steps > 0 {
        for name in INSTRUCTIONS {
            assert!(
                total.effective.contains_key(name),
                "{name} never did anything"
            );
        }
    }
}

/// `SLUICE_MINUTES` is the time, `SLUICE_REACHED` a file with the next seed and the steps so far, which
/// is written after some worlds each.
#[test]
#[ignore = "takes as long as it is given: cargo xtask random"]
fn the_program_does_what_the_model_says_in_as_many_worlds_as_a_time_allows() {
    const BATCH: u64 = 10;
    let file = env::var("SLUICE_REACHED").expect("SLUICE_REACHED names a file");
    let minutes = number("SLUICE_MINUTES").expect("SLUICE_MINUTES is a number");
    let reached = fs::read_to_string(&file).unwrap_or_default();
    let mut reached = reached.split_whitespace().map(|number| {
        let number: u64 = number.parse().expect("a number");
        number
    });
    // The first seeds are those of the usual test.
    let mut next = reached.next().unwrap_or(WORLDS);
    let mut steps = reached.next().unwrap_or(0);
    let (began, earlier) = (Instant::now(), steps);
    while began.elapsed() < Duration::from_secs(60 * minutes) {
        steps += live_all(next..next + BATCH, STEPS).steps;
        next += BATCH;
        fs::write(&file, format!("{next} {steps}\n")).expect("a file that can be written");
        let per_second = (steps - earlier) / began.elapsed().as_secs().max(1);
        println!("{steps} steps, {per_second} a second, next seed {next}");
    }
}
