//! The real `DeactivateDelinquent`, which anybody may send for a validator that does not vote.

use rand::{SeedableRng, rngs::StdRng};
use sluice_tests::{
    pool::Pool,
    scenario::recovery::{recover, turn_cranks},
};
use solana_pubkey::Pubkey;
use solana_stake_interface::instruction::deactivate_delinquent_stake;

use crate::struck_pool::SOL;

/// Epochs without a vote that make a validator delinquent.
const SILENCE: u64 = 5;

/// A pool of a validator that votes and one that has been silent for so long that anybody may
/// deactivate its stake. 8 SOL came in while it was not, and have just become active.
async fn pool_with_a_silent_validator() -> (Pool, Pubkey, Pubkey) {
    let mut pool = Pool::builder().validators(&[(0, 1), (0, 1)]).start().await;
    let alice = pool.user("alice", 200 * SOL).await;
    pool.deposit(&alice, 100 * SOL).await;
    let (silent, voting) = (pool.vote(0), pool.vote(1));
    for epoch in 1..=SILENCE {
        if epoch == SILENCE {
            pool.deposit(&alice, 8 * SOL).await;
        }
        pool.crank_window().await;
        pool.cluster.earn_credits(&voting, 10).await;
        pool.cluster.next_epoch().await;
        if epoch < SILENCE {
            pool.crank_epoch().await;
        }
    }
    pool.cluster.earn_credits(&voting, 10).await;
    pool.price().await;
    (pool, silent, voting)
}

async fn deactivate(pool: &mut Pool, stake: &Pubkey, silent: &Pubkey, voting: &Pubkey) {
    let deactivate = deactivate_delinquent_stake(stake, silent, voting);
    pool.must_send(&[deactivate], &[]).await;
    let epoch = pool.cluster.epoch().await;
    let delegation = pool.cluster.delegation(stake).await;
    assert_eq!(delegation.deactivation_epoch, epoch);
}

#[tokio::test]
async fn main_and_activated_stake_of_a_silent_validator_deactivated_by_a_stranger_come_back() {
    let (mut pool, silent, voting) = pool_with_a_silent_validator().await;
    let slot = pool.slot_of(&silent).await;
    for stake in [slot.main, slot.transient] {
        assert!(pool.cluster.stake_activation(&stake).await.effective > 0);
        deactivate(&mut pool, &stake, &silent, &voting).await;
    }
    recover(&mut pool, 3, 0, &mut StdRng::seed_from_u64(2)).await;
}

/// While a stranger does it in every epoch, the stake of the silent validator is never at rest,
/// but never lost, and leaves with its validator.
#[tokio::test]
async fn stake_that_a_stranger_deactivates_in_every_epoch_is_never_lost_and_can_retire() {
    let (mut pool, silent, voting) = pool_with_a_silent_validator().await;
    let mut rng = StdRng::seed_from_u64(3);
    let mut owned = pool.owned_lamports().await;
    for _ in 0..3 {
        let slot = pool.slot_of(&silent).await;
        for stake in [slot.main, slot.transient] {
            let stake_now = pool.cluster.stake_state(&stake).await;
            let delegation = stake_now.delegation();
            if delegation.is_some_and(|delegation| delegation.deactivation_epoch == u64::MAX) {
                deactivate(&mut pool, &stake, &silent, &voting).await;
            }
        }
        turn_cranks(&mut pool, &mut rng).await;
        pool.cluster.next_epoch().await;
        pool.cluster.earn_credits(&voting, 10).await;
        turn_cranks(&mut pool, &mut rng).await;
        pool.warp_to_window().await;
        turn_cranks(&mut pool, &mut rng).await;
        let before = std::mem::replace(&mut owned, pool.owned_lamports().await);
        assert!(owned >= before, "{before} -> {owned}");
    }
    pool.retire(&silent).await;
    recover(&mut pool, 4, 0, &mut rng).await;
    pool.close(&silent).await;
}
