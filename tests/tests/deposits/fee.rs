//! The fee of a deposit: rounded up, kept by the pool for all holders, and no price jumps for it.

use sluice::events::SolDeposited;
use sluice_tests::{
    pool::Pool,
    scenario::{SOL, worth},
};
use solana_signer::Signer;

#[tokio::test]
async fn the_fee_is_rounded_up_and_the_rest_buys_lst_at_the_full_price() {
    for fee_bps in [0, 1, 7, 20] {
        let builder = Pool::builder().config(|config| config.deposit_fee_bps = fee_bps);
        let mut pool = builder.start().await;
        let alice = pool.user("alice", 100 * SOL).await;
        for lamports in [499, 10_000, 10_001, 3 * SOL, 7 * SOL + 1] {
            let before = pool.prices().await;
            let had = pool.account().await.pending_lamports;
            let sent = pool.deposit(&alice, lamports).await;
            let fee = (lamports * u64::from(fee_bps)).div_ceil(10_000);
            let deposited = sent.events::<SolDeposited>().remove(0);
            assert_eq!(deposited.fee_lamports, fee, "{fee_bps} of {lamports}");
            // What a lamport buys is the reverse of what an LST is worth.
            let bought = worth(lamports - fee, before.supply, before.full);
            assert_eq!(deposited.lst, bought, "{fee_bps} of {lamports}");
            let kept = pool.account().await.pending_lamports - had;
            assert_eq!(kept, fee, "the pool keeps it until the epoch is booked");
            let after = pool.prices().await;
            assert_eq!(after.full, before.full + lamports);
        }
    }
}

#[tokio::test]
async fn a_fee_kept_by_the_pool_moves_no_price_within_its_epoch() {
    let builder = Pool::builder().config(|config| config.deposit_fee_bps = 20);
    let mut pool = builder.start().await;
    let (alice, mallory) = (
        pool.user("alice", 20_000 * SOL).await,
        pool.user("mallory", 100 * SOL).await,
    );
    pool.deposit(&mallory, 10 * SOL).await;
    let before = pool.prices().await;
    pool.deposit(&alice, 10_000 * SOL).await;
    let lst = pool.lst_balance(&alice.pubkey()).await;
    pool.withdraw(&alice, lst).await;
    let after = pool.prices().await;
    let unit =
        |lamports: u64, supply: u64| u128::from(lamports) * 1_000_000_000 / u128::from(supply);
    assert!(pool.account().await.pending_lamports > 20 * SOL);
    // A purchase at the full price lifts the exit price towards it, and no fee lifts it further.
    let most = unit(before.full, before.supply) + 1;
    assert!(unit(after.value, after.supply) <= most, "{after:?}");
    let next = pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
    assert_eq!(pool.account().await.finalized_epoch, next);
    assert!(
        pool.books().await.unreleased() > 20 * SOL,
        "it drips from here"
    );
}
