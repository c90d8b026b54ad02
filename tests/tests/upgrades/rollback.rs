//! What an older program does with pools that were migrated: why none is ever put over them. That of layout 0
//! looks at no version.

use sluice::{
    SluiceError::{MathRatio, NotObserved, PoolStale, WrongObservedAccount},
    state::PoolConfig,
};
use sluice_math::BPS;
use sluice_tests::{
    pool::Watch,
    releases::{self, LAYOUT_0},
    scenario::{CREDITS, SOL, assert_refused},
};
use solana_signer::Signer;

use crate::{
    layout_0,
    old_program::{OldPool, today},
};

/// A pool that was migrated, under the old program again.
async fn rolled_back() -> OldPool {
    let mut old = OldPool::start().await;
    old.upgrade(&today()).await;
    old.migrate().await;
    old.pool.watch = Watch::Off;
    old.upgrade(&releases::code(LAYOUT_0)).await;
    old
}

/// Everything but tickets of before stands still from the next epoch on: that program takes the slots of a
/// page for others. Where nobody traded before, nothing is lost.
#[tokio::test]
async fn the_old_program_prices_no_migrated_pool_and_the_next_upgrade_goes_on_where_it_was() {
    let mut old = rolled_back().await;
    let alice = old.alice.insecure_clone();
    let claim = layout_0::claim(&old.pool, &old.paid, alice.pubkey());
    old.pool.must_send(&[claim], &[]).await;
    old.pool.next_epoch_with_rewards(CREDITS).await;
    assert_refused(old.pool.try_observe(0, 0, 5).await, WrongObservedAccount);
    assert_refused(old.pool.try_finalize().await, NotObserved);
    assert_refused(old.pool.try_deposit(&alice, SOL).await, PoolStale);

    old.upgrade(&today()).await;
    old.pool.watch = Watch::Full;
    for ticket in [old.locked, old.open] {
        old.pool.know_ticket(&ticket.ticket);
    }
    old.pool.crank_epoch().await;
    old.pool.deposit(&alice, SOL).await;
    old.pool.crank_window().await;
    old.pool.live_an_epoch(CREDITS).await;
    for ticket in [old.locked, old.open] {
        old.pool.claim(&ticket).await;
    }
}

/// Within the epoch of the rollback it takes the pool as priced, and notes what it pays where the rates are.
#[tokio::test]
async fn one_instant_exit_by_the_old_program_overwrites_the_rates_of_a_migrated_pool() {
    let mut old = rolled_back().await;
    let before = old.pool.account().await.config;
    let alice = old.alice.insecure_clone();
    old.pool.withdraw(&alice, SOL).await;
    let after = old.pool.account().await.config;
    let PoolConfig {
        holder_share_bps,
        least_credits_bps,
        entry_charge_bps,
        ..
    } = after;
    let written = [holder_share_bps, least_credits_bps, entry_charge_bps];
    assert_ne!(before, after);
    assert!(
        written.iter().any(|rate_bps| *rate_bps > BPS),
        "{written:?}"
    );

    old.upgrade(&today()).await;
    old.pool.next_epoch_with_rewards(CREDITS).await;
    old.pool.observe_all().await;
    assert_refused(old.pool.try_finalize().await, MathRatio);
}
