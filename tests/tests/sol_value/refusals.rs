//! What is not answered, and why.

use sluice::state::{NEVER, Pool as PoolAccount};
use sluice_sol_value::ValueError;
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL},
};
use solana_account::Account;
use solana_instruction::Instruction;

use super::{assert_refused, valued};

async fn assert_both_refused(pool: &mut Pool, error: ValueError) {
    for question in [pool.lst_to_sol(SOL), pool.sol_to_lst(SOL)] {
        assert_refused(pool.ask(question).await, error);
    }
}

/// Changes the account of the pool, asks, and puts it back.
async fn assert_refused_with(
    pool: &mut Pool,
    change: impl FnOnce(&mut Account),
    error: ValueError,
) {
    let address = pool.addresses.pool;
    let before = pool.cluster.account(&address).await;
    pool.cluster.change_account(&address, change).await;
    assert_both_refused(pool, error).await;
    pool.cluster.set_account(&address, before);
}

/// The same with a changed field.
async fn assert_refused_where(
    pool: &mut Pool,
    change: impl FnOnce(&mut PoolAccount),
    error: ValueError,
) {
    let address = pool.addresses.pool;
    let before = pool.cluster.account(&address).await;
    pool.change_pool(change).await;
    assert_both_refused(pool, error).await;
    pool.cluster.set_account(&address, before);
}

#[test]
fn codes_are_part_of_the_interface() {
    assert_eq!(ValueError::UnknownInstruction as u32, 7_100);
    assert_eq!(ValueError::Upgraded as u32, 7_106);
    assert_eq!(ValueError::Stale as u32, 7_112);
    assert_eq!(ValueError::WrongSlot as u32, 7_120);
}

#[tokio::test]
async fn i3_a_stale_price_is_not_told_until_it_is_priced_again() {
    let (mut pool, _alice) = valued().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    assert_both_refused(&mut pool, ValueError::Stale).await;
    pool.crank_epoch().await;
    pool.ask(pool.lst_to_sol(SOL)).await.expect("priced");
}

#[tokio::test]
async fn i4_no_price_is_told_while_the_breaker_is_tripped() {
    let (mut pool, _alice) = valued().await;
    pool.change_pool(|pool| pool.breaker_epoch = pool.finalized_epoch)
        .await;
    assert_both_refused(&mut pool, ValueError::Tripped).await;
    pool.change_pool(|pool| pool.breaker_epoch = NEVER).await;
    pool.ask(pool.lst_to_sol(SOL)).await.expect("sound");
}

#[tokio::test]
async fn a_pool_without_a_price_says_why() {
    let (mut pool, _alice) = valued().await;
    let pool = &mut pool;
    let no_supply = |pool: &mut PoolAccount| pool.lst_supply = 0;
    assert_refused_where(pool, no_supply, ValueError::NoSupply).await;
    let never = |pool: &mut PoolAccount| pool.finalized_lst = 0;
    assert_refused_where(pool, never, ValueError::NotFinalized).await;
    let old = |pool: &mut PoolAccount| pool.version = 0;
    assert_refused_where(pool, old, ValueError::PoolTooOld).await;
    let question = pool.sol_to_lst(u64::MAX);
    pool.change_pool(|pool| pool.finalized_value_lamports = 1)
        .await;
    assert_refused(pool.ask(question).await, ValueError::Overflow);
}

/// The least would be zero: Infinity would take the LST for nothing, or give them out for it.
#[tokio::test]
async fn i10_lst_that_are_worth_nothing_have_no_answer_now_or_right_after_the_finalize() {
    let (mut pool, _alice) = valued().await;
    let pool = &mut pool;
    let after_the_finalize = |pool: &mut PoolAccount| pool.finalized_value_lamports = 0;
    assert_refused_where(pool, after_the_finalize, ValueError::NoValue).await;
    let all_is_lost =
        |pool: &mut PoolAccount| (pool.staked_lamports, pool.reserve_lamports) = (0, 0);
    assert_refused_where(pool, all_is_lost, ValueError::NoValue).await;
    let slot = pool.prices().await.slot;
    let all_drips = |pool: &mut PoolAccount| {
        pool.withheld_lamports = pool.staked_lamports + pool.reserve_lamports;
        pool.drip_start_slot = slot + 50;
        pool.drip_end_slot = slot + 100;
    };
    assert_refused_where(pool, all_drips, ValueError::NoValue).await;
}

#[tokio::test]
async fn what_is_no_pool_says_why() {
    let (mut pool, _alice) = valued().await;
    let pool = &mut pool;
    let stranger = pool.cluster.address("a stranger's program");
    let foreign = |account: &mut Account| account.owner = stranger;
    assert_refused_with(pool, foreign, ValueError::OtherProgram).await;
    for bytes in [0, 7, 8, 9, 500, 1_151] {
        let cut = |account: &mut Account| account.data.truncate(bytes);
        assert_refused_with(pool, cut, ValueError::PoolTooShort).await;
    }
    let other = |account: &mut Account| account.data[0] ^= 1;
    assert_refused_with(pool, other, ValueError::NotAPool).await;
    let minted_elsewhere = |account: &mut Account| account.data[16] ^= 1;
    assert_refused_with(pool, minted_elsewhere, ValueError::WrongMint).await;
}

#[tokio::test]
async fn arbitrary_bytes_are_an_answer_or_a_named_error() {
    let (mut pool, _alice) = valued().await;
    let address = pool.addresses.pool;
    let before = pool.cluster.account(&address).await;
    for seed in 0..100_u64 {
        let mut account = before.clone();
        // Anything may stand behind discriminator, version and mint.
        for (at, byte) in account.data.iter_mut().enumerate().skip(48) {
            let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            *byte = mixed
                .rotate_left(u32::try_from(at % 64).expect("small"))
                .to_le_bytes()[at % 8];
        }
        let epoch = pool.cluster.epoch().await.to_le_bytes();
        account.data[568..576].copy_from_slice(&epoch);
        account.data[632..640].copy_from_slice(&NEVER.to_le_bytes());
        pool.cluster.set_account(&address, account);
        for question in [pool.lst_to_sol(seed), pool.sol_to_lst(seed)] {
            if let Err(failure) = pool.ask(question).await {
                let code = failure.custom_code.unwrap_or_default();
                assert!((7_100..=7_120).contains(&code), "{failure}");
            }
        }
    }
}

#[tokio::test]
async fn other_data_and_short_lists_are_refused_by_name() {
    let (mut pool, _alice) = valued().await;
    let good = pool.lst_to_sol(SOL);
    let with = |data: &[u8]| Instruction {
        data: data.to_vec(),
        ..good.clone()
    };
    for data in [
        [].as_slice(),
        &[0],
        &[0; 8],
        &[0; 10],
        &[2; 9],
        &[252; 9],
        &[254; 9],
        &[255; 9],
    ] {
        let outcome = pool.ask(with(data)).await;
        assert_refused(outcome, ValueError::UnknownInstruction);
    }
    for count in 0..good.accounts.len() {
        for tag in [0, 1, 253] {
            let mut short = with(&[[tag].as_slice(), &SOL.to_le_bytes()].concat());
            short.accounts.truncate(count);
            assert_refused(pool.ask(short).await, ValueError::MissingAccounts);
        }
    }
}
