//! The entry charge: what SOL leaves to those whose stake earns the epoch in which it comes.

use anchor_lang::AnchorDeserialize;
use sluice::{events::SolDeposited, instructions::DepositAnswer, state::PoolConfig};
use sluice_math::Lamports;
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, empty_pool_with, open_pool, worth},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

const PARTS: u128 = 1_000_000_000_000;

fn all_of_it(config: &mut PoolConfig) {
    config.entry_charge_bps = 10_000;
}

/// The main accounts and what they have delegated.
async fn mains(pool: &mut Pool) -> Vec<(Pubkey, u64)> {
    let mut mains = Vec::new();
    for place in pool.places().await {
        let delegated = pool.cluster.delegation(&place.main).await.stake;
        mains.push((place.main, delegated));
    }
    mains
}

/// The rate that finalize must have measured since `before`, by the delegations alone.
async fn measured(pool: &mut Pool, before: &[(Pubkey, u64)]) -> u64 {
    let (mut paid, mut rewarded) = (0, 0);
    for (main, delegated) in before {
        paid += u128::from(pool.cluster.delegation(main).await.stake - delegated);
        rewarded += u128::from(*delegated);
    }
    u64::try_from((paid * PARTS).div_ceil(rewarded)).expect("a rate")
}

/// Deposits, and checks that every view says the same, to the lamport.
async fn assert_deposit(pool: &mut Pool, user: &Keypair, lamports: u64, kept: [u64; 2]) {
    let [fee, charge] = kept;
    let before = pool.books().await;
    let full = before.prices().full;
    let minted = worth(lamports - fee - charge, before.pool.lst_supply, full);
    let quote = before
        .pool
        .quote_deposit(Lamports::new(lamports), before.slot);
    let quote = quote.expect("deposits are open");
    let quoted = [quote.minted.get(), quote.fee.get(), quote.charge.get()];
    assert_eq!(quoted, [minted, fee, charge], "the client's quote");

    let view = pool.addresses.quote_deposit(lamports);
    let sent = pool.must_send(&[view], &[]).await;
    let (_, mut data) = sent.return_data.expect("an answer");
    data.resize(size_of::<DepositAnswer>(), 0);
    let answer = DepositAnswer::try_from_slice(&data).expect("an answer");
    let answered = [answer.lst, answer.fee_lamports, answer.charge_lamports];
    assert_eq!(answered, [minted, fee, charge], "the program's quote");

    let sent = pool.deposit(user, lamports).await;
    let event = sent.events::<SolDeposited>().remove(0);
    let said = [event.lst, event.fee_lamports, event.charge_lamports];
    assert_eq!(said, [minted, fee, charge], "the event");
    let after = pool.account().await;
    let kept = after.pending_lamports - before.pool.pending_lamports;
    assert_eq!(kept, fee + charge, "the pool keeps it for all holders");
}

#[tokio::test]
async fn nothing_is_charged_before_a_first_reward() {
    let mut pool = empty_pool_with(&[1, 1], all_of_it).await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    assert_deposit(&mut pool, &alice, 500 * SOL, [0, 0]).await;
    pool.pass_an_epoch().await;
    assert_deposit(&mut pool, &alice, 100 * SOL, [0, 0]).await;
    // The first epoch of the stake has no reward, and stays without a charge.
    pool.pass_an_epoch().await;
    assert_eq!(pool.account().await.paid_rate_e12, 0);
    assert_deposit(&mut pool, &alice, 100 * SOL, [0, 0]).await;
}

#[tokio::test]
async fn a_part_of_the_last_epochs_reward_is_charged() {
    for part in [1, 2_500, 10_000] {
        let (mut pool, alice) = open_pool(|config| config.entry_charge_bps = part).await;
        pool.crank_window().await;
        let before = mains(&mut pool).await;
        pool.next_epoch_with_rewards(CREDITS).await;
        pool.price().await;
        let rate = measured(&mut pool, &before).await;
        assert!(rate > 0);
        assert_eq!(pool.account().await.paid_rate_e12, rate);
        let parts = (u128::from(rate) * u128::from(part)).div_ceil(10_000_000);
        assert!(parts < 2_000_000, "below the bound");
        for lamports in [1_000, SOL, 77 * SOL + 7] {
            let charge = (u128::from(lamports) * parts).div_ceil(1_000_000_000);
            let charge = u64::try_from(charge).expect("a part");
            assert_deposit(&mut pool, &alice, lamports, [0, charge]).await;
        }
    }
}

/// Somebody who gives lamports to lift the charge of others lifts nothing: no account of the pool, no
/// moment, and whether or not what was given has been staked meanwhile.
#[tokio::test]
async fn a_donation_lifts_no_charge() {
    let (mut pool, _alice) = open_pool(all_of_it).await;
    let place = pool.places().await.remove(0);
    let reserve = pool.addresses.reserve;
    for donated in [place.main, place.transient, reserve] {
        pool.crank_window().await;
        let before = mains(&mut pool).await;
        pool.cluster.fund(&donated, 40 * SOL).await;
        pool.next_epoch_with_rewards(CREDITS).await;
        pool.cluster.fund(&donated, 40 * SOL).await;
        pool.price().await;
        let rate = measured(&mut pool, &before).await;
        let account = pool.account().await;
        assert_eq!(account.paid_rate_e12, rate);
        if donated != place.transient {
            // An idle transient is not read.
            let counts_gifts = account.reward_rate_e12;
            assert!(counts_gifts > 10 * rate, "the other rate counts gifts");
        }
        pool.collect_all().await;
    }
    // What was given and not collected is no reward, either: it lowers the charge for an epoch.
    let before = mains(&mut pool).await;
    pool.cluster.fund(&place.main, 40 * SOL).await;
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    let measured_once = measured(&mut pool, &before).await;
    assert_eq!(pool.account().await.paid_rate_e12, measured_once);
}

#[tokio::test]
async fn fee_and_charge_together_take_twenty_basis_points_at_most() {
    for fee_bps in [0, 7, 20] {
        let (mut pool, alice) = open_pool(|config| {
            all_of_it(config);
            config.deposit_fee_bps = fee_bps;
        })
        .await;
        for rate in [1_000_000_000, 2_000_000_000, 2_000_000_001, u64::MAX] {
            pool.change_pool(|account| account.paid_rate_e12 = rate)
                .await;
            for lamports in [10_001, 3 * SOL + 1, 90 * SOL] {
                let fee = (lamports * u64::from(fee_bps)).div_ceil(10_000);
                let most = u128::from(20 - fee_bps) * 100_000;
                let charged = u128::from(rate).div_ceil(1_000).min(most);
                let parts = u128::from(fee_bps) * 100_000 + charged;
                let both = (u128::from(lamports) * parts).div_ceil(1_000_000_000);
                let both = u64::try_from(both).expect("a part");
                assert!(both <= (lamports * 20).div_ceil(10_000));
                assert_deposit(&mut pool, &alice, lamports, [fee, both - fee]).await;
            }
        }
    }
}
