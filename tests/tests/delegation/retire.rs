//! Validators leave, and their slots close with every lamport accounted for.

use sluice::SluiceError;
use sluice_tests::{
    pool::Pool,
    scenario::{SOL, assert_refused, delegated_pool},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// Cranks until the retired validator's slot can be closed, closes it, and accounts for it.
async fn drain_and_close(pool: &mut Pool, vote: &Pubkey) {
    let mut epochs = 0;
    while pool.stake_lamports(vote).await > pool.slot_of(vote).await.rent_lamports.into() {
        assert_refused(pool.try_close(vote).await, SluiceError::SlotNotDrained);
        pool.pass_an_epoch().await;
        epochs += 1;
        assert!(epochs <= 4, "{:?}", pool.slot_of(vote).await);
    }
    let (slot, marker) = (pool.slot_of(vote).await, pool.marker(vote).await);
    let marker_address = pool.addresses.marker(vote);
    let marker_rent = pool.cluster.lamports(&marker_address).await;
    let payer = pool.cluster.lamports(&marker.payer).await;
    let (owned, before) = (pool.owned_lamports().await, pool.books().await);
    pool.close(vote).await;
    let after = pool.books().await;
    let rent = u64::from(slot.rent_lamports);
    assert_eq!(pool.owned_lamports().await, owned);
    assert_eq!(
        after.pool.locked_lamports,
        before.pool.locked_lamports - rent
    );
    assert_eq!(
        after.pool.pending_lamports,
        before.pool.pending_lamports + rent
    );
    assert_eq!(after.prices().value, before.prices().value);
    for gone in [slot.main, slot.transient, marker_address] {
        assert!(pool.cluster.try_account(&gone).await.is_none());
    }
    assert_eq!(
        pool.cluster.lamports(&marker.payer).await,
        payer + marker_rent
    );
    assert_eq!(after.pool.validator_count, before.pool.validator_count - 1);
}

#[tokio::test]
async fn a_validator_that_leaves_gets_no_other_weight() {
    let (mut pool, _alice) = delegated_pool(&[1, 1], 100 * SOL).await;
    let (vote, curator) = (pool.vote(1), pool.curator());
    pool.retire(&vote).await;
    let place = pool.place(&vote).await;
    let replaces = pool.slot_of(&vote).await.next_weight;
    let set = pool
        .addresses
        .set_weight(curator.pubkey(), &place, 2, replaces);
    let refused = pool.send(&[set], &[&curator]).await;
    assert_refused(refused, SluiceError::SlotLeaving);
}

#[tokio::test]
async fn a_retired_validator_drains_and_its_stake_goes_to_the_others() {
    let (mut pool, _alice) = delegated_pool(&[1, 1, 2], 100 * SOL).await;
    let vote = pool.vote(2);
    pool.retire(&vote).await;
    assert_refused(pool.try_retire(&vote).await, SluiceError::SlotLeaving);
    pool.crank_window().await;
    assert!(
        pool.delegated(&vote).await > 49 * SOL,
        "from the next epoch"
    );
    pool.crank_next_epoch(0).await;
    drain_and_close(&mut pool, &vote).await;
    pool.pass_an_epoch().await;
    let delegated: u64 = pool.delegations().await.iter().sum();
    assert!(delegated >= 100 * SOL, "{delegated}");
}

#[tokio::test]
async fn a_validator_retires_whatever_its_transient_is_doing() {
    // Idle and empty; activating; active but not collected; deactivating.
    for state in 0..4 {
        let (mut pool, alice) = delegated_pool(&[1, 1], 20 * SOL).await;
        let vote = pool.vote(0);
        match state {
            0 => {}
            1 | 2 => {
                pool.deposit(&alice, 6 * SOL).await;
                pool.retire(&vote).await;
                pool.warp_to_window().await;
                pool.delegate(&vote).await;
            }
            _ => {
                pool.request(&alice, 6 * SOL).await;
                pool.warp_to_window().await;
                pool.undelegate(&vote).await;
            }
        }
        if !matches!(state, 1 | 2) {
            pool.retire(&vote).await;
        }
        pool.next_epoch_with_rewards(0).await;
        pool.price().await;
        if state == 2 {
            // Undelegated before anybody collected.
            pool.warp_to_window().await;
            pool.undelegate(&vote).await;
            pool.next_epoch_with_rewards(0).await;
        }
        pool.crank_epoch().await;
        drain_and_close(&mut pool, &vote).await;
    }
}

#[tokio::test]
async fn a_validator_that_retires_in_the_epoch_it_is_delegated_to_gets_it_all_back_at_once() {
    let (mut pool, alice) = delegated_pool(&[1, 1], 20 * SOL).await;
    let late = pool.add_validators(&[(0, 2)]).await[0];
    pool.pass_an_epoch().await;
    pool.retire(&late).await;
    pool.deposit(&alice, 8 * SOL).await;
    pool.warp_to_window().await;
    pool.delegate(&late).await;
    assert!(pool.delegated(&late).await > 7 * SOL);
    // Its retirement acts in the next epoch; there it is active and cools down for one more.
    pool.crank_next_epoch(0).await;
    drain_and_close(&mut pool, &late).await;
}

#[tokio::test]
async fn a_validator_that_was_closed_comes_back_with_accounts_of_its_own() {
    let (mut pool, _alice) = delegated_pool(&[1, 1], 20 * SOL).await;
    let vote = pool.vote(0);
    let old = pool.slot_of(&vote).await;
    let again = pool.try_add_validator(&vote, 1).await;
    again.expect_err("one slot per vote account");
    pool.retire(&vote).await;
    pool.crank_next_epoch(0).await;
    drain_and_close(&mut pool, &vote).await;
    pool.add_validator(&vote, 1).await;
    let new = pool.slot_of(&vote).await;
    assert!(new.serial > old.serial);
    assert!(new.main != old.main && new.transient != old.transient);
    pool.pass_an_epoch().await;
    assert!(pool.delegated(&vote).await > 0 || pool.delegated(&pool.vote(1)).await > 0);
}

#[tokio::test]
async fn a_stranger_cannot_keep_a_slot_open_with_donations() {
    let (mut pool, _alice) = delegated_pool(&[1, 1], 20 * SOL).await;
    let vote = pool.vote(0);
    pool.retire(&vote).await;
    pool.crank_next_epoch(0).await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    let slot = pool.slot_of(&vote).await;
    for stake in [slot.main, slot.transient] {
        pool.cluster.fund(&stake, SOL).await;
    }
    let before = pool.prices().await.full;
    pool.close(&vote).await;
    pool.crank_next_epoch(0).await;
    assert_eq!(
        pool.prices().await.full,
        before + u64::from(slot.rent_lamports) + 2 * SOL,
        "the donations are everybody's"
    );
}

/// A4. Anybody could close it, which cost the curator the rent of its two stake accounts, 4,565,760
/// lamports a time.
#[tokio::test]
async fn a_validator_of_zero_weight_is_closed_by_nobody_before_it_retires() {
    let (mut pool, _alice) = delegated_pool(&[1, 0], 20 * SOL).await;
    let (loved, unwanted) = (pool.vote(0), pool.vote(1));
    for vote in [&loved, &unwanted] {
        assert_refused(pool.try_close(vote).await, SluiceError::SlotNotDrained);
    }
    pool.retire(&unwanted).await;
    pool.crank_next_epoch(0).await;
    let before = pool.cluster.lamports(&pool.curator().pubkey()).await;
    drain_and_close(&mut pool, &unwanted).await;
    assert!(pool.cluster.lamports(&pool.curator().pubkey()).await > before);
}
