//! What is answered.

use sluice_sol_value::price::{Range, lst_to_sol, sol_to_lst};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL},
};
use solana_signer::Signer;

use super::valued;

/// Both answers for an amount, and what is computed from the same bytes outside of the chain.
async fn assert_as_computed(pool: &mut Pool, amount: u64) -> [Range; 2] {
    let (rate, slot) = (pool.pool_rate().await, pool.prices().await.slot);
    let (worth, lst) = (pool.lst_to_sol(amount), pool.sol_to_lst(amount));
    let answers = [
        pool.ask(worth).await.expect("priced"),
        pool.ask(lst).await.expect("priced"),
    ];
    let computed = [
        lst_to_sol(&rate, amount, slot),
        sol_to_lst(&rate, amount, slot),
    ];
    assert_eq!(answers.map(Ok), computed);
    answers
}

#[tokio::test]
async fn answers_lie_between_the_lower_exit_price_and_the_deposit_price() {
    let (mut pool, _alice) = valued().await;
    pool.cluster.warp_by(5).await;
    for amount in [0, 1, 2, 999_999_999, SOL, 900 * SOL, 1_000_000 * SOL] {
        let [worth, lst] = assert_as_computed(&mut pool, amount).await;
        assert!(worth.min <= worth.max && lst.min <= lst.max);
    }
    let [worth, _] = assert_as_computed(&mut pool, 900 * SOL).await;
    let (rate, slot) = (pool.pool_rate().await, pool.prices().await.slot);
    let exit = rate.exit_lamports(900 * SOL, slot).expect("priced");
    assert!(worth.min < exit, "it drips since the finalize");
    assert!(exit + 1 < worth.max, "it still drips");
    let deposit = rate.deposit_lamports(900 * SOL).expect("priced");
    assert!(worth.max - deposit <= 1);
    assert!(worth.min > 900 * SOL, "an LST is dearer than a SOL");
}

#[tokio::test]
async fn i1_a_deposit_in_front_of_the_question_lifts_nothing_that_infinity_pays_for() {
    let (mut pool, alice) = valued().await;
    let before = pool.ask(pool.lst_to_sol(SOL)).await.expect("priced");
    let given = pool.ask(pool.sol_to_lst(SOL)).await.expect("priced");
    pool.deposit(&alice, 90 * SOL).await;
    let after = pool.ask(pool.lst_to_sol(SOL)).await.expect("priced");
    assert_eq!(after.min, before.min);
    assert!(after.max >= before.max, "a deposit pays for all that drips");
    let fewer = pool.ask(pool.sol_to_lst(SOL)).await.expect("priced");
    assert!(fewer.min <= given.min, "Infinity never gives out more");
}

#[tokio::test]
async fn i2_a_loss_is_in_the_price_at_once() {
    let (mut pool, _alice) = valued().await;
    let before = pool.ask(pool.lst_to_sol(SOL)).await.expect("priced");
    let vote = pool.vote(1);
    pool.slash(&vote, 100 * SOL).await;
    pool.report_loss(&vote).await;
    let [after, _] = assert_as_computed(&mut pool, SOL).await;
    assert!(after.max < before.min);
    assert!(after.max - after.min <= 1, "both are the present price");
}

#[tokio::test]
async fn a_priced_pool_of_the_next_epoch_is_answered_for_again() {
    let (mut pool, _alice) = valued().await;
    let before = pool.ask(pool.lst_to_sol(SOL)).await.expect("priced");
    pool.crank_next_epoch(CREDITS).await;
    let [after, _] = assert_as_computed(&mut pool, SOL).await;
    assert!(after.min > before.min, "rewards were released");
}

/// Rewards and the gift drip when the LST leave Infinity, and are released before the queue pays.
#[tokio::test]
async fn i9_lst_taken_out_of_infinity_and_queued_bring_no_part_of_what_drips_also_after_a_gift() {
    for (gift_bps, waited_epochs) in [(0, 0), (400, 0), (400, 6)] {
        let (mut pool, alice) = valued().await;
        let reserve = pool.addresses.reserve;
        let gift = pool.pool_rate().await.full_lamports / 10_000 * gift_bps;
        if gift > 0 {
            pool.cluster.fund(&reserve, gift).await;
        }
        pool.crank_next_epoch(CREDITS).await;

        let price = 100 * SOL;
        let taken = pool.ask(pool.sol_to_lst(price)).await.expect("priced").min;
        let (rate, slot) = (pool.pool_rate().await, pool.prices().await.slot);
        let exit = rate.exit_lamports(taken, slot).expect("priced");
        assert!(exit < price - gift / 100, "what drips is paid for");
        for _ in 0..waited_epochs {
            pool.pass_an_epoch().await;
        }
        let ticket = pool.request(&alice, taken).await;
        for _ in 0..3 {
            pool.pass_an_epoch().await;
        }
        let key = alice.pubkey();
        let accounts = [ticket.ticket, ticket.batch, key];
        let before = pool.cluster.snapshot(&accounts[..2]).await;
        let rents = u64::try_from(before.total_lamports()).expect("two accounts");
        let before = pool.cluster.lamports(&key).await;
        pool.claim(&ticket).await;
        let paid = pool.cluster.lamports(&key).await - before - rents;
        assert!(exit <= paid && paid <= price, "{paid} for {price}");
    }
}
