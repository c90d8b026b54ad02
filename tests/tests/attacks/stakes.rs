//! Attacks on stake accounts.

use sluice::{
    SluiceError,
    state::{
        FLAG_MAIN_ODD,
        StakeAccountKind::{Main, Transient},
    },
};
use sluice_tests::{
    cluster::STAKE_ACCOUNT_BYTES,
    pool::Watch,
    scenario::{SOL, assert_refused, cheap_pool},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::{
    instruction as stake,
    state::{Authorized, Lockup, StakeStateV2},
};
use solana_system_interface::instruction as system;

#[tokio::test]
async fn v1_and_row_09_an_address_taken_in_the_transaction_that_empties_it_counts_for_nothing() {
    let (mut pool, _holder, mallory) = cheap_pool(0).await;
    let vote = pool.vote(0);
    pool.retire(&vote).await;
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    let (slot, place) = (pool.slot_of(&vote).await, pool.place(&vote).await);
    let payer = pool.marker(&vote).await.payer;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let full = pool.prices().await.full;
    let close = pool.addresses.close_slot(&place, payer);
    let refill = system::transfer(&mallory.pubkey(), &slot.main, rent + 50 * SOL);
    let take = stake::initialize(
        &slot.main,
        &Authorized::auto(&mallory.pubkey()),
        &Lockup::default(),
    );
    // The address is its own account now, or the transaction fails: either way it is not ours.
    let taken = pool.send(&[close, refill, take], &[&mallory]).await;
    if taken.is_err() {
        pool.close(&vote).await;
    }
    let rents = u64::from(slot.rent_lamports);
    assert_eq!(pool.prices().await.full, full + rents);
    pool.pass_an_epoch().await;
    assert_eq!(pool.prices().await.full, full + rents);
    pool.add_validator(&vote, 1).await;
    let again = pool.slot_of(&vote).await;
    assert!(again.main != slot.main && again.transient != slot.transient);
    pool.pass_an_epoch().await;
    assert_eq!(pool.prices().await.full, full + rents);
}

#[tokio::test]
async fn v3_a_reset_account_that_a_stranger_initialized_counts_zero_and_the_pool_goes_on() {
    let (mut pool, _holder, mallory) = cheap_pool(0).await;
    let vote = pool.vote(0);
    let main = pool.slot_of(&vote).await.main;
    let lost = pool.cluster.lamports(&main).await;
    let full = pool.prices().await.full;
    // The account is not the pool's any more: the watcher would not let it pass.
    pool.watch = Watch::Books;
    let reset = |state: &mut StakeStateV2| *state = StakeStateV2::Uninitialized;
    pool.cluster.change_stake(&main, reset).await;
    let take = stake::initialize(
        &main,
        &Authorized::auto(&mallory.pubkey()),
        &Lockup::default(),
    );
    pool.cluster.must_send(&[take], &[]).await;
    pool.reclaim(&vote, Main).await;
    pool.crank_next_epoch(0).await;
    let slot = pool.slot_of(&vote).await;
    assert_eq!(slot.main_lamports, 0);
    assert!(slot.flags & FLAG_MAIN_ODD != 0, "marked");
    assert_eq!(pool.prices().await.full, full - lost);
    // Its slot is left behind, and the validator gets another one.
    pool.retire(&vote).await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    pool.close(&vote).await;
    pool.add_validator(&vote, 1).await;
    pool.pass_an_epoch().await;
}

#[tokio::test]
async fn v4_stake_of_a_removed_validator_counts_all_the_way() {
    let (mut pool, _holder, _mallory) = cheap_pool(0).await;
    let (vote, full) = (pool.vote(0), pool.prices().await.full);
    pool.retire(&vote).await;
    assert_eq!(pool.prices().await.full, full);
    for _ in 0..3 {
        pool.next_epoch_with_rewards(0).await;
        pool.price().await;
        assert_eq!(pool.prices().await.full, full);
        pool.collect_all().await;
        pool.crank_window().await;
        assert_eq!(pool.prices().await.full, full);
    }
    pool.close(&vote).await;
}

#[tokio::test]
async fn v21_stake_that_leaves_is_not_activated_again_in_its_epoch() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    let vote = pool.vote(0);
    pool.request(&holder, 250 * SOL).await;
    pool.warp_to_window().await;
    pool.undelegate(&vote).await;
    let transient = pool.slot_of(&vote).await.transient;
    let leaving = pool.cluster.delegation(&transient).await;
    assert_eq!(leaving.deactivation_epoch, pool.cluster.epoch().await);
    // A wave of deposits calls for more stake at once.
    pool.deposit(&mallory, 900 * SOL).await;
    pool.delegate_all().await;
    assert_eq!(pool.cluster.delegation(&transient).await, leaving);
    pool.pass_an_epoch().await;
    assert!(pool.batch(0).await.is_settled());
}

#[tokio::test]
async fn v25_a_delegation_that_shrinks_without_an_instruction_loses_no_lamport() {
    let (mut pool, _holder, _mallory) = cheap_pool(0).await;
    let (vote, full) = (pool.vote(0), pool.prices().await.full);
    let main = pool.slot_of(&vote).await.main;
    let shrink = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(_, stake, _) => stake.delegation.stake -= 3 * SOL,
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(&main, shrink).await;
    pool.crank_next_epoch(0).await;
    assert_eq!(pool.prices().await.full, full);
    assert_eq!(pool.cluster.free_lamports(&main).await, 0, "collected");
    let before = pool.delegated(&vote).await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    assert!(pool.delegated(&vote).await >= before, "and staked again");
    assert_eq!(pool.prices().await.full, full);
}

#[tokio::test]
async fn v26_and_row_18_a_wrong_account_is_an_error_and_never_a_false_loss() {
    let (mut pool, _holder, mallory) = cheap_pool(0).await;
    let mallorys = pool
        .cluster
        .create_stake("decoy", &mallory.pubkey(), 5 * SOL)
        .await;
    pool.next_epoch_with_rewards(0).await;
    let (first, second) = (
        pool.slot_of(&pool.vote(0)).await,
        pool.slot_of(&pool.vote(1)).await,
    );
    let wrongs: [&[Pubkey]; 7] = [
        &[],
        &[first.main],
        &[second.main, first.main],
        &[mallorys, second.main],
        &[first.main, mallorys],
        &[first.transient, second.main],
        &[first.main, second.main, mallorys],
    ];
    for stakes in wrongs {
        let observe = pool.addresses.observe(0, 0, 64, stakes);
        let refused = pool.send(&[observe], &[]).await;
        assert_refused(refused, SluiceError::WrongObservedAccount);
    }
    let full = pool.prices().await.full;
    pool.price().await;
    assert_eq!(pool.prices().await.full, full);
}

#[tokio::test]
async fn stake_that_points_at_another_validator_counts_whole() {
    let (mut pool, _holder, _mallory) = cheap_pool(0).await;
    let full = pool.prices().await.full;
    let main = pool.slot_of(&pool.vote(0)).await.main;
    let elsewhere = pool.vote(1);
    let point = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(_, stake, _) => stake.delegation.voter_pubkey = elsewhere,
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(&main, point).await;
    // No pool could get there: the watcher would not let it pass.
    pool.watch = Watch::Books;
    pool.crank_next_epoch(0).await;
    assert_eq!(pool.prices().await.full, full);
}

#[tokio::test]
async fn v36_and_row_13_donated_lamports_are_merged_without_becoming_anybodys_before_finalize() {
    let (mut pool, holder, _mallory) = cheap_pool(0).await;
    pool.deposit(&holder, 100 * SOL).await;
    let (vote, full) = (pool.vote(0), pool.prices().await.full);
    let slot = pool.slot_of(&vote).await;
    // Before it is delegated, and while it activates.
    pool.cluster.fund(&slot.transient, SOL / 3).await;
    pool.crank_window().await;
    pool.cluster.fund(&slot.transient, SOL / 5).await;
    pool.cluster.fund(&slot.main, SOL / 7).await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    // Main is read in every epoch, a transient that activates is not.
    assert_eq!(pool.prices().await.full, full + SOL / 7);
    pool.collect_all().await;
    assert_eq!(pool.prices().await.full, full + SOL / 7);
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    let transient = pool.cluster.lamports(&slot.transient).await;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let unread = transient.saturating_sub(rent);
    assert!(pool.prices().await.full + unread >= full + SOL / 7 + SOL / 3 - 1);
}

#[tokio::test]
async fn row_12_dust_on_every_stake_account_before_every_crank_stops_no_exit() {
    let (mut pool, holder, _mallory) = cheap_pool(0).await;
    let ticket = pool.request(&holder, 400 * SOL).await;
    for in_window in [true, false, true, false] {
        if in_window {
            pool.warp_to_window().await;
        } else {
            pool.cluster.next_epoch().await;
        }
        for place in pool.places().await {
            for target in [place.main, place.transient] {
                pool.cluster.fund(&target, SOL / 9 + 1).await;
            }
        }
        pool.crank_epoch().await;
    }
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    pool.claim(&ticket).await;
}

#[tokio::test]
async fn row_14_no_lamport_leaks_over_many_cycles_of_stake_in_and_out() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    let start = pool.account().await;
    let full = pool.prices().await.full;
    for round in 0..8 {
        pool.deposit(&mallory, 37 * SOL + round).await;
        pool.pass_an_epoch().await;
        let lst = pool.lst_balance(&mallory.pubkey()).await;
        let ticket = pool.request(&mallory, lst).await;
        pool.pass_an_epoch().await;
        pool.claim(&ticket).await;
        let owned = pool.owned_lamports().await;
        let account = pool.account().await;
        assert_eq!(account.locked_lamports, start.locked_lamports);
        assert_eq!(owned, account.staked_lamports + account.reserve_lamports);
    }
    let after = pool.prices().await;
    assert!(after.full >= full && after.full - full < 20, "{after:?}");
    assert!(pool.lst_balance(&holder.pubkey()).await > 0);
}

#[tokio::test]
async fn v37_stake_deactivated_by_a_stranger_while_its_validator_leaves_is_not_lost() {
    for kind in [Main, Transient] {
        let (mut pool, holder, _mallory) = cheap_pool(0).await;
        let vote = pool.vote(0);
        pool.deposit(&holder, 60 * SOL).await;
        pool.crank_window().await;
        pool.retire(&vote).await;
        let owned = pool.owned_lamports().await;
        pool.deactivate_by_force(&vote, kind).await;
        pool.crank_next_epoch(0).await;
        for _ in 0..3 {
            pool.pass_an_epoch().await;
        }
        assert_eq!(pool.owned_lamports().await, owned);
        pool.close(&vote).await;
    }
}

#[tokio::test]
async fn row_29_a_loss_is_booked_before_anybody_leaves_at_the_old_price() {
    let (mut pool, holder, mallory) = cheap_pool(0).await;
    pool.deposit(&mallory, 20 * SOL).await;
    pool.pass_an_epoch().await;
    let vote = pool.vote(0);
    pool.slash(&vote, 15 * SOL).await;
    pool.cluster.next_epoch().await;
    let refused = pool.try_withdraw(&mallory, SOL).await;
    assert_refused(refused, SluiceError::PoolStale);
    pool.crank_epoch().await;
    let prices = pool.prices().await;
    assert!(prices.value < prices.supply * 98 / 100);
    let before = pool.cluster.lamports(&mallory.pubkey()).await;
    pool.withdraw(&mallory, SOL).await;
    let paid = pool.cluster.lamports(&mallory.pubkey()).await - before;
    assert!(paid < SOL * 98 / 100, "{paid}");
    assert!(pool.lst_balance(&holder.pubkey()).await > 0);
}
