//! Attacks with accounts: before they exist, and too many of them.

use sluice::{SluiceError, state::PoolConfig};
use sluice_tests::{
    cluster::{Cluster, addresses_of},
    pool::Pool,
    scenario::{SOL, assert_refused},
};
use solana_instruction::{AccountMeta, error::InstructionError};
use solana_signer::Signer;

#[tokio::test]
async fn row_33_lamports_at_every_address_beforehand_stop_nothing_from_being_created() {
    let cluster = Cluster::builder().sluice().start().await;
    let mut pool = Pool::not_created(cluster, "pool");
    let it = pool.addresses;
    let vote = pool.vote(0);
    let mut targets = vec![
        it.pool,
        it.stake_authority,
        it.mint_authority,
        it.reserve,
        it.claims_vault,
        it.escrow,
        it.fees,
        it.history,
        it.page(0),
        it.marker(&vote),
        it.main(0),
        it.transient(0),
        it.batch(0),
    ];
    let alice = pool.cluster.keypair("alice").pubkey();
    targets.extend((1..4).map(|number| it.ticket(&alice, number)));
    for (number, target) in (1..).zip(targets) {
        pool.cluster.fund(&target, SOL * number).await;
    }
    pool.found("pool", PoolConfig::RECOMMENDED).await;
    pool.add_validators(&[(0, 1)]).await;
    let prices = pool.prices().await;
    assert_eq!(prices.full, prices.supply, "nothing of it counts yet");
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 20 * SOL).await;
    let ticket = pool.request(&alice, 5 * SOL).await;
    for _ in 0..2 {
        pool.pass_an_epoch().await;
    }
    pool.claim(&ticket).await;
    let prices = pool.prices().await;
    assert!(
        prices.full > prices.supply,
        "what the pool owns counts later"
    );
}

#[tokio::test]
async fn v27_a_mint_belongs_to_one_pool_for_ever() {
    let mut pool = Pool::start().await;
    let (creator, minter) = (pool.creator(), pool.minter());
    let again = pool.create_pool_instruction(PoolConfig::RECOMMENDED);
    let refused = pool.send(&[again], &[&creator, &minter]).await;
    assert_refused(refused, SluiceError::MintUnsuitable);
}

/// A transaction locks at most half as many different accounts, so only repetitions get there.
#[tokio::test]
async fn row_20_more_accounts_than_the_program_has_room_for_change_nothing() {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", 100 * SOL).await;
    let recipient = pool.lst_account(&alice.pubkey());
    let mut deposit = pool
        .addresses
        .deposit_sol(alice.pubkey(), recipient, SOL, 0);
    let repeated = AccountMeta::new_readonly(pool.addresses.pool, false);
    deposit.accounts.resize(128, repeated.clone());
    pool.cluster
        .must_send(std::slice::from_ref(&deposit), &[&alice])
        .await;

    deposit.accounts.push(repeated);
    let touched = addresses_of(std::slice::from_ref(&deposit));
    let before = pool.cluster.snapshot(&touched).await;
    let refused = pool.cluster.must_fail(&[deposit], &[&alice]).await;
    assert_eq!(
        refused.instruction_error(),
        Some(&InstructionError::ProgramFailedToComplete)
    );
    assert_eq!(pool.cluster.snapshot(&touched).await, before);
}
