//! The price that lenders read from the pool's account alone, on a pool that lives.

use sluice_rate::{LST_UNIT, PROGRAM_ID, PoolRate, RateError};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, earning_pool},
};

/// What a program would read of the pool in this slot.
async fn read(pool: &mut Pool) -> PoolRate {
    let address = pool.addresses.pool;
    let account = pool.cluster.account(&address).await;
    PoolRate::read(&account.owner.to_bytes(), &account.data).expect("a pool")
}

/// Exit price and collateral price of a token in this slot.
async fn worth(pool: &mut Pool) -> (u64, u64) {
    let rate = read(pool).await;
    let slot = pool.prices().await.slot;
    let exit = rate.exit_lamports(LST_UNIT, slot).expect("a price");
    let collateral = rate.collateral_lamports(LST_UNIT, slot);
    (exit, collateral.expect("a price"))
}

#[tokio::test]
async fn no_deposit_lifts_the_collateral_price_and_a_loss_lowers_it_at_once() {
    let builder = Pool::builder().config(|config| config.breaker_bound_bps = 5_000);
    let (mut pool, alice) = earning_pool(builder).await;
    pool.crank_next_epoch(CREDITS).await;
    let prices = pool.prices().await;
    let rate = read(&mut pool).await;
    assert_eq!(rate.full_lamports, prices.full);
    assert_eq!(rate.value_lamports(prices.slot), Ok(prices.value));
    assert_eq!(rate.lst_supply, prices.supply);
    assert!(!rate.is_stale(pool.account().await.finalized_epoch));

    let (exit, finalized) = worth(&mut pool).await;
    assert!(finalized <= exit, "it drips since the finalize");
    pool.deposit(&alice, 90 * SOL).await;
    let (lifted, collateral) = worth(&mut pool).await;
    assert!(lifted > exit, "a deposit pays for what drips");
    assert_eq!(collateral, finalized);

    let vote = pool.vote(1);
    pool.slash(&vote, 100 * SOL).await;
    pool.report_loss(&vote).await;
    let (exit, collateral) = worth(&mut pool).await;
    assert!(collateral < finalized);
    assert_eq!(collateral, exit);
    assert!(read(&mut pool).await.has_loss());

    let epoch = pool.next_epoch_with_rewards(0).await;
    assert!(read(&mut pool).await.is_stale(epoch));
}

#[tokio::test]
async fn before_its_first_finalize_a_pool_has_no_collateral_price() {
    let mut pool = Pool::start().await;
    let rate = read(&mut pool).await;
    let never = rate.collateral_lamports(LST_UNIT, pool.prices().await.slot);
    assert_eq!(never, Err(RateError::NotFinalized));
}

#[tokio::test]
async fn no_other_account_of_the_program_is_taken_for_a_pool() {
    let (mut pool, _alice) = earning_pool(Pool::builder()).await;
    let [history, mint] = [pool.addresses.history, pool.addresses.mint];
    let account = pool.cluster.account(&history).await;
    let read = PoolRate::read(&PROGRAM_ID, &account.data);
    assert_eq!(read, Err(RateError::NotAPool));
    let account = pool.cluster.account(&mint).await;
    let read = PoolRate::read(&account.owner.to_bytes(), &account.data);
    assert_eq!(read, Err(RateError::OtherProgram));
}
