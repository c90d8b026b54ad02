//! The ceilings that the compiled program must stay below, on small pools.

use sluice::state::PoolConfig;
use sluice_bench::measure::{
    Samples, TARGETS, Target, Unit, measure_cranks, measure_ejections, measure_finalize_of_many,
    measure_holders, measure_observe, measure_router, measure_sol_value, measure_stakes,
};
use sluice_tests::{
    cluster::{ClusterBuilder, router_elf, sluice_elf},
    pool::{Pool, Watch},
};

const HOLDERS_PAY_FOR: [&str; 5] = [
    "deposit_sol",
    "withdraw_sol",
    "withdraw_sol_beside_locked_queue",
    "request_unstake",
    "claim",
];

async fn pool_of(validators: usize) -> Pool {
    let builder = Pool::builder().config(|config| *config = PoolConfig::RECOMMENDED);
    let builder = builder.epoch(10).watch(Watch::Off);
    let builder = builder.validators(&vec![(500, 100); validators]);
    builder.cluster(ClusterBuilder::router).start().await
}

/// Panics if a measure has no ceiling, or is above it.
fn assert_within_ceiling(samples: &Samples, measure: &str) {
    let figure = samples.figure(measure);
    let target = Target::of(&figure).unwrap_or_else(|| panic!("{measure} has no ceiling"));
    assert!(
        target.is_met_by(&figure),
        "{measure} takes {}, at most {} are allowed",
        figure.max,
        target.ceiling
    );
}

#[tokio::test]
async fn what_holders_pay_for_stays_below_its_ceilings_with_and_without_a_drip() {
    let mut pool = pool_of(2).await;
    let mut samples = Samples::of("sluice");
    measure_holders(&mut pool, &mut samples, "").await;
    measure_cranks(&mut pool, 4, &mut samples).await;
    let account = pool.account().await;
    assert!(account.drip_end_slot > pool.cluster.slot().await, "no drip");
    measure_holders(&mut pool, &mut samples, "").await;
    for measure in HOLDERS_PAY_FOR {
        assert_within_ceiling(&samples, measure);
    }
}

#[tokio::test]
async fn what_holders_pay_for_costs_the_same_with_one_and_with_seventy_validators() {
    let mut figures = Vec::new();
    for validators in [1, 70] {
        let mut pool = pool_of(validators).await;
        let mut samples = Samples::of("sluice");
        measure_holders(&mut pool, &mut samples, "").await;
        figures.push(HOLDERS_PAY_FOR.map(|measure| samples.figure(measure)));
    }
    assert_eq!(figures[0], figures[1]);
}

#[tokio::test]
async fn the_router_stays_below_its_ceilings_with_and_without_a_drip() {
    let mut pool = pool_of(2).await;
    let mut samples = Samples::of("sluice");
    measure_router(&mut pool, &mut samples).await;
    measure_cranks(&mut pool, 2, &mut samples).await;
    let account = pool.account().await;
    assert!(account.drip_end_slot > pool.cluster.slot().await, "no drip");
    measure_router(&mut pool, &mut samples).await;
    for direction in ["deposit", "withdraw"] {
        let measure = format!("router_{direction}_sol");
        assert_within_ceiling(&samples, &measure);
        assert_within_ceiling(&samples, &format!("{measure}_overhead"));
    }
}

#[tokio::test]
async fn stake_in_and_out_stays_below_its_ceilings_at_the_start_and_in_a_drip() {
    let mut pool = pool_of(2).await;
    let mut samples = Samples::of("sluice");
    measure_cranks(&mut pool, 1, &mut samples).await;
    let account = pool.account().await;
    assert!(account.drip_end_slot > pool.cluster.slot().await, "no drip");
    for number in 0..2 {
        let vote = pool.vote(number);
        measure_stakes(&mut pool, &vote, &mut samples, &format!("_{number}")).await;
        for measure in ["deposit_stake", "withdraw_stake"] {
            let figure = samples.figure(&format!("{measure}_{number}"));
            let target = TARGETS.iter().find(|target| target.measure == measure);
            let ceiling = target.expect("a ceiling").ceiling;
            assert!(figure.max <= ceiling, "{figure:?}, at most {ceiling}");
        }
    }
}

#[tokio::test]
async fn one_more_validator_to_observe_stays_below_its_ceiling() {
    let mut pool = pool_of(13).await;
    pool.cluster.next_epoch().await;
    let mut samples = Samples::of("sluice");
    measure_observe(&mut pool, 0, &mut samples).await;
    assert_within_ceiling(&samples, "observe_per_validator");
}

#[tokio::test]
async fn an_ejection_stays_below_its_ceiling_however_long_the_vote_accounts_are() {
    let mut pool = pool_of(2).await;
    let mut samples = Samples::of("sluice");
    measure_ejections(&mut pool, &mut samples).await;
    assert_within_ceiling(&samples, "eject_validator");
}

#[tokio::test]
async fn booking_a_thousand_validators_stays_below_its_ceiling_though_the_cap_cuts_many() {
    let mut samples = Samples::of("sluice");
    measure_finalize_of_many(&mut samples).await;
    for measure in ["finalize_under_a_cap", "finalize_of_the_most_validators"] {
        assert_within_ceiling(&samples, measure);
    }
}

#[tokio::test]
async fn the_sol_value_calculator_stays_below_its_ceilings() {
    let mut samples = Samples::of("sluice");
    measure_sol_value(&mut samples).await;
    for measure in ["lst_to_sol", "sol_to_lst", "elf_bytes"] {
        assert_within_ceiling(&samples, &format!("sol_value_{measure}"));
    }
}

#[test]
fn the_elfs_stay_below_their_ceilings() {
    for (measure, elf) in [
        ("elf_bytes", sluice_elf()),
        ("router_elf_bytes", router_elf()),
    ] {
        let elf = std::fs::metadata(elf).expect("the program is built");
        let mut samples = Samples::of("sluice");
        samples.add(measure, Unit::Bytes, elf.len());
        assert_within_ceiling(&samples, measure);
    }
}

#[test]
fn every_measure_has_one_ceiling_at_most() {
    for (index, target) in TARGETS.iter().enumerate() {
        let others = &TARGETS[index + 1..];
        assert!(others.iter().all(|other| other.measure != target.measure));
    }
}
