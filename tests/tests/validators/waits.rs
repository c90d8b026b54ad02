//! Who was ejected for taking too much comes back later each time.

use std::mem::offset_of;

use anchor_lang::Discriminator;
use sluice::{
    SluiceError::{ForeignAccount, NotReinstatable},
    events::ValidatorEjected,
    state::{Breach, Marker, SlotState},
};
use sluice_tests::{
    cluster::Sent,
    pool::Pool,
    scenario::{CREDITS, assert_refused, breach, empty_pool, voting_pool},
};
use solana_account::Account;
use solana_pubkey::Pubkey;

/// Epochs from an ejection to the first in which the validator may be taken back, the epoch of the
/// breach not counted.
async fn wait(pool: &mut Pool, sent: &Sent) -> u64 {
    let event = sent.events::<ValidatorEjected>().remove(0);
    event.reinstatable_epoch - pool.cluster.epoch().await - 1
}

async fn eject_for_commission(pool: &mut Pool, vote: &Pubkey) -> u64 {
    pool.cluster.set_commission(vote, 2_000).await;
    let sent = pool.eject(vote).await;
    assert_eq!(breach(&sent), Breach::Commission);
    pool.cluster.set_commission(vote, 0).await;
    wait(pool, &sent).await
}

async fn pass(pool: &mut Pool, epochs: u64) {
    for _ in 0..epochs {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
}

#[tokio::test]
async fn the_wait_of_who_takes_too_much_doubles_from_2_to_32_epochs() {
    let mut pool = empty_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    pool.watch = sluice_tests::pool::Watch::Off;
    for epochs in [2, 4, 8, 16, 32, 32] {
        assert_eq!(eject_for_commission(&mut pool, &vote).await, epochs);
        pass(&mut pool, epochs).await;
        assert_refused(pool.try_set_weight(&vote, 1).await, NotReinstatable);
        pass(&mut pool, 1).await;
        pool.set_weight(&vote, 1).await;
        pass(&mut pool, 1).await;
        assert_eq!(pool.slot_state(&vote).await, SlotState::Active);
    }
}

#[tokio::test]
async fn who_goes_on_while_it_drains_waits_anew_and_no_longer() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    assert_eq!(eject_for_commission(&mut pool, &vote).await, 2);
    pass(&mut pool, 1).await;
    assert_eq!(eject_for_commission(&mut pool, &vote).await, 2);
}

#[tokio::test]
async fn silence_shortens_no_wait_and_lengthens_none() {
    let (mut pool, _alice) = voting_pool(&[1, 1]).await;
    let (vote, other) = (pool.vote(0), pool.vote(1));
    assert_eq!(eject_for_commission(&mut pool, &vote).await, 2);
    pass(&mut pool, 3).await;
    pool.set_weight(&vote, 1).await;
    pass(&mut pool, 4).await;
    assert_eq!(eject_for_commission(&mut pool, &vote).await, 4);
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[other], CREDITS).await;
    let sent = pool.eject(&vote).await;
    assert_eq!(breach(&sent), Breach::LowCredits);
    assert_eq!(
        wait(&mut pool, &sent).await,
        3,
        "the rest of the longer one"
    );
    assert_eq!(pool.marker(&vote).await.wait_epochs, 4);
}

/// The slot is gone, the memory is not.
#[tokio::test]
async fn closing_the_slot_and_adding_the_validator_again_shortens_no_wait() {
    let mut pool = empty_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    assert_eq!(eject_for_commission(&mut pool, &vote).await, 2);
    pass(&mut pool, 1).await;
    pool.close(&vote).await;
    let marker = pool.marker(&vote).await;
    assert_eq!((marker.wait_epochs, marker.is_kept), (2, 1));
    assert_refused(pool.try_add_validator(&vote, 1).await, NotReinstatable);
    for _ in 0..2 {
        pool.crank_window().await;
        pool.cluster.earn_credits(&vote, CREDITS).await;
        pool.crank_next_epoch(CREDITS).await;
    }
    pool.add_validator(&vote, 1).await;
    let marker = pool.marker(&vote).await;
    assert_eq!((marker.wait_epochs, marker.is_kept), (2, 0));
    assert_eq!(eject_for_commission(&mut pool, &vote).await, 4);
}

/// Each pool judges by itself, and each vote account: a record says whose it is.
#[tokio::test]
async fn the_kept_marker_of_another_pool_or_validator_is_not_taken() {
    let mut pool = empty_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    eject_for_commission(&mut pool, &vote).await;
    pass(&mut pool, 1).await;
    pool.close(&vote).await;
    pass(&mut pool, 3).await;
    let address = pool.addresses.marker(&vote);
    let kept = pool.cluster.account(&address).await;
    for field in [offset_of!(Marker, pool), offset_of!(Marker, vote)] {
        let forge = |marker: &mut Account| marker.data[Marker::DISCRIMINATOR.len() + field] ^= 1;
        pool.cluster.change_account(&address, forge).await;
        assert_refused(pool.try_add_validator(&vote, 1).await, ForeignAccount);
        pool.cluster.set_account(&address, kept.clone());
    }
    pool.cluster.earn_credits(&vote, CREDITS).await;
    pool.add_validator(&vote, 1).await;
}

/// Who was ejected for something else, or left by itself, has no record.
#[tokio::test]
async fn the_marker_of_who_never_took_too_much_is_closed_with_its_slot() {
    let mut pool = empty_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    pool.retire(&vote).await;
    pass(&mut pool, 1).await;
    pool.close(&vote).await;
    let marker = pool.addresses.marker(&vote);
    assert!(pool.cluster.try_account(&marker).await.is_none());
}

/// A curator that retired its friend in the epoch before it could be convicted spared it every record:
/// in 40 epochs one vote account kept the rewards of eight, and was added eight times.
#[tokio::test]
async fn retiring_in_time_spares_nobody_its_record() {
    let (mut pool, _alice) = voting_pool(&[1, 1, 1]).await;
    let vote = pool.vote(0);
    pool.retire(&vote).await;
    pass(&mut pool, 1).await;
    assert_eq!(pool.slot_state(&vote).await, SlotState::Retiring);
    assert_eq!(eject_for_commission(&mut pool, &vote).await, 2);
    pass(&mut pool, 2).await;
    pool.close(&vote).await;
    assert_refused(pool.try_add_validator(&vote, 1).await, NotReinstatable);
    pass(&mut pool, 1).await;
    pool.add_validator(&vote, 1).await;
    pass(&mut pool, 1).await;
    assert_eq!(eject_for_commission(&mut pool, &vote).await, 4);
}
