//! What trips the breaker, what an acknowledgement ends, and what never trips it.

use SluiceError::{BreakerTripped, NothingToAcknowledge};
use sluice::{SluiceError, events::EpochFinalized, state::StakeAccountKind};
use sluice_math::MAX_DRIP_EPOCHS;
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    pool::{Pool, TicketAddress},
    scenario::{assert_refused, earning_pool, worth},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

async fn next_booking(pool: &mut Pool) -> EpochFinalized {
    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    pool.finalize().await.events::<EpochFinalized>().remove(0)
}

/// A pool in which a loss of a ninth has just tripped the breaker, and a batch is due.
async fn tripped_pool() -> (Pool, Keypair, TicketAddress) {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    pool.next_epoch_with_rewards(0).await;
    pool.crank_what_is_open().await;
    let ticket = pool.request(&alice, 5 * SOL).await;
    pool.warp_to_window().await;
    pool.crank_what_is_open().await;
    let vote = pool.vote(1);
    pool.slash(&vote, 100 * SOL).await;
    assert!(next_booking(&mut pool).await.tripped);
    (pool, alice, ticket)
}

#[tokio::test]
async fn settlement_waits_two_epochs_for_the_breaker_and_no_second_loss_prolongs_it() {
    let (mut pool, _alice, ticket) = tripped_pool().await;
    assert_refused(pool.try_settle_head().await, BreakerTripped);
    let vote = pool.vote(1);
    pool.slash(&vote, 60 * SOL).await;
    let booked = next_booking(&mut pool).await;
    assert!(!booked.tripped, "it is not armed again while tripped");
    let epoch = pool.cluster.epoch().await;
    let last = pool.cluster.last_slot_of(epoch);
    pool.cluster.warp_to_slot(last).await;
    assert_refused(pool.try_settle_head().await, BreakerTripped);
    pool.slash(&vote, 30 * SOL).await;
    next_booking(&mut pool).await;
    let prices = pool.prices().await;
    pool.settle_head().await;
    let batch = pool.batch(ticket.batch_id).await;
    assert_eq!(
        batch.paid_lamports,
        worth(5 * SOL, prices.value, prices.supply)
    );
    assert!(pool.account().await.is_tripped());
}

#[tokio::test]
async fn an_acknowledged_loss_opens_everything_at_once_and_is_no_longer_restored() {
    let (mut pool, alice, _) = tripped_pool().await;
    let mark = pool.account().await.high_water();
    let before = pool.prices().await;
    pool.acknowledge_loss().await;
    let account = pool.account().await;
    assert_eq!(account.high_water(), mark, "the fee's mark stays");
    assert_eq!(pool.prices().await, before, "no price moves");
    assert_refused(pool.try_acknowledge_loss().await, NothingToAcknowledge);
    pool.deposit(&alice, SOL).await;
    pool.withdraw(&alice, SOL / 10).await;
    pool.settle_head().await;

    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 20 * SOL).await;
    let booked = next_booking(&mut pool).await;
    assert_eq!(booked.restored_lamports, 0);
    assert_eq!(
        (booked.fee_lamports, booked.fee_lst),
        (0, 0),
        "below the mark"
    );
    let books = pool.books().await;
    assert!(books.unreleased() >= 20 * SOL, "a gain drips again");
}

#[tokio::test]
async fn the_breaker_is_armed_again_after_an_acknowledgement() {
    let (mut pool, alice, _) = tripped_pool().await;
    pool.acknowledge_loss().await;
    let vote = pool.vote(1);
    pool.slash(&vote, 100 * SOL).await;
    assert!(next_booking(&mut pool).await.tripped);
    assert_refused(pool.try_deposit(&alice, SOL).await, BreakerTripped);
}

#[tokio::test]
async fn an_abnormal_gain_trips_nothing_and_only_drips_longer() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 450 * SOL).await;
    let value = pool.prices().await.value;
    let booked = next_booking(&mut pool).await;
    assert!(!booked.tripped);
    assert_eq!(booked.drip_epochs, MAX_DRIP_EPOCHS);
    let now = pool.prices().await.value;
    assert!(now - value <= booked.fee_lamports, "none of it at once");
    pool.deposit(&alice, SOL).await;
    pool.withdraw(&alice, SOL / 10).await;
}

/// Nothing that a stranger can do to a pool looks like a loss.
#[tokio::test]
async fn attack_29_a_stranger_cannot_trip_the_breaker() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    pool.live_an_epoch(1_000).await;
    let it = pool.addresses;
    let source = pool.lst_account(&alice.pubkey());
    let lst = pool.lst_balance(&alice.pubkey()).await;
    let burn = spl_token_interface::instruction::burn(
        &spl_token_interface::ID,
        &source,
        &it.mint,
        &alice.pubkey(),
        &[],
        lst * 9 / 10,
    );
    pool.must_send(&[burn.expect("an instruction")], &[&alice])
        .await;
    for number in 0..3 {
        let vote = pool.vote(number);
        pool.deactivate_by_force(&vote, StakeAccountKind::Main)
            .await;
        let slot = pool.slot_of(&vote).await;
        pool.cluster.fund(&slot.main, SOL).await;
        pool.cluster.fund(&slot.transient, SOL).await;
    }
    for address in [it.reserve, it.claims_vault, it.pool, it.fees] {
        pool.cluster.fund(&address, SOL).await;
    }
    for _ in 0..3 {
        let booked = next_booking(&mut pool).await;
        assert!(!booked.tripped);
        assert_eq!(booked.loss_lamports, 0);
        pool.crank_what_is_open().await;
    }
    assert!(!pool.account().await.is_tripped());
}
