//! What is paid.

use sluice_tests::{
    pool::{Pool, TicketAddress},
    scenario::{SOL, empty_pool_with, staked_pool, worth},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Lamports that a claim brings the owner, the rents of ticket and batch not counted.
async fn claimed(pool: &mut Pool, ticket: &TicketAddress, owner: &Keypair) -> u64 {
    let before = pool.cluster.lamports(&owner.pubkey()).await;
    let mut holding_rent = vec![ticket.ticket];
    if pool.batch(ticket.batch_id).await.opener == owner.pubkey() {
        holding_rent.push(ticket.batch);
    }
    let rents = pool.cluster.snapshot(&holding_rent).await.total_lamports();
    pool.claim(ticket).await;
    let left = pool.cluster.snapshot(&holding_rent).await.total_lamports();
    let rents = u64::try_from(rents - left).expect("rent is returned");
    pool.cluster.lamports(&owner.pubkey()).await - before - rents
}

#[tokio::test]
async fn a_batch_is_paid_in_parts_as_stake_comes_back_and_in_full_in_the_end() {
    let (mut pool, alice, bob) = staked_pool().await;
    let ticket = pool.request(&alice, 500 * SOL).await;
    pool.warp_to_window().await;
    let vote = pool.vote(0);
    pool.undelegate(&vote).await;
    pool.crank_next_epoch(0).await;
    let batch = pool.batch(0).await;
    assert!(batch.paid_lamports > 100 * SOL, "{batch:?}");
    assert!(batch.unsettled_lst > 0, "{batch:?}");
    let settled_lst = batch.lst - batch.unsettled_lst;
    let first = claimed(&mut pool, &ticket, &alice).await;
    assert_eq!(first, batch.paid_lamports);
    assert!(first <= settled_lst && settled_lst - first <= 1, "price 1");

    pool.deposit(&bob, 100 * SOL).await;
    pool.settle_head().await;
    let second = claimed(&mut pool, &ticket, &alice).await;
    assert!(second >= 99 * SOL, "{second}");
    pool.pass_an_epoch().await;
    let third = claimed(&mut pool, &ticket, &alice).await;
    let total = first + second + third;
    assert!((500 * SOL - 3..=500 * SOL).contains(&total), "{total}");
    assert!(pool.cluster.try_account(&ticket.ticket).await.is_none());
    assert!(pool.cluster.try_account(&ticket.batch).await.is_none());
}

#[tokio::test]
async fn less_than_a_sixteenth_of_what_is_left_is_not_paid() {
    let (mut pool, alice, bob) = staked_pool().await;
    pool.request(&alice, 480 * SOL).await;
    pool.warp_to_window().await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    let reserve = pool.account().await.reserve_lamports;
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    let sixteenth = 30 * SOL;
    let missing = sixteenth - (reserve - rent);
    pool.deposit(&bob, missing - 1).await;
    let before = pool.books().await;
    pool.settle_head().await;
    assert_eq!(pool.books().await, before);
    pool.deposit(&bob, 1).await;
    pool.settle_head().await;
    assert_eq!(pool.batch(0).await.paid_lamports, sixteenth);
}

#[tokio::test]
async fn a_loss_between_request_and_settlement_is_shared_by_those_who_leave() {
    let (mut pool, alice, _bob) = staked_pool().await;
    let ticket = pool.request(&alice, 300 * SOL).await;
    pool.crank_window().await;
    let vote = pool.vote(1);
    pool.slash(&vote, 18 * SOL).await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    pool.collect_all().await;
    let price = pool.prices().await;
    assert!(price.value < price.supply);
    pool.settle().await;
    let paid = claimed(&mut pool, &ticket, &alice).await;
    assert_eq!(paid, worth(300 * SOL, price.value, price.supply));
    let after = pool.prices().await;
    let staying = |prices: &sluice_tests::pool::Prices| {
        u128::from(prices.value) * 1_000_000_000 / u128::from(prices.supply)
    };
    assert_eq!(
        staying(&after),
        staying(&price),
        "and by those who stay alike"
    );
}

#[tokio::test]
async fn a_gain_between_request_and_settlement_is_shared_too() {
    let (mut pool, alice, _bob) = staked_pool().await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 30 * SOL).await;
    pool.crank_next_epoch(0).await;
    let ticket = pool.request(&alice, 300 * SOL).await;
    pool.pass_an_epoch().await;
    let paid = claimed(&mut pool, &ticket, &alice).await;
    assert!(paid > 300 * SOL, "{paid}");
}

#[tokio::test]
async fn one_unit_tickets_and_zero_payouts_complete() {
    let (mut pool, alice, bob) = staked_pool().await;
    let vote = pool.vote(1);
    pool.slash(&vote, 18 * SOL).await;
    pool.crank_next_epoch(0).await;
    let mut tickets = Vec::new();
    for _ in 0..3 {
        tickets.push((pool.request(&alice, 1).await, alice.insecure_clone()));
        tickets.push((pool.request(&bob, 1).await, bob.insecure_clone()));
    }
    pool.pass_an_epoch().await;
    let batch = pool.batch(0).await;
    assert!(batch.is_settled());
    assert_eq!(batch.paid_lamports, 5, "six units at 0.98 each");
    for (ticket, owner) in &tickets {
        assert_eq!(claimed(&mut pool, ticket, owner).await, 0);
    }
    assert_eq!(pool.account().await.claims_lamports, 0);
    assert_eq!(pool.account().await.pending_lamports, 5, "the dust drips");
    assert!(
        pool.cluster
            .try_account(&tickets[0].0.batch)
            .await
            .is_none()
    );
}

#[tokio::test]
async fn a_single_unit_worth_less_than_a_lamport_is_burned_for_nothing() {
    let (mut pool, alice, _bob) = staked_pool().await;
    let vote = pool.vote(1);
    pool.slash(&vote, 18 * SOL).await;
    pool.crank_next_epoch(0).await;
    let ticket = pool.request(&alice, 1).await;
    pool.crank_window().await;
    let supply = pool.account().await.lst_supply;
    pool.crank_next_epoch(0).await;
    assert_eq!(pool.account().await.lst_supply, supply - 1);
    assert!(pool.batch(0).await.is_settled());
    assert_eq!(claimed(&mut pool, &ticket, &alice).await, 0);
}

#[tokio::test]
async fn a_whale_of_95_percent_and_a_small_holder_are_paid_at_the_same_price() {
    let builder = Pool::builder().validators(&[(0, 1), (0, 2), (0, 1)]);
    let mut pool = builder.start().await;
    let whale = pool.user("whale", 1_000 * SOL).await;
    let small = pool.user("small", 100 * SOL).await;
    let rest = pool.user("rest", 100 * SOL).await;
    pool.deposit(&whale, 950 * SOL).await;
    pool.deposit(&small, 5 * SOL).await;
    pool.deposit(&rest, 45 * SOL).await;
    pool.pass_an_epoch().await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 10 * SOL).await;
    pool.crank_next_epoch(0).await;
    let whales = pool.request(&whale, 950 * SOL).await;
    let smalls = pool.request(&small, 5 * SOL).await;
    let before = pool.prices().await;
    pool.pass_an_epoch().await;
    assert!(pool.batch(0).await.is_settled(), "an epoch later");
    let paid = claimed(&mut pool, &whales, &whale).await;
    let paid_small = claimed(&mut pool, &smalls, &small).await;
    assert!(paid / 190 - paid_small <= 1, "{paid} and {paid_small}");
    assert!(paid >= worth(950 * SOL, before.value, before.supply));
    // Those who stay gain what leavers forgo, but only step by step.
    let after = pool.prices().await;
    assert!(after.value < after.supply + after.supply / 50, "{after:?}");
}

/// E11. What left for a batch was valued in the window, and the price rose until settlement: every
/// batch left a crumb for one more epoch.
#[tokio::test]
async fn a_batch_is_paid_in_full_at_the_higher_price_of_its_settlement() {
    let mut pool = empty_pool_with(&[1, 1], |config| config.reserve_target_bps = 0).await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    pool.pass_an_epoch().await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, SOL).await;
    pool.crank_next_epoch(0).await;
    let ticket = pool.request(&alice, 500 * SOL).await;
    pool.crank_window().await;
    let then = pool.prices().await;
    pool.crank_next_epoch(0).await;
    let batch = pool.batch(ticket.batch_id).await;
    assert!(batch.is_settled(), "{} LST are left", batch.unsettled_lst);
    assert!(batch.paid_lamports > worth(500 * SOL, then.value, then.supply));
}
