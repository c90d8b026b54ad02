//! Attempts to gain by exits with stake: by the reserve, by rent, or by rounding.

use sluice::SluiceError;
use sluice_tests::scenario::{CREDITS, SOL, assert_refused, open_pool};
use solana_signer::Signer;

/// The only lamports of the reserve that an exit with stake can touch are those of the top-up.
#[tokio::test]
async fn v6_and_row_10_an_exit_with_stake_leaves_the_reserve_its_rent() {
    let (mut pool, alice) = open_pool(|config| config.reserve_target_bps = 0).await;
    let vote = pool.vote(0);
    pool.cluster.schedule_rent(5_080).await;
    pool.live_an_epoch(0).await;
    pool.cluster.schedule_rent(6_960).await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    pool.forget_rewards().await;
    // All that can be taken at once.
    let rent = pool.cluster.rent_exempt_lamports(0).await;
    let buffer = pool.account().await.reserve_lamports.saturating_sub(rent);
    if buffer > 1_000 {
        pool.withdraw(&alice, buffer - buffer / 100).await;
    }
    let before = pool.cluster.lamports(&pool.addresses.reserve).await;
    let refused = pool.try_withdraw_stake(&alice, &vote, 3 * SOL).await;
    assert_refused(refused, SluiceError::InsufficientReserve);
    assert_eq!(pool.cluster.lamports(&pool.addresses.reserve).await, before);
    pool.deposit(&alice, SOL).await;
    pool.withdraw_stake(&alice, &vote, 3 * SOL).await;
    assert!(pool.cluster.lamports(&pool.addresses.reserve).await >= rent);
}

#[tokio::test]
async fn row_14_and_v36_no_lamport_leaks_over_many_cycles_of_stake_accounts() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (vote, locked) = (pool.vote(0), pool.account().await.locked_lamports);
    for round in 0..8 {
        let taken = pool.withdraw_stake(&alice, &vote, 20 * SOL + round).await;
        let held = pool.cluster.lamports(&taken.stake).await;
        let full = pool.prices().await.full;
        pool.deposit_stake(&alice, &taken.stake, &vote).await;
        assert_eq!(pool.prices().await.full, full + held, "rent included");
        if round % 3 == 0 {
            pool.crank_next_epoch(CREDITS).await;
        }
        let (owned, account) = (pool.owned_lamports().await, pool.account().await);
        assert_eq!(owned, account.staked_lamports + account.reserve_lamports);
        assert_eq!(account.locked_lamports, locked);
    }
}

/// A round trip of stake at an odd price never gains: the rent that goes in comes back as LST.
#[tokio::test]
async fn row_02_and_v16_round_trips_of_stake_never_gain_a_lamport() {
    let (mut pool, alice) = open_pool(|config| config.stake_exit_fee_bps = 0).await;
    pool.forget_rewards().await;
    let vote = pool.vote(0);
    let mut lamports = SOL + 3;
    for round in 0..12 {
        lamports = SOL + lamports * 7 % 50_000_000_003;
        let name = format!("stake {round}");
        let stake = pool
            .active_stake(&name, &alice.pubkey(), lamports, &vote)
            .await;
        let put_in = pool.cluster.lamports(&stake).await;
        let wallet = pool.cluster.lamports(&alice.pubkey()).await;
        let had = pool.lst_balance(&alice.pubkey()).await;
        pool.deposit_stake(&alice, &stake, &vote).await;
        let minted = pool.lst_balance(&alice.pubkey()).await - had;
        let taken = pool.withdraw_stake(&alice, &vote, minted).await.stake;
        let back = pool.cluster.lamports(&taken).await;
        let rent = wallet - pool.cluster.lamports(&alice.pubkey()).await;
        assert!(back < put_in + rent, "{lamports}: {put_in} {back} {rent}");
    }
}
