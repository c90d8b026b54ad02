//! What a large holder, or a stranger with one lamport, might try.

use sluice::SluiceError;
use sluice_tests::{
    pool::{Pool, TicketAddress},
    scenario::SOL,
};

use crate::scene::Scene;

/// 190 of 300 shares step out, the till is too large for the rest and is staked, and they step in again.
#[tokio::test]
async fn a_large_holder_cannot_make_the_others_alone_pay_for_staking_the_surplus() {
    let builder = Pool::builder().config(|config| config.deposit_fee_bps = 20);
    let mut scene = Scene::start_beside(builder).await;
    let ben = scene.ben.insecure_clone();
    scene.fill_the_till().await;
    let (had, before) = (scene.shares(&ben).await, scene.holdings().await);
    let number = scene.request(&ben, 190 * SOL).await.unwrap();
    let batch = scene.batch_of(number).await;
    let batch = scene.pool.addresses.batch(batch);
    let surplus = scene.at.stake_surplus();
    scene.send(surplus, &[]).await.unwrap();
    let exit = scene.exit(number).await;
    let cancel = scene.at.cancel_exit(&exit, batch);
    scene.send(cancel, &[&ben]).await.unwrap();
    let after = scene.holdings().await;
    assert!(
        after.lst + after.till_lamports < before.lst + before.till_lamports,
        "staking costs a fee"
    );
    assert_eq!(scene.shares(&ben).await, had, "the fee is his as well");
    assert_eq!(after.shares, before.shares);
}

/// The other way round: the price rose meanwhile, so the same shares would be too many.
#[tokio::test]
async fn who_cancels_an_exit_gets_the_shares_of_now_where_they_have_become_dearer() {
    let mut scene = Scene::start().await;
    let ben = scene.ben.insecure_clone();
    let number = scene.refill().await.unwrap();
    let refill = scene.batch_of(number).await;
    scene.settle().await;
    let had = scene.shares(&ben).await;
    let exit = scene.request(&ben, 190 * SOL).await.unwrap();
    let batch = scene.batch_of(exit).await;
    // A gift to the refill: all who stay share it.
    let gift_to = scene.at.exit(number);
    scene.pool.cluster.fund(&gift_to, SOL).await;
    scene.pay(number, refill).await.unwrap();
    let exit = scene.exit(exit).await;
    let batch = scene.pool.addresses.batch(batch);
    let cancel = scene.at.cancel_exit(&exit, batch);
    scene.send(cancel, &[&ben]).await.unwrap();
    assert!(scene.shares(&ben).await < had);
}

/// The till's first SOL would be fewer than the rent of an empty account.
#[tokio::test]
async fn the_refill_of_a_small_strategy_is_paid() {
    let mut scene = Scene::empty().await;
    let anna = scene.anna.insecure_clone();
    scene.deposit(&anna, SOL / 100).await.unwrap();
    scene.fill_the_till().await;
    let filled = scene.holdings().await.till_lamports;
    assert_eq!(filled, SOL / 2_000, "a twentieth");
    let rent = scene.pool.cluster.rent_exempt_lamports(0).await;
    assert!(filled < rent);
    let has = scene.pool.cluster.lamports(&scene.at.till).await;
    assert_eq!(has, filled + rent, "the rent is not counted");
}

#[tokio::test]
async fn an_exit_may_leave_one_lamport_in_the_till_or_none() {
    for left in [1, 0] {
        let mut scene = Scene::start().await;
        let anna = scene.anna.insecure_clone();
        scene.fill_the_till().await;
        scene.exit_now(&anna, 15 * SOL - left).await.unwrap();
        assert_eq!(scene.holdings().await.till_lamports, left);
    }
}

#[tokio::test]
async fn one_lamport_sent_to_an_exit_does_not_keep_it_from_being_claimed() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    let number = scene.request(&anna, 10 * SOL).await.unwrap();
    let batch = scene.batch_of(number).await;
    let address = scene.at.exit(number);
    // Before anything is due the lamport is passed on.
    scene.pool.cluster.fund(&address, 1).await;
    let had = scene.lamports(&anna).await;
    scene.pay(number, batch).await.unwrap();
    assert_eq!(scene.lamports(&anna).await, had + 1);
    let failure = scene.pay(number, batch).await.unwrap_err();
    let early = SluiceError::NothingToClaim;
    assert_eq!(failure.custom_code, Some(early.into()), "{failure}");

    scene.settle().await;
    scene.pool.cluster.fund(&address, 1).await;
    let opened = scene.pool.addresses.batch(batch);
    let rents = scene.rents(number).await - 1 + scene.pool.cluster.lamports(&opened).await;
    let had = scene.lamports(&anna).await;
    scene.pay(number, batch).await.unwrap();
    assert_eq!(scene.lamports(&anna).await, had + 10 * SOL + 1 + rents);
    assert_eq!(scene.pool.cluster.try_account(&address).await, None);
}

/// The same for the till, which had nothing before.
#[tokio::test]
async fn one_lamport_sent_to_the_exit_of_a_refill_counts_and_does_not_stop_it() {
    let mut scene = Scene::start().await;
    let number = scene.refill().await.unwrap();
    let batch = scene.batch_of(number).await;
    scene.settle().await;
    scene.pool.cluster.fund(&scene.at.exit(number), 1).await;
    scene.pay(number, batch).await.unwrap();
    let holdings = scene.holdings().await;
    assert_eq!(holdings.till_lamports, 15 * SOL + 1);
    assert_eq!(holdings.queued_lst, 0);
}

/// What somebody else has claimed in part is passed on together with what is due besides.
#[tokio::test]
async fn an_exit_that_somebody_else_claims_and_gives_to_is_paid_once() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    let number = scene.request(&anna, 10 * SOL).await.unwrap();
    let batch_id = scene.batch_of(number).await;
    let exit = scene.exit(number).await;
    scene.settle().await;
    let address = scene.at.exit(number);
    scene.pool.cluster.fund(&address, 7).await;
    let ticket = TicketAddress {
        batch_id,
        batch: scene.pool.addresses.batch(batch_id),
        ticket: exit.ticket,
        payer: exit.payer,
        lst: exit.lst,
    };
    scene.pool.claim(&ticket).await;
    let had = scene.lamports(&anna).await;
    scene.pay(number, batch_id).await.unwrap();
    let paid = scene.lamports(&anna).await - had;
    assert_eq!(paid, 10 * SOL + 7 + exit.rent_lamports);
}

/// What the rent has become less is the payer's, not the strategy's.
#[tokio::test]
async fn rent_that_falls_while_a_refill_waits_goes_back_to_who_paid_it() {
    let mut scene = Scene::start().await;
    let ben = scene.ben.insecure_clone();
    let number = scene.refill().await.unwrap();
    let batch = scene.batch_of(number).await;
    let opened = scene.pool.addresses.batch(batch);
    let rents = scene.rents(number).await + scene.pool.cluster.lamports(&opened).await;
    scene.pool.cluster.schedule_rent(696).await;
    scene.pool.pass_an_epoch().await;
    let failure = scene.pay(number, batch).await.unwrap_err();
    let early = SluiceError::NothingToClaim;
    assert_eq!(failure.custom_code, Some(early.into()), "{failure}");
    scene.pool.pass_an_epoch().await;
    let had = scene.lamports(&ben).await;
    scene.pay(number, batch).await.unwrap();
    assert_eq!(scene.lamports(&ben).await, had + rents);
    assert_eq!(scene.holdings().await.till_lamports, 15 * SOL);
}

/// The exit was made when rent was low. It is not left below the rent of today; what that keeps back is paid
/// with the last payment.
#[tokio::test]
async fn rent_that_rises_while_a_refill_waits_stops_no_payment_and_costs_the_till_nothing() {
    let mut scene = Scene::start().await;
    let ben = scene.ben.insecure_clone();
    scene.pool.cluster.schedule_rent(696).await;
    scene.pool.live_an_epoch(0).await;
    let number = scene.refill().await.unwrap();
    let batch = scene.batch_of(number).await;
    let opened = scene.pool.addresses.batch(batch);
    let rents = scene.rents(number).await + scene.pool.cluster.lamports(&opened).await;
    scene.pool.cluster.schedule_rent(5_080).await;
    scene.pool.live_an_epoch(0).await;
    scene.pool.cluster.fund(&scene.at.exit(number), SOL).await;
    scene.pay(number, batch).await.unwrap();
    let first = scene.holdings().await.till_lamports;
    assert!(first > 0 && first < SOL, "{first}: the rest is rent");
    scene.pool.pass_an_epoch().await;
    let had = scene.lamports(&ben).await;
    scene.pay(number, batch).await.unwrap();
    assert_eq!(scene.holdings().await.till_lamports, 16 * SOL);
    assert_eq!(scene.lamports(&ben).await, had + rents);
}
