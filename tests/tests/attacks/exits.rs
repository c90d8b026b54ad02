//! Exits: rounding, the last lamports, the reserve's rent, a broken treasury.

use sluice::SluiceError;
use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::Pool, scenario::assert_refused};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A pool without validators whose LST is worth about this much in hundredths of a lamport.
async fn pool_at(rate_percent: u64) -> (Pool, Keypair) {
    let mut pool = Pool::builder()
        .config(|config| config.drip_bound_bps = 10_000)
        .start()
        .await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 10 * SOL).await;
    let reserve = pool.addresses.reserve;
    let full = pool.prices().await.full;
    pool.cluster
        .fund(&reserve, full * (rate_percent - 100) / 100)
        .await;
    for _ in 0..3 {
        pool.cluster.next_epoch().await;
        pool.price().await;
    }
    (pool, alice)
}

#[tokio::test]
async fn v18_nothing_goes_in_or_out_for_nothing() {
    let (mut pool, alice) = pool_at(200).await;
    assert_refused(pool.try_deposit(&alice, 0).await, SluiceError::ZeroAmount);
    assert_refused(pool.try_withdraw(&alice, 0).await, SluiceError::ZeroAmount);
    assert_refused(pool.try_request(&alice, 0).await, SluiceError::ZeroAmount);
    let dust = pool.try_deposit(&alice, 1).await;
    assert_refused(dust, SluiceError::AmountTooSmall);
    pool.deposit(&alice, 3).await;
}

/// The fee takes the whole of a single lamport.
#[tokio::test]
async fn v18_an_instant_exit_that_would_pay_nothing_is_refused() {
    let mut pool = Pool::start().await;
    let alice = pool.user("alice", 10 * SOL).await;
    pool.deposit(&alice, SOL).await;
    let dust = pool.try_withdraw(&alice, 1).await;
    assert_refused(dust, SluiceError::AmountTooSmall);
}

#[tokio::test]
async fn v19_all_lst_leaves_to_the_last_unit_at_a_rate_of_two() {
    let (mut pool, alice) = pool_at(200).await;
    let all = pool.lst_balance(&alice.pubkey()).await;
    pool.withdraw(&alice, all).await;
    let account = pool.account().await;
    assert_eq!(
        account.lst_supply,
        account.dead_lst + treasury_lst(&mut pool).await
    );
    assert!(pool.prices().await.value > 0);
}

async fn treasury_lst(pool: &mut Pool) -> u64 {
    pool.books().await.fees_lst
}

/// V2, V6 and catalogue 10: no exit takes the reserve's rent.
#[tokio::test]
async fn attack_10_the_reserve_never_falls_below_its_rent() {
    for through_the_queue in [false, true] {
        let mut pool = Pool::start().await;
        let alice = pool.user("alice", 1_000 * SOL).await;
        pool.deposit(&alice, 900 * SOL).await;
        let all = pool.lst_balance(&alice.pubkey()).await;
        let rent = pool.cluster.rent_exempt_lamports(0).await;
        if through_the_queue {
            let ticket = pool.request(&alice, all).await;
            pool.warp_to_window().await;
            pool.live_an_epoch(0).await;
            pool.claim(&ticket).await;
        } else {
            pool.withdraw(&alice, all).await;
        }
        let books = pool.books().await;
        assert_eq!(books.pool.lst_supply, books.pool.dead_lst);
        assert!(books.reserve_lamports >= rent + sluice::state::SEED_LAMPORTS);
        assert!(pool.try_withdraw(&alice, 1).await.is_err());
    }
}

/// V16 and catalogue 2: no sequence of deposits and exits gains a lamport.
#[tokio::test]
async fn attack_2_rounding_never_pays() {
    for rate_percent in [100, 103, 137, 299] {
        let (mut pool, alice) = pool_at(rate_percent).await;
        for lamports in [3, 7, 10, 99, 1_001, 999_983, SOL + 1] {
            let before = wealth(&mut pool, &alice).await;
            pool.deposit(&alice, lamports).await;
            let bought = pool.lst_balance(&alice.pubkey()).await - before.1;
            if pool.try_withdraw(&alice, bought).await.is_ok() {
                let after = wealth(&mut pool, &alice).await;
                assert!(
                    after.0 < before.0,
                    "{lamports} at {rate_percent}%: {before:?} {after:?}"
                );
                assert_eq!(after.1, before.1);
            }
        }
    }
}

/// The same through the queue, which has no fee: what comes back is at most what went in.
#[tokio::test]
async fn attack_2_rounding_never_pays_in_the_queue() {
    let (mut pool, alice) = pool_at(137).await;
    let bob = pool.user("bob", 1_000 * SOL).await;
    let mut tickets = Vec::new();
    for lamports in [2, 3, 7, 10, 99, 1_001, 999_983] {
        let (_, had) = wealth(&mut pool, &bob).await;
        pool.deposit(&bob, lamports).await;
        let bought = pool.lst_balance(&bob.pubkey()).await - had;
        tickets.push((lamports, pool.request(&bob, bought).await));
    }
    pool.request(&alice, SOL).await;
    pool.warp_to_window().await;
    pool.live_an_epoch(0).await;
    for (lamports, ticket) in tickets {
        let rent = pool.cluster.lamports(&ticket.ticket).await;
        let had = pool.cluster.lamports(&bob.pubkey()).await;
        pool.claim(&ticket).await;
        let paid = pool.cluster.lamports(&bob.pubkey()).await - had - rent;
        assert!(paid <= lamports, "{paid} for {lamports}");
    }
}

/// Lamports and LST of a user.
async fn wealth(pool: &mut Pool, user: &Keypair) -> (u64, u64) {
    let lamports = pool.cluster.lamports(&user.pubkey()).await;
    (lamports, pool.lst_balance(&user.pubkey()).await)
}

/// V10 and catalogue 31: whatever becomes of the treasury's account, epochs are booked and
/// everybody can leave; the fees wait.
#[tokio::test]
async fn v10_a_broken_treasury_stops_nothing_but_its_own_payment() {
    let broken: [fn(&mut solana_account::Account); 3] = [
        |account| account.owner = sluice::ID,
        |account| account.data[108] = 2,      // frozen
        |account| account.data[..32].fill(7), // another mint
    ];
    for breaks in broken {
        let mut pool = Pool::builder().epoch(1).validators(&[(0, 1)]).start().await;
        let alice = pool.user("alice", 1_000 * SOL).await;
        pool.deposit(&alice, 100 * SOL).await;
        let treasury = pool.lst_account(&pool.treasury().pubkey());
        pool.cluster.change_account(&treasury, breaks).await;
        let ticket = pool.request(&alice, 10 * SOL).await;
        pool.crank_window().await;
        pool.live_an_epoch(1_000).await;
        pool.live_an_epoch(1_000).await;
        assert!(pool.books().await.fees_lst > 0, "a fee was booked");
        pool.claim(&ticket).await;
        pool.withdraw(&alice, SOL / 10).await;
        assert!(pool.try_pay_fees().await.is_err());
    }
}
