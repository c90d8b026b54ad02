//! Random lives on the model alone.

use sluice_model::{Life, Statistics};

const LIVES: u64 = 20;
const STEPS: u64 = 1_000;

#[test]
fn every_invariant_holds_after_every_step_of_random_lives_without_a_chain() {
    let mut total = Statistics::default();
    for seed in 0..LIVES {
        let lived = Life::live_alone(seed, STEPS);
        total.add(&lived.unwrap_or_else(|error| panic!("{error:#}")));
    }
    assert!(total.steps >= LIVES * STEPS, "{} steps", total.steps);
    for name in [
        "Finalize",
        "Settle",
        "Delegate",
        "Undelegate",
        "WithdrawStake",
    ] {
        assert!(total.effective.contains_key(name), "{name} did nothing");
    }
}
