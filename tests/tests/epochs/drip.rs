//! Booked rewards reach the exit price slot by slot.

use sluice::events::EpochFinalized;
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, earning_pool},
};

/// Books the epoch after a donation of `bps` of the pool, and returns the length of its drip.
async fn drip_epochs_after_donation(pool: &mut Pool, bps: u64) -> u64 {
    let donation = pool.prices().await.full / 10_000 * bps;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, donation).await;
    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    let events = pool.finalize().await.events::<EpochFinalized>();
    assert_eq!(events[0].gain_lamports, donation);
    events[0].drip_epochs
}

async fn last_slot(pool: &mut Pool) -> u64 {
    let epoch = pool.cluster.epoch().await;
    pool.cluster.last_slot_of(epoch)
}

#[tokio::test]
async fn the_drip_is_linear_in_slots() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    let (start, account) = (pool.cluster.slot().await, pool.account().await);
    assert_eq!(account.drip_start_slot, start);
    let (withheld, length) = (account.withheld_lamports, account.drip_end_slot - start);
    assert!(withheld > length, "every slot releases some lamports");
    let last = last_slot(&mut pool).await;
    for part in 0..=10 {
        let slot = start + (last - start) * part / 10;
        pool.cluster.warp_to_slot(slot).await;
        let left = u128::from(account.drip_end_slot - slot);
        let still_withheld = (u128::from(withheld) * left).div_ceil(u128::from(length));
        let rate = pool.rate().await;
        assert_eq!(rate.slot, slot);
        assert_eq!(
            u128::from(rate.full_lamports - rate.value_lamports),
            still_withheld,
            "slot {slot}"
        );
    }
}

#[tokio::test]
async fn the_exit_price_is_continuous_across_the_boundary() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    pool.crank_next_epoch(CREDITS).await;
    for _ in 0..3 {
        let last = last_slot(&mut pool).await;
        pool.cluster.warp_to_slot(last).await;
        let before = pool.rate().await;
        pool.next_epoch_with_rewards(CREDITS).await;
        pool.observe_all().await;
        let stale = pool.rate().await;
        let event = pool.finalize().await.events::<EpochFinalized>();
        let after = pool.rate().await;
        assert!(before.value_lamports <= stale.value_lamports);
        let released = stale.value_lamports - before.value_lamports;
        assert!(released < before.value_lamports / 100, "{released}");
        assert_eq!(
            after.value_lamports,
            stale.value_lamports + event[0].fee_lamports,
            "only the fee, for which LST was minted, joins at once"
        );
        let price =
            |value: u64, supply: u64| u128::from(value) * 1_000_000_000_000 / u128::from(supply);
        let (old, new) = (
            price(stale.value_lamports, stale.lst_supply),
            price(after.value_lamports, after.lst_supply),
        );
        assert!(new >= old, "no price falls");
        assert!(new - old < old / 1_000, "{old} -> {new}");
        pool.crank_epoch().await;
    }
}

#[tokio::test]
async fn a_gain_of_two_percent_drips_for_four_epochs_and_then_it_ends() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    let mut lengths = vec![drip_epochs_after_donation(&mut pool, 200).await];
    let full = pool.prices().await.full;
    while pool.books().await.unreleased() > 0 {
        pool.next_epoch_with_rewards(0).await;
        pool.observe_all().await;
        let events = pool.finalize().await.events::<EpochFinalized>();
        lengths.push(events[0].drip_epochs);
        assert!(lengths.len() < 10, "the drip ends: {lengths:?}");
    }
    assert_eq!(lengths[0], 4, "{lengths:?}");
    assert!(lengths.is_sorted_by(|one, next| one >= next), "{lengths:?}");
    let prices = pool.prices().await;
    assert_eq!((prices.value, prices.full), (full, full), "all is released");
}

#[tokio::test]
async fn no_gain_drips_for_more_than_ten_epochs() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    assert_eq!(drip_epochs_after_donation(&mut pool, 5_000).await, 10);
}

#[tokio::test]
async fn a_small_gain_drips_for_one_epoch() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    assert_eq!(drip_epochs_after_donation(&mut pool, 10).await, 1);
}

#[tokio::test]
async fn rewards_of_missed_epochs_drip_for_as_many_epochs() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    for _ in 0..6 {
        pool.next_epoch_with_rewards(0).await;
    }
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, SOL / 1_000).await;
    pool.observe_all().await;
    let events = pool.finalize().await.events::<EpochFinalized>();
    assert_eq!(events[0].drip_epochs, 6);
    let account = pool.account().await;
    let schedule = pool.cluster.epoch_schedule();
    let slots = schedule.get_slots_in_epoch(pool.cluster.epoch().await);
    assert_eq!(account.drip_end_slot - account.drip_start_slot, 6 * slots);
}

/// E9. The next finalize began a new drip of one epoch for all that was left, and released five
/// epochs' rewards in one.
#[tokio::test]
async fn what_took_five_epochs_drips_for_five_whatever_is_booked_meanwhile() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    for _ in 0..5 {
        pool.next_epoch_with_rewards(0).await;
    }
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, SOL / 100).await;
    pool.price().await;
    let first = pool.account().await;
    let length = first.drip_end_slot - first.drip_start_slot;
    while pool.cluster.slot().await < first.drip_end_slot {
        let (slot, withheld) = (pool.cluster.slot().await, pool.books().await.unreleased());
        let left = u128::from(first.drip_end_slot - slot);
        let scheduled = u128::from(first.withheld_lamports) * left / u128::from(length);
        assert!(
            u128::from(withheld) >= scheduled,
            "{withheld} of {scheduled} at {slot}"
        );
        assert!(pool.account().await.drip_end_slot >= first.drip_end_slot);
        pool.cluster.fund(&reserve, SOL / 1_000).await;
        pool.next_epoch_with_rewards(0).await;
        pool.price().await;
    }
}
