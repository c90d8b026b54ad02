//! V26 and catalogue 18: stake accounts that are not the slots' own, in their order.

use sluice::{SluiceError, state::PoolConfig};
use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::Pool, scenario::assert_refused};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// The main stake accounts of v0 and v1, stale and with rewards to observe.
async fn stale_pool() -> (Pool, Pubkey, Pubkey) {
    let mut pool = Pool::builder().validators(&[(0, 1), (0, 1)]).start().await;
    pool.cluster.next_epoch().await;
    let places = pool.places().await;
    (pool, places[0].main, places[1].main)
}

#[tokio::test]
async fn v26_stake_accounts_must_be_the_slots_own_and_in_order() {
    let (mut pool, first, second) = stale_pool().await;
    pool.found("second", PoolConfig::RECOMMENDED).await;
    pool.add_validators(&[(0, 1), (0, 1)]).await;
    let foreign = pool.places().await[0].main;
    pool.turn_to("pool");
    let mallory = pool.cluster.funded("mallory", SOL).await.pubkey();
    let authority = pool.addresses.stake_authority;
    let look_alike = pool
        .cluster
        .create_stake("look-alike", &authority, SOL)
        .await;
    let wrong: [&[Pubkey]; 9] = [
        &[],
        &[first],
        &[second, first],
        &[first, first],
        &[first, second, second],
        &[first, second, foreign],
        &[foreign, second],
        &[first, mallory],
        &[look_alike, second],
    ];
    for accounts in wrong {
        let observe = pool.addresses.observe(0, 0, 2, accounts);
        let outcome = pool.send(&[observe], &[]).await;
        assert_refused(outcome, SluiceError::WrongObservedAccount);
    }
    let observe = pool.addresses.observe(0, 0, 2, &[first, second]);
    pool.must_send(&[observe], &[]).await;
}

#[tokio::test]
async fn v26_a_page_of_another_pool_is_not_observed() {
    let (mut pool, first, second) = stale_pool().await;
    let page = pool.addresses.page(0);
    pool.found("second", PoolConfig::RECOMMENDED).await;
    pool.cluster.next_epoch().await;
    let mut observe = pool.addresses.observe(0, 0, 2, &[first, second]);
    observe.accounts[1].pubkey = page;
    let outcome = pool.send(&[observe], &[]).await;
    assert_refused(outcome, SluiceError::ForeignAccount);
}

/// Pages are summed: the same one twice would count its stake twice.
#[tokio::test]
async fn v26_a_page_is_not_counted_twice() {
    let (mut pool, ..) = stale_pool().await;
    pool.observe_all().await;
    let finalize = pool.addresses.finalize_epoch(1);
    let page = finalize.accounts.last().expect("the page").clone();
    let mut twice = finalize.clone();
    twice.accounts.push(page);
    let outcome = pool.send(&[twice], &[]).await;
    assert_refused(outcome, SluiceError::WrongPages);
    pool.must_send(&[finalize], &[]).await;
}
