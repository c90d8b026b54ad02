//! A cluster restart resets stake accounts.

use sluice::{
    SluiceError,
    state::StakeAccountKind::{self, Main, Transient},
};
use sluice_tests::{
    pool::{Pool, Watch},
    scenario::{SOL, assert_refused, delegated_pool},
};
use solana_pubkey::Pubkey;
use solana_stake_interface::state::{Authorized, StakeStateV2};

async fn stake_of(pool: &mut Pool, vote: &Pubkey, kind: StakeAccountKind) -> Pubkey {
    pool.slot_of(vote).await.address(kind)
}

async fn assert_recovers(pool: &mut Pool, owned: u64) {
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    assert_eq!(pool.owned_lamports().await, owned);
    let (has, targets) = (pool.delegations().await, pool.targets().await);
    for (has, target) in has.iter().zip(&targets) {
        assert!(has.abs_diff(*target) <= SOL, "{has} for {target}");
    }
}

#[tokio::test]
async fn main_reset_to_initialized_counts_whole_and_is_staked_again() {
    let (mut pool, _alice) = delegated_pool(&[1, 1], 60 * SOL).await;
    let (vote, owned, full) = (
        pool.vote(0),
        pool.owned_lamports().await,
        pool.prices().await.full,
    );
    pool.reset_to_initialized(&vote, Main).await;
    pool.crank_next_epoch(0).await;
    assert_eq!(pool.prices().await.full, full);
    assert_recovers(&mut pool, owned).await;
}

#[tokio::test]
async fn main_reset_to_uninitialized_holds_finalize_until_anybody_reclaims_it() {
    let (mut pool, _alice) = delegated_pool(&[1, 1], 60 * SOL).await;
    let (vote, owned, full) = (
        pool.vote(0),
        pool.owned_lamports().await,
        pool.prices().await.full,
    );
    pool.reset_to_uninitialized(&vote, Main).await;
    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    assert_refused(pool.try_finalize().await, SluiceError::NotObserved);
    pool.reclaim(&vote, Main).await;
    pool.crank_epoch().await;
    assert_eq!(pool.prices().await.full, full);
    assert_recovers(&mut pool, owned).await;
}

#[tokio::test]
async fn every_account_reset_while_stake_moves_is_reclaimed_and_counts_whole() {
    let (mut pool, alice) = delegated_pool(&[1, 1], 60 * SOL).await;
    pool.request(&alice, 10 * SOL).await;
    pool.crank_window().await;
    let full = pool.prices().await.full;
    for number in 0..2 {
        let vote = pool.vote(number);
        for kind in [Main, Transient] {
            pool.reset_to_uninitialized(&vote, kind).await;
        }
    }
    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    assert_refused(pool.try_finalize().await, SluiceError::NotObserved);
    for number in 0..2 {
        let vote = pool.vote(number);
        for kind in [Main, Transient] {
            pool.reclaim(&vote, kind).await;
        }
    }
    pool.crank_epoch().await;
    let paid = pool.account().await.claims_lamports;
    assert_eq!(pool.prices().await.full + paid, full);
    assert_eq!(paid, 10 * SOL);
    let owned = pool.owned_lamports().await;
    assert_recovers(&mut pool, owned).await;
}

#[tokio::test]
async fn an_idle_transient_that_was_reset_is_reclaimed_and_used_again() {
    let (mut pool, alice) = delegated_pool(&[1], 60 * SOL).await;
    let vote = pool.vote(0);
    pool.reset_to_uninitialized(&vote, Transient).await;
    pool.crank_next_epoch(0).await;
    pool.deposit(&alice, 5 * SOL).await;
    pool.warp_to_window().await;
    let before = pool.delegated(&vote).await;
    pool.delegate(&vote).await;
    assert_eq!(
        pool.delegated(&vote).await,
        before,
        "not while it is nobody's"
    );
    pool.reclaim(&vote, Transient).await;
    pool.delegate(&vote).await;
    assert_eq!(pool.delegated(&vote).await, before + 5 * SOL);
}

#[tokio::test]
async fn an_activating_transient_that_was_reset_is_not_lost() {
    for initialized in [true, false] {
        let (mut pool, alice) = delegated_pool(&[1, 1], 60 * SOL).await;
        pool.deposit(&alice, 8 * SOL).await;
        pool.crank_window().await;
        let (vote, owned) = (pool.vote(0), pool.owned_lamports().await);
        if initialized {
            pool.reset_to_initialized(&vote, Transient).await;
        } else {
            pool.reset_to_uninitialized(&vote, Transient).await;
            pool.reclaim(&vote, Transient).await;
        }
        pool.crank_next_epoch(0).await;
        assert_recovers(&mut pool, owned).await;
    }
}

/// After a reset that nobody reclaims in time anybody may initialize the account: it is lost with
/// its rent, but holds nobody up.
#[tokio::test]
async fn an_exit_is_paid_though_the_transient_belongs_to_a_stranger_for_ever() {
    let (mut pool, alice) = delegated_pool(&[1], 60 * SOL).await;
    let (vote, stranger) = (pool.vote(0), pool.cluster.address("mallory"));
    let transient = stake_of(&mut pool, &vote, Transient).await;
    // An idle transient is not read, so nobody has marked it as odd.
    pool.watch = Watch::Books;
    let hijack = |state: &mut StakeStateV2| {
        let mut meta = state.meta().expect("an account with authorities");
        meta.authorized = Authorized::auto(&stranger);
        *state = StakeStateV2::Initialized(meta);
    };
    pool.cluster.change_stake(&transient, hijack).await;
    let ticket = pool.request(&alice, 10 * SOL).await;
    pool.pass_an_epoch().await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    pool.retire(&vote).await;
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    let slot = pool.slot_of(&vote).await;
    let pending = pool.account().await.pending_lamports;
    pool.close(&vote).await;
    let left = u64::from(slot.rent_lamports) - slot.transient_lamports;
    assert_eq!(pool.account().await.pending_lamports, pending + left);
    assert_eq!(pool.account().await.staked_lamports, 0);
    pool.pass_an_epoch().await;
}
