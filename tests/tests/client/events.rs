//! What somebody knows who reads events and nothing else.

use std::collections::BTreeSet;

use anchor_lang::AnchorDeserialize;
use sluice::{
    instructions::Rate,
    state::{Parameter, SlotState, StakeAccountKind},
};
use sluice_client::Event;
use sluice_math::Lamports;
use sluice_tests::{
    indexer::{Accounts, Indexed, Indexer},
    pool::Pool,
    scenario::{CREDITS, SOL},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Bytes of the answer of `rate`.
const RATE_BYTES: usize = 41;

/// What the history below has none of: resets, an abnormal loss and accounts of older layouts.
const LEFT_OUT: [&str; 4] = [
    "StakeReclaimed",
    "LossAcknowledged",
    "PageMigrated",
    "PoolMigrated",
];

/// What a reader who begins with nothing makes of the whole history, after it was compared with
/// all accounts.
async fn told(pool: &mut Pool) -> Indexed {
    let indexer = Indexer::of(&pool.told);
    let books = pool.books().await;
    let address = &pool.addresses.pool;
    let compared = indexer.compare(address, &Accounts::from(&books));
    compared.expect("the events tell what the accounts say");
    let mut indexed = indexer.pools[address].clone();
    indexed.state = indexed.state.at(books.slot, books.epoch);
    assert_eq!(indexed.unpaid_fee_lst(), books.fees_lst);
    indexed
}

/// Both prices by the events alone are what the program answers, now and at later slots.
async fn assert_prices(pool: &mut Pool) {
    let ledger = told(pool).await.state.ledger();
    for _ in 0..3 {
        let sent = pool.must_send(&[pool.addresses.rate()], &[]).await;
        let (_, mut answer) = sent.return_data.expect("an answer");
        answer.resize(RATE_BYTES, 0);
        let rate = Rate::try_from_slice(&answer).expect("the answer decodes");
        assert_eq!(ledger.full(), Ok(Lamports::new(rate.full_lamports)));
        let value = ledger.value(rate.slot);
        assert_eq!(value, Ok(Lamports::new(rate.value_lamports)));
        assert_eq!(ledger.supply.get(), rate.lst_supply);
        pool.cluster.warp_to_slot(rate.slot + 5).await;
    }
}

#[tokio::test]
async fn a_whole_history_is_rebuilt_from_events_alone() {
    let weights = [(0, 1), (500, 2), (0, 3)];
    let builder = Pool::builder().config(|config| config.tolerance_bps = 5_000);
    let mut pool = builder.epoch(1).validators(&weights).start().await;
    let alice = pool.user("alice", 3_000 * SOL).await;
    let bob = pool.user("bob", 3_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    pool.deposit(&bob, 300 * SOL).await;
    pool.crank_window().await;
    pool.live_an_epoch(CREDITS).await;
    pool.crank_next_epoch(CREDITS).await;
    assert_prices(&mut pool).await;

    holders_come_and_go(&mut pool, &alice, &bob).await;
    a_batch_is_paid_in_parts(&mut pool, &alice).await;
    validators_change(&mut pool).await;
    who_decides_changes(&mut pool).await;
    stake_is_lost(&mut pool).await;
    assert_prices(&mut pool).await;
    assert_all_happened(&pool);
}

async fn holders_come_and_go(pool: &mut Pool, alice: &Keypair, bob: &Keypair) {
    let vote = pool.vote(2);
    let stake = pool
        .active_stake("stake", &alice.pubkey(), 20 * SOL, &vote)
        .await;
    pool.deposit_stake(alice, &stake, &vote).await;
    let only = pool.request(alice, 5 * SOL).await;
    pool.cancel(alice, &only).await;
    told(pool).await;
    let kept = pool.request(alice, 40 * SOL).await;
    let given = pool.request(bob, 30 * SOL).await;
    let cancelled = pool.request(bob, SOL).await;
    pool.cancel(bob, &cancelled).await;
    pool.transfer(bob, &given, &alice.pubkey()).await;
    told(pool).await;
    pool.withdraw(bob, SOL).await;
    pool.withdraw_stake(alice, &vote, 3 * SOL).await;
    told(pool).await;

    pool.crank_window().await;
    let queue = told(pool).await.state.queue;
    assert_eq!((queue.open_batch, queue.locked_lst), (1, 70 * SOL));
    let late = pool.request(bob, 2 * SOL).await;
    assert_eq!(late.batch_id, 1);
    pool.crank_next_epoch(CREDITS).await;
    assert!(told(pool).await.state.claims_lamports >= 70 * SOL);
    pool.claim(&kept).await;
    told(pool).await;
    pool.claim(&given).await;
    assert!(told(pool).await.unpaid_fee_lst() > 0);
    pool.pay_fees().await;
    assert_eq!(told(pool).await.unpaid_fee_lst(), 0);
}

async fn a_batch_is_paid_in_parts(pool: &mut Pool, alice: &Keypair) {
    let ticket = pool.request(alice, 100 * SOL).await;
    // Nobody undelegates in the window: the reserve alone pays.
    pool.warp_to_window().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    pool.settle_head().await;
    let batch = &told(pool).await.state.queue.batches[&ticket.batch_id];
    assert!(batch.unsettled_lst > 0 && batch.paid_lamports > 0);
    pool.claim(&ticket).await;
    let claimed = told(pool).await.state.queue.tickets[&ticket.ticket].claimed_lamports;
    assert!(claimed > 0);
    pool.live_an_epoch(CREDITS).await;
    pool.crank_next_epoch(CREDITS).await;
    told(pool).await;
    pool.claim(&ticket).await;
    let queue = told(pool).await.state.queue;
    assert!(!queue.tickets.contains_key(&ticket.ticket));
    let left = queue.batches[&ticket.batch_id].tickets;
    assert_eq!(left, 1, "bob's is there still");
}

async fn validators_change(pool: &mut Pool) {
    let [leaver, breaker] = [0, 1].map(|number| pool.vote(number));
    let joiner = pool.add_validators(&[(0, 4)]).await.remove(0);
    pool.set_weight(&breaker, 5).await;
    told(pool).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    // Nobody has observed the validator: the change before this one never holds.
    pool.set_weight(&breaker, 4).await;
    pool.retire(&leaver).await;
    assert_eq!(told(pool).await.state.validators[&breaker].weight, 2);
    pool.crank_epoch().await;
    let validators = told(pool).await.state.validators;
    assert_eq!(validators[&breaker].weight, 2);
    assert_eq!(validators[&joiner].weight, 4);
    pool.live_an_epoch(CREDITS).await;
    told(pool).await;

    pool.cluster.set_commission(&breaker, 1_100).await;
    pool.eject(&breaker).await;
    let validators = told(pool).await.state.validators;
    assert_eq!(validators[&breaker].state, SlotState::Ejected);
    assert_eq!(validators[&leaver].state, SlotState::Retiring);
    pool.cluster.set_commission(&breaker, 500).await;
    for _ in 0..3 {
        pool.live_an_epoch(CREDITS).await;
    }
    pool.close(&leaver).await;
    pool.set_weight(&breaker, 2).await;
    let validators = told(pool).await.state.validators;
    assert_eq!(validators[&breaker].state, SlotState::Active);
    assert!(!validators.contains_key(&leaver));
    pool.live_an_epoch(CREDITS).await;
    told(pool).await;
}

async fn stake_is_lost(pool: &mut Pool) {
    let vote = pool.vote(2);
    let main = StakeAccountKind::Main;
    pool.slash_account(&vote, main, SOL / 10).await;
    pool.report_loss(&vote).await;
    told(pool).await;
    pool.slash_account(&vote, main, SOL / 10).await;
    pool.live_an_epoch(0).await;
    told(pool).await;
}

async fn who_decides_changes(pool: &mut Pool) {
    let (fee, holder_share) = (Parameter::RewardFeeBps, Parameter::HolderShareBps);
    let (least, most) = (Parameter::InstantFeeMinBps, Parameter::InstantFeeMaxBps);
    let now = pool.account().await.parameters();
    pool.schedule_change(fee, now.get(fee) + 1).await;
    pool.schedule_change(holder_share, 100).await;
    pool.schedule_change(most, now.get(most) + 20).await;
    pool.schedule_change(least, now.get(most) + 10).await;
    // Without the higher maximum, the minimum does not fit: it is dropped.
    pool.cancel_change(most).await;
    pool.pause().await;
    assert_eq!(told(pool).await.state.changes.len(), 3);
    let admin = pool.admin();
    pool.unpause(&admin).await;
    for _ in 0..2 {
        pool.live_an_epoch(CREDITS).await;
        told(pool).await;
    }
    let state = told(pool).await.state;
    assert_eq!(state.parameters.get(fee), now.get(fee) + 1);
    assert_eq!(state.parameters.get(least), now.get(least));
    assert!(state.changes.is_empty());

    let next = ["curator", "guardian", "treasury", "admin"];
    let next = next.map(|role| pool.cluster.keypair(&format!("the next {role}")));
    let [curator, guardian, treasury, admin] = &next;
    pool.set_curator(&curator.pubkey()).await;
    pool.set_guardian(&guardian.pubkey()).await;
    pool.set_treasury(&treasury.pubkey()).await;
    pool.nominate_admin(&admin.pubkey()).await;
    told(pool).await;
    pool.accept_admin(admin).await;
    assert_eq!(told(pool).await.state.roles.admin, admin.pubkey());
}

fn assert_all_happened(pool: &Pool) {
    let happened: BTreeSet<&str> = pool.told.iter().map(Event::name).collect();
    let expected = Event::NAMES.iter().copied();
    let expected: BTreeSet<&str> = expected.filter(|name| !LEFT_OUT.contains(name)).collect();
    assert_eq!(happened, expected);
}
