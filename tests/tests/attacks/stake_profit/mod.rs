//! Strategies with any amount of SOL, stake and LST: none beats doing nothing.
//!
//! All fees are at the least that the program allows. A large holder elsewhere earns with the same
//! credits, so that rewards are the same share of all stake in every epoch, and this share is
//! known: it is what honest stake earns.

mod attacker;
mod market;

use rand::{Rng, SeedableRng, rngs::StdRng};
use sluice_tests::scenario::{SOL, worth};

use crate::stake_profit::{attacker::Attacker, market::Market};

/// Whatever she does in an epoch, at its end she has no lamport more than if she had kept her SOL,
/// her stake and her LST where they were. A thousand times the pool is hers.
async fn never_gains_within_an_epoch(seed: u64) {
    let mut market = Market::open(seed).await;
    let mut mallory = Attacker::with_a_thousand_times_the_pool(&mut market).await;
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..3 {
        let before = mallory.wealth(&mut market).await;
        for _ in 0..random.random_range(8..24) {
            match random.random_range(0..8) {
                0 | 1 => market.somebody_else_acts(&mut random).await,
                2 => mallory.queues(&mut market, &mut random).await,
                _ => mallory.acts(&mut market, &mut random).await,
            }
        }
        let earned = market.next_epoch(&mut mallory, &mut random).await;
        let after = mallory.wealth(&mut market).await;
        let prices = market.pool.prices().await;
        let honest = before.lamports
            + earned.by(before.stake)
            + worth(before.lst, prices.value, prices.supply);
        let had = after.lamports + after.stake + worth(after.lst, prices.value, prices.supply);
        assert!(
            had <= honest + after.roundings,
            "seed {seed}: {} lamports won, {before:?} -> {after:?} at {prices:?}",
            had - honest
        );
    }
    let accepted = mallory.accepted;
    assert!(accepted > 5, "seed {seed}: {accepted} trades were accepted");
}

macro_rules! seeds {
    ($($name:ident: $seed:literal,)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                never_gains_within_an_epoch($seed).await;
            }
        )*
    };
}

seeds! {
    no_random_strategy_beats_doing_nothing_with_seed_1: 1,
    no_random_strategy_beats_doing_nothing_with_seed_2: 2,
    no_random_strategy_beats_doing_nothing_with_seed_3: 3,
    no_random_strategy_beats_doing_nothing_with_seed_4: 4,
    no_random_strategy_beats_doing_nothing_with_seed_5: 5,
    no_random_strategy_beats_doing_nothing_with_seed_6: 6,
}

/// SOL in at the last moment, and out again at once as stake, which earns at the boundary: what
/// she has in each of four epochs beyond what she would have by doing nothing, in lamports.
async fn buys_stake_for_the_boundary(fee_floor: bool) -> Vec<i128> {
    let mut market = Market::open(0).await;
    let mut mallory = Attacker::of_sol(&mut market, 1_000 * SOL).await;
    let mut gains = Vec::new();
    for validator in [0, 1, 0, 1] {
        if !fee_floor {
            market.pool.forget_rewards().await;
        }
        let before = mallory.wealth(&mut market).await;
        market.warp_to_last_slot().await;
        assert!(mallory.deposit_sol(&mut market, 40 * SOL).await);
        let lst = mallory.lst(&mut market).await;
        let stake = mallory.withdraw_stake(&mut market, validator, lst).await;
        stake.expect("there is stake to take");
        let earned = market.pass_boundary().await;
        let after = mallory.wealth(&mut market).await;
        assert_eq!(after.lst, 0);
        let honest = before.lamports + earned.by(before.stake);
        gains.push(i128::from(after.lamports + after.stake) - i128::from(honest));
    }
    gains
}

#[tokio::test]
async fn row_05_and_row_07_stake_bought_for_the_boundary_costs_more_than_it_earns() {
    let gains = buys_stake_for_the_boundary(true).await;
    assert!(gains.iter().all(|gain| *gain < 0), "{gains:?}");
}

/// The fee's floor of twice the reward is all that stops her.
#[tokio::test]
async fn without_the_floor_of_the_fee_the_same_strategy_would_win() {
    let gains = buys_stake_for_the_boundary(false).await;
    assert!(gains.iter().all(|gain| *gain > 0), "{gains:?}");
}

/// Stake in right after the price of the epoch is made, and out before its end: it earns for her
/// at the boundary, and in between she has a share of what drips.
#[tokio::test]
async fn row_06_stake_that_passes_through_for_the_drip_alone_loses() {
    let mut market = Market::open(0).await;
    let mut mallory = Attacker::of_stake(&mut market, 300 * SOL).await;
    for _ in 0..3 {
        let stake = mallory.stakes[0].0;
        let before = mallory.liquid(&mut market).await;
        assert!(mallory.deposit_stake(&mut market, &stake).await);
        market.warp_to_last_slot().await;
        let lst = mallory.lst(&mut market).await;
        let out = mallory.withdraw_stake(&mut market, 0, lst).await;
        out.expect("her own stake is there to take");
        let earned = market.pass_boundary().await;
        let after = mallory.liquid(&mut market).await;
        let honest = earned.by(before);
        assert!(
            after < honest,
            "{before} -> {after}, {honest} by doing nothing"
        );
    }
}

/// With a thousand times the pool she takes most of its stake for a boundary. Most of the fee
/// comes back to her, who is nearly the only holder, but not before she has stayed for it; those
/// who were there before lose nothing of what they had.
#[tokio::test]
async fn row_05_a_flood_that_takes_all_stake_for_a_boundary_earns_less_than_honest_stake() {
    let mut market = Market::open(0).await;
    let mut mallory = Attacker::of_sol(&mut market, 600_000 * SOL).await;
    let holder = market.holder();
    let held = market.worth_of(&holder).await;
    let before = mallory.liquid(&mut market).await;
    market.warp_to_last_slot().await;
    assert!(mallory.deposit_sol(&mut market, 500_000 * SOL).await);
    for validator in 0..2 {
        let most = market.most_lst_for_stake(validator).await;
        let taken = mallory.withdraw_stake(&mut market, validator, most).await;
        taken.expect("most of it");
    }
    let earned = market.pass_boundary().await;
    mallory.withdraw_all(&mut market).await;
    let after = mallory.liquid(&mut market).await;
    assert!(after < before, "{before} -> {after}, {earned:?}");
    assert!(market.worth_of(&holder).await >= held, "nobody paid for it");
}
