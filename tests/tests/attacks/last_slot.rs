//! What somebody can do in the last slots of an epoch, after the last honest crank.

use sluice::events::SolWithdrawn;
use sluice_tests::{pool::Pool, scenario::SOL};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What the pool holds when the attacks begin, by far the most of it just delegated.
const POOL: u64 = 10_000 * SOL;

/// A young pool of so many validators in the last slot of an epoch: everything was cranked, and all
/// of its stake only begins to activate. Mallory has LST worth a tenth of it.
async fn young_pool(validators: usize) -> (Pool, Keypair) {
    let validators = vec![(0, 1); validators];
    let mut pool = Pool::builder().validators(&validators).start().await;
    let holder = pool.user("holder", POOL).await;
    let mallory = pool.user("mallory", POOL).await;
    pool.deposit(&holder, POOL * 9 / 10).await;
    pool.deposit(&mallory, POOL / 10).await;
    pool.crank_window().await;
    let epoch = pool.cluster.epoch().await;
    let last = pool.cluster.last_slot_of(epoch);
    pool.cluster.warp_to_slot(last).await;
    (pool, mallory)
}

/// The least that empties the reserve below half of its target, so that the rest is due again.
async fn empties_the_reserve(pool: &mut Pool, mallory: &Keypair) -> SolWithdrawn {
    let books = pool.books().await;
    let target = books.prices().full / 100;
    let lst = target * 51 / 100;
    let exit = pool.withdraw(mallory, lst).await;
    exit.events::<SolWithdrawn>().remove(0)
}

/// E3. One instant exit in the last slot made half of the reserve's target due, and all stake that was
/// activating came back for it: 9,900 SOL idled for an epoch for a fee of 0.15 SOL.
#[tokio::test]
async fn an_instant_exit_takes_no_more_activating_stake_back_than_is_due() {
    for validators in [1, 3, 5] {
        let (mut pool, mallory) = young_pool(validators).await;
        let before: u64 = pool.delegations().await.iter().sum();
        let exit = empties_the_reserve(&mut pool, &mallory).await;
        let due = POOL / 100;
        let undelegated = pool.undelegate(&pool.vote(0)).await;
        println!("undelegate: {} compute units", undelegated.compute_units);
        pool.undelegate_all().await;
        let after: u64 = pool.delegations().await.iter().sum();
        let came_back = before - after;
        println!(
            "{validators} validators: {came_back} lamports came back for {} that left, for a fee of {}",
            exit.lamports, exit.fee_lamports
        );
        assert!((1..=due).contains(&came_back), "{came_back} of {before}");
        // At three basis points an epoch, the fee is worth more than what idles.
        assert!(exit.fee_lamports > came_back * 3 / 10_000);
        pool.cluster.next_epoch().await;
        pool.crank_epoch().await;
        let mut active = 0;
        for place in pool.places().await {
            active += pool.cluster.stake_activation(&place.main).await.effective;
        }
        assert_eq!(active, after, "all the rest earns");
    }
}

/// E3. Whoever does it in every epoch pays more than the holders lose.
#[tokio::test]
async fn emptying_the_reserve_in_every_last_slot_costs_more_than_it_destroys() {
    let (mut pool, mallory) = young_pool(1).await;
    let (mut fees, mut idle) = (0, 0);
    for _ in 0..5 {
        let before: u64 = pool.delegations().await.iter().sum();
        let exit = empties_the_reserve(&mut pool, &mallory).await;
        pool.undelegate_all().await;
        let after: u64 = pool.delegations().await.iter().sum();
        fees += exit.fee_lamports;
        idle += before - after;
        pool.deposit(&mallory, exit.lamports).await;
        pool.cluster.next_epoch().await;
        pool.crank_epoch().await;
        pool.crank_window().await;
        let epoch = pool.cluster.epoch().await;
        let last = pool.cluster.last_slot_of(epoch);
        pool.cluster.warp_to_slot(last).await;
    }
    let destroyed = idle * 33 / 100_000;
    println!("five epochs: {fees} lamports of fees, {destroyed} of rewards destroyed");
    assert!(fees > destroyed, "{fees} for {destroyed}");
    assert!(pool.lst_balance(&mallory.pubkey()).await > 0);
}

/// E3. In a pause nothing was delegated again, so all of it came back: 9,900 SOL for 50.
#[tokio::test]
async fn in_a_pause_an_instant_exit_takes_no_more_back_than_is_due() {
    let (mut pool, mallory) = young_pool(3).await;
    pool.pause().await;
    let before: u64 = pool.delegations().await.iter().sum();
    empties_the_reserve(&mut pool, &mallory).await;
    pool.undelegate_all().await;
    let after: u64 = pool.delegations().await.iter().sum();
    let came_back = before - after;
    assert!((1..=POOL / 100).contains(&came_back), "{came_back}");
}
