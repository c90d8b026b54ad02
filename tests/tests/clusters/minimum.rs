//! The stake program asks for another minimum delegation than when the pool was made.

use sluice_tests::{
    pool::Pool,
    scenario::{SOL, delegated_pool},
};
use solana_loader_v3_interface::{get_program_data_address, state::UpgradeableLoaderState};
use solana_signer::Signer;
use solana_stake_interface::{instruction::get_minimum_delegation, program::ID as STAKE_PROGRAM};

use crate::{owned_and_owed, paid_within};

/// Puts the cluster's own stake program in its place anew, with another minimum in its code.
async fn change_minimum(pool: &mut Pool, before: u32, after: u32) {
    let address = get_program_data_address(&STAKE_PROGRAM);
    let header_bytes = UpgradeableLoaderState::size_of_programdata_metadata();
    let mut code = pool
        .cluster
        .account(&address)
        .await
        .data
        .split_off(header_bytes);
    let (before, after) = (before.to_le_bytes(), after.to_le_bytes());
    let mut places = 0;
    for at in 0..code.len() - before.len() {
        if code[at..].starts_with(&before) {
            code[at..at + after.len()].copy_from_slice(&after);
            places += 1;
        }
    }
    assert!(places > 0, "the minimum is in the code");
    pool.cluster.exchange_code(&STAKE_PROGRAM, &code).await;
}

const ONE_SOL: u32 = 1_000_000_000;

/// What the stake program says.
async fn minimum(pool: &mut Pool) -> u64 {
    let asked = pool
        .cluster
        .must_send(&[get_minimum_delegation()], &[])
        .await;
    let (_, said) = asked.return_data.expect("an answer");
    let mut bytes = [0; 8];
    bytes[..said.len()].copy_from_slice(&said);
    u64::from_le_bytes(bytes)
}

/// 4.5 SOL with three validators, 1.5 SOL each: below the new minimum, or far above it.
#[tokio::test]
async fn another_minimum_delegation_changes_no_price_and_holds_up_no_exit() {
    for after in [2 * ONE_SOL, ONE_SOL / 10] {
        let (mut pool, alice) = delegated_pool(&[1, 1, 1], 4 * SOL + SOL / 2).await;
        assert_eq!(minimum(&mut pool).await, SOL);
        let before = owned_and_owed(&mut pool).await;
        let ticket = pool.request(&alice, SOL / 2).await;
        change_minimum(&mut pool, ONE_SOL, after).await;
        assert_eq!(minimum(&mut pool).await, u64::from(after));
        for _ in 0..2 {
            pool.pass_an_epoch().await;
            assert_eq!(owned_and_owed(&mut pool).await, before);
        }
        assert_eq!(paid_within(&mut pool, &ticket, 2).await, SOL / 2);
        pool.deposit(&alice, 5 * SOL).await;
        pool.pass_an_epoch().await;
        let rest = pool.lst_balance(&alice.pubkey()).await;
        let all = pool.request(&alice, rest).await;
        for number in 0..3 {
            let vote = pool.vote(number);
            pool.retire(&vote).await;
        }
        assert_eq!(paid_within(&mut pool, &all, 5).await, rest);
    }
}
