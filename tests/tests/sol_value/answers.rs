//! What is answered.

use sluice_sol_value::price::{Range, lst_to_sol, sol_to_lst};
use sluice_tests::{pool::Pool, scenario::SOL};

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
async fn answers_are_the_lower_of_both_exit_prices_and_the_present_one() {
    let (mut pool, _alice) = valued().await;
    pool.cluster.warp_by(5).await;
    for amount in [0, 1, 2, 999_999_999, SOL, 900 * SOL, 1_000_000 * SOL] {
        let [worth, lst] = assert_as_computed(&mut pool, amount).await;
        assert!(worth.min <= worth.max && lst.min <= lst.max);
    }
    let [worth, _] = assert_as_computed(&mut pool, 900 * SOL).await;
    assert!(worth.min + 1 < worth.max, "it drips since the finalize");
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
    assert!(after.max > before.max, "a deposit pays for what drips");
    let fewer = pool.ask(pool.sol_to_lst(SOL)).await.expect("priced");
    assert!(fewer.min < given.min, "Infinity gives out fewer, not more");
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
    pool.crank_next_epoch(sluice_tests::scenario::CREDITS).await;
    let [after, _] = assert_as_computed(&mut pool, SOL).await;
    assert!(after.min > before.min, "rewards were released");
}
