//! When the pool is closed.

use sluice::state::Pool as PoolAccount;
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    pool::{Pool, Watch},
};

use super::{Outcome, staked_pool};

pub async fn a_pool_that_is_not_priced_for_this_epoch_takes_no_deposits() -> Outcome {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", 10 * SOL).await;
    pool.deposit(&alice, SOL).await;
    pool.cluster.next_epoch().await;
    pool.try_deposit(&alice, SOL).await
}

pub async fn nothing_is_observed_while_rewards_are_paid() -> Outcome {
    let (mut pool, _) = staked_pool().await;
    pool.cluster.next_epoch_in_rewards().await;
    pool.try_observe(0, 0, 64).await
}

/// A tenth of a stake account is gone.
pub async fn a_tripped_breaker_stops_deposits() -> Outcome {
    let (mut pool, alice) = staked_pool().await;
    pool.cluster.next_epoch().await;
    let vote = pool.vote(0);
    let main = pool.slot_of(&vote).await.main;
    pool.cluster
        .change_account(&main, |account| account.lamports -= account.lamports / 4)
        .await;
    pool.price().await;
    assert!(pool.account().await.is_tripped());
    pool.try_deposit(&alice, SOL).await
}

pub async fn a_paused_pool_takes_no_deposits() -> Outcome {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", 10 * SOL).await;
    pool.pause().await;
    pool.try_deposit(&alice, SOL).await
}

/// Changes the pool account past the program.
pub async fn change_pool(pool: &mut Pool, change: impl FnOnce(&mut PoolAccount)) {
    let mut changed = pool.account().await;
    change(&mut changed);
    let address = pool.addresses.pool;
    pool.cluster
        .change_account(&address, |account| {
            account.data[8..].copy_from_slice(bytemuck::bytes_of(&changed));
        })
        .await;
    pool.watch = Watch::Off;
}
