//! Strangers send lamports and LST to addresses of the pool, those that exist and those to come.

use rand::{SeedableRng, rngs::StdRng};
use sluice::{events::EpochFinalized, state::SLOTS_PER_PAGE};
use sluice_tests::{
    pool::{Pool, TicketAddress, Watch},
    scenario::recovery::{recover, turn_cranks},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::struck_pool::SOL;

/// Two validators with stake, some of it activating, a batch that waits, and its ticket.
async fn busy_pool() -> (Pool, Keypair, TicketAddress) {
    let mut pool = Pool::builder().validators(&[(0, 1), (0, 1)]).start().await;
    let alice = pool.user("alice", 300 * SOL).await;
    pool.deposit(&alice, 100 * SOL).await;
    pool.live_an_epoch(0).await;
    pool.live_an_epoch(0).await;
    pool.crank_next_epoch(0).await;
    pool.deposit(&alice, 20 * SOL).await;
    let ticket = pool.request(&alice, 4 * SOL).await;
    (pool, alice, ticket)
}

/// Every address of the pool, and whether what a stranger sends there is booked: the reserve and
/// main are the pool's, the rest is nobody's business. A transient that has been collected is not
/// read before it is used again.
async fn addresses(pool: &mut Pool, ticket: &TicketAddress) -> Vec<(Pubkey, bool)> {
    let it = pool.addresses;
    let mut addresses: Vec<(Pubkey, bool)> = [
        it.pool,
        it.claims_vault,
        it.escrow,
        it.fees,
        it.page(0),
        it.history,
        it.mint,
        it.stake_authority,
        it.mint_authority,
        ticket.batch,
        ticket.ticket,
    ]
    .map(|address| (address, false))
    .to_vec();
    addresses.push((it.reserve, true));
    for place in pool.places().await {
        addresses.push((it.marker(&place.vote), false));
        addresses.extend([(place.main, true), (place.transient, false)]);
    }
    addresses
}

#[tokio::test]
async fn lamports_sent_to_every_address_are_booked_where_the_pool_owns_them_and_harm_nothing() {
    let (mut pool, _alice, ticket) = busy_pool().await;
    let mut rng = StdRng::seed_from_u64(5);
    pool.warp_to_window().await;
    turn_cranks(&mut pool, &mut rng).await;
    let before = pool.prices().await;
    let mut booked = 0;
    for (number, (address, is_booked)) in (0..).zip(addresses(&mut pool, &ticket).await) {
        let lamports = SOL / 2 + number;
        pool.cluster.fund(&address, lamports).await;
        booked += if is_booked { lamports } else { 0 };
        pool.check().await;
    }
    assert_eq!(
        pool.prices().await,
        before,
        "nothing counts before finalize"
    );
    let mut gained = 0;
    for _ in 0..2 {
        pool.cluster.next_epoch().await;
        pool.observe_all().await;
        let event = pool.finalize().await.events::<EpochFinalized>().remove(0);
        gained += event.gain_lamports;
        assert_eq!(event.loss_lamports, 0);
        turn_cranks(&mut pool, &mut rng).await;
        pool.warp_to_window().await;
        turn_cranks(&mut pool, &mut rng).await;
    }
    assert_eq!(gained, booked);
    recover(&mut pool, 3, 1, &mut rng).await;
    pool.claim(&ticket).await;
}

#[tokio::test]
async fn lst_sent_to_every_address_of_the_pool_moves_no_price_and_holds_nobody_up() {
    let (mut pool, alice, ticket) = busy_pool().await;
    let (it, mint) = (pool.addresses, pool.addresses.mint);
    let mut accounts = vec![it.escrow, it.fees];
    for owner in [
        it.pool,
        it.reserve,
        it.claims_vault,
        it.stake_authority,
        it.mint_authority,
        it.history,
        ticket.batch,
        ticket.ticket,
    ] {
        let created = pool.cluster.create_token_account(&mint, &owner);
        accounts.push(created.await);
    }
    let before = pool.prices().await;
    let from = pool.lst_account(&alice.pubkey());
    for (number, to) in (0..).zip(&accounts) {
        let (token, owner) = (spl_token_interface::ID, alice.pubkey());
        let lst = SOL + number;
        let had = pool.cluster.token_balance(to).await;
        let give = spl_token_interface::instruction::transfer(&token, &from, to, &owner, &[], lst);
        let give = give.expect("the token program's instruction");
        pool.must_send(&[give], &[&alice]).await;
        assert_eq!(pool.cluster.token_balance(to).await, had + lst);
    }
    assert_eq!(pool.prices().await, before);
    recover(&mut pool, 3, 1, &mut StdRng::seed_from_u64(6)).await;
    pool.claim(&ticket).await;
    // The fees account forwards what it was given, and the escrow pays out what was queued alone.
    pool.pay_fees().await;
    let treasury = pool.treasury().pubkey();
    assert!(pool.lst_balance(&treasury).await > SOL);
    let all = pool.lst_balance(&alice.pubkey()).await;
    let last = pool.request(&alice, all).await;
    for _ in 0..2 {
        pool.live_an_epoch(0).await;
    }
    pool.claim(&last).await;
}

#[tokio::test]
async fn batches_tickets_and_stake_accounts_to_come_may_be_funded_in_the_middle_of_a_life() {
    let (mut pool, alice, ticket) = busy_pool().await;
    let it = pool.addresses;
    let mut rng = StdRng::seed_from_u64(7);
    let next = it.batch(ticket.batch_id + 1);
    let (late, gone) = (pool.vote(2), pool.vote(3));
    let mut to_come = vec![next, it.page(1), it.marker(&late), it.marker(&gone)];
    for serial in 2..4 {
        to_come.extend([it.main(serial), it.transient(serial)]);
    }
    let numbers = 0..8;
    to_come.extend(numbers.map(|number| it.ticket(&alice.pubkey(), number)));
    for (number, address) in (0..).zip(&to_come) {
        pool.cluster.fund(address, 890_880 + number * SOL / 7).await;
    }
    pool.add_validators(&[(0, 1), (0, 0)]).await;
    pool.retire(&gone).await;
    pool.warp_to_window().await;
    turn_cranks(&mut pool, &mut rng).await;
    let second = pool.request(&alice, 3 * SOL).await;
    assert_eq!(second.batch, next);
    recover(&mut pool, 4, 1, &mut rng).await;
    for ticket in [ticket, second] {
        pool.claim(&ticket).await;
    }
    pool.close(&gone).await;
    pool.check().await;
}

#[tokio::test]
async fn the_next_page_of_validators_may_be_funded_before_it_is_created() {
    let mut pool = Pool::builder().watch(Watch::Off).start().await;
    let next = pool.addresses.page(1);
    for lamports in [890_880, SOL] {
        pool.cluster.fund(&next, lamports).await;
    }
    pool.add_validators(&vec![(0, 1); SLOTS_PER_PAGE + 1]).await;
    assert_eq!(pool.account().await.page_count, 2);
    assert_eq!(pool.page(1).await.occupied, 1);
    pool.check().await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    let prices = pool.prices().await;
    assert_eq!(prices.full, prices.supply, "a page is not what holders own");
}
