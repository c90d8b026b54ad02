//! Strategies for profit without holding: all of them lose.

use sluice_tests::{
    pool::Pool,
    scenario::{SOL, cheap_pool, worth},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Rewards of this many credits are some hundredths of the pool in these epochs.
const CREDITS: u64 = 1_000;
const FIRST_EPOCH: u64 = 5;

/// Instant exit as far as the buffer goes, the rest by the queue.
async fn leave_at_once(pool: &mut Pool, who: &Keypair) -> u64 {
    let before = pool.wallet(who).await;
    let lst = pool.lst_balance(&who.pubkey()).await;
    pool.withdraw(who, lst).await;
    pool.wallet(who).await - before
}

#[tokio::test]
async fn row_05_sandwich_of_the_reward_jump_does_not_pay() {
    let (mut pool, _holder, mallory) = cheap_pool(FIRST_EPOCH).await;
    for _ in 0..2 {
        let epoch = pool.cluster.epoch().await;
        let last = pool.cluster.last_slot_of(epoch);
        pool.cluster.warp_to_slot(last).await;
        pool.deposit(&mallory, 100 * SOL).await;
        let full = pool.prices().await.full;
        pool.crank_next_epoch(CREDITS).await;
        assert!(pool.prices().await.full > full + SOL / 100, "a real reward");
        let back = leave_at_once(&mut pool, &mallory).await;
        assert!(back < 100 * SOL, "{back}");
    }
}

#[tokio::test]
async fn v47_deposit_crank_and_exit_in_one_transaction_loses() {
    let (mut pool, _holder, mallory) = cheap_pool(FIRST_EPOCH).await;
    let epoch = pool.cluster.epoch().await;
    let last = pool.cluster.last_slot_of(epoch);
    pool.cluster.warp_to_slot(last).await;
    let lst_account = pool.lst_account(&mallory.pubkey());
    let it = pool.addresses;
    let deposit = it.deposit_sol(mallory.pubkey(), lst_account, 50 * SOL, 0);
    pool.next_epoch_with_rewards(CREDITS).await;
    let observe = pool.observe_instruction(0, 0, 64).await;
    let finalize = pool.finalize_instruction().await;
    let before = pool.prices().await;
    // Before the crank a deposit is refused, so she must buy after it.
    let early = [deposit.clone(), observe.clone(), finalize.clone()];
    pool.send(&early, &[&mallory])
        .await
        .expect_err("the pool is stale");
    let lamports = pool.wallet(&mallory).await;
    let minted = worth(50 * SOL, before.supply, before.full);
    let exit = it.withdraw_sol(
        mallory.pubkey(),
        lst_account,
        mallory.pubkey(),
        minted / 2,
        0,
    );
    pool.must_send(&[observe, finalize, deposit, exit], &[&mallory])
        .await;
    let rest = leave_at_once(&mut pool, &mallory).await;
    assert!(rest > 0);
    assert!(pool.wallet(&mallory).await < lamports);
}

#[tokio::test]
async fn row_08_a_ticket_earns_what_holders_earn_and_no_more() {
    let (mut pool, holder, mallory) = cheap_pool(FIRST_EPOCH).await;
    pool.deposit(&mallory, 100 * SOL).await;
    pool.pass_an_epoch().await;
    let ticket = pool.request(&mallory, 50 * SOL).await;
    pool.crank_window().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    pool.collect_all().await;
    let prices = pool.prices().await;
    pool.settle().await;
    let paid = pool.batch(ticket.batch_id).await.paid_lamports;
    assert_eq!(paid, worth(50 * SOL, prices.value, prices.supply));
    let after = pool.prices().await;
    let unit = |prices: &sluice_tests::pool::Prices| {
        u128::from(prices.value) * 1_000_000_000 / u128::from(prices.supply)
    };
    assert!(
        unit(&after) - unit(&prices) <= 1,
        "stayers keep what is theirs"
    );
    assert!(pool.lst_balance(&holder.pubkey()).await > 0);
    pool.claim(&ticket).await;
}

#[tokio::test]
async fn a_passer_by_gains_nothing_from_a_whale_that_leaves_in_the_running_drip() {
    let (mut pool, holder, mallory) = cheap_pool(FIRST_EPOCH).await;
    pool.pass_an_epoch().await;
    let ticket = pool.request(&holder, 350 * SOL).await;
    pool.crank_window().await;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 30 * SOL).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    pool.collect_all().await;
    assert!(pool.books().await.unreleased() > 20 * SOL);
    pool.deposit(&mallory, 300 * SOL).await;
    pool.settle().await;
    assert!(pool.batch(ticket.batch_id).await.paid_lamports > 100 * SOL);
    pool.cluster.warp_to_epoch_fraction(5_000).await;
    let before = pool.wallet(&mallory).await;
    let lst = pool.lst_balance(&mallory.pubkey()).await;
    // She leaves by the queue, without any fee, half an epoch later.
    let leaving = pool.request(&mallory, lst).await;
    pool.warp_to_window().await;
    let prices = pool.prices().await;
    assert!(worth(lst, prices.value, prices.supply) < 300 * SOL);
    pool.crank_epoch().await;
    assert!(pool.wallet(&mallory).await <= before);
    assert_eq!(pool.batch(leaving.batch_id).await.paid_lamports, 0);
}

#[tokio::test]
async fn a_donation_unstakes_nothing() {
    let (mut pool, _holder, _mallory) = cheap_pool(0).await;
    let mut before = 0;
    for number in 0..2 {
        let vote = pool.vote(number);
        before += pool.delegated(&vote).await;
    }
    let main = pool.slot_of(&pool.vote(0)).await.main;
    pool.cluster.fund(&main, 40 * SOL).await;
    for _ in 0..3 {
        pool.pass_an_epoch().await;
        assert_eq!(pool.account().await.deactivating_lamports, 0);
    }
    let mut after = 0;
    for number in 0..2 {
        let vote = pool.vote(number);
        after += pool.delegated(&vote).await;
    }
    assert!(
        after > before + 30 * SOL,
        "withheld lamports are staked, too"
    );
}
