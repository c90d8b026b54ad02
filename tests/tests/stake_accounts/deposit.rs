//! Stake accounts in: what they mint, and which are taken.

use sluice::{SluiceError, state::StakeAccountKind};
use sluice_client::StakeSource;
use sluice_math::{Bps, Lamports};
use sluice_tests::{
    cluster::STAKE_ACCOUNT_BYTES,
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, open_pool},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::state::{Lockup, StakeStateV2};

/// Deposits a stake account, and checks to the lamport and the unit what came of it.
async fn assert_deposit(pool: &mut Pool, user: &Keypair, stake: &Pubkey, vote: &Pubkey) {
    let main = pool.place(vote).await.main;
    let held = pool.cluster.lamports(stake).await;
    let (had, before) = (pool.lst_balance(&user.pubkey()).await, pool.books().await);
    let delegated = pool.cluster.delegation(&main).await.stake;
    let offered = pool.cluster.delegation(stake).await.stake;
    let fee = Bps::new(before.pool.config.deposit_fee_bps).expect("a share");
    let ledger = before.pool.ledger();
    let quote = ledger.deposit_stake(Lamports::new(held), fee, before.slot);
    let quote = quote.expect("a quote");

    pool.deposit_stake(user, stake, vote).await;

    let minted = pool.lst_balance(&user.pubkey()).await - had;
    assert_eq!(minted, quote.minted.get(), "{held}");
    assert_eq!(pool.account().await.ledger(), quote.ledger);
    assert!(pool.cluster.try_account(stake).await.is_none());
    let grown = pool.cluster.delegation(&main).await.stake;
    assert_eq!(grown, delegated + offered);
    let active = pool.cluster.stake_activation(&main).await;
    assert_eq!(active.effective, grown, "it goes on earning");
}

#[tokio::test]
async fn every_size_from_one_lamport_mints_exactly_what_it_is_worth() {
    for fee_bps in [0, 20] {
        let (mut pool, alice) = open_pool(|config| {
            config.deposit_fee_bps = fee_bps;
            // Stake has earned its part of the epoch, and pays no charge.
            config.entry_charge_bps = 10_000;
        })
        .await;
        assert!(pool.account().await.paid_rate_e12 > 0);
        let vote = pool.vote(0);
        let sizes = [1, 2, 1_000, SOL - 1, SOL, SOL + 1, 12_345 * SOL + 7];
        for (number, lamports) in sizes.into_iter().enumerate() {
            let name = format!("stake {number}");
            let stake = pool
                .active_stake(&name, &alice.pubkey(), lamports, &vote)
                .await;
            assert_deposit(&mut pool, &alice, &stake, &vote).await;
        }
        pool.crank_next_epoch(CREDITS).await;
    }
}

#[tokio::test]
async fn rent_and_idle_lamports_are_credited_and_go_to_the_reserve() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let stake = pool
        .active_stake("stake", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    pool.cluster.fund(&stake, rent).await;
    let before = pool.lst_balance(&alice.pubkey()).await;
    assert_deposit(&mut pool, &alice, &stake, &vote).await;
    let minted = pool.lst_balance(&alice.pubkey()).await - before;
    assert!(minted > 5 * SOL, "also for the idle lamports");
    let reserve = pool.account().await.reserve_lamports;
    pool.collect(&vote).await;
    let swept = pool.account().await.reserve_lamports - reserve;
    assert_eq!(swept, 2 * rent, "main's own rent stays");
}

#[tokio::test]
async fn v9_and_row_06_idle_lamports_never_count_as_active_stake() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    for (number, idle) in [rent + 1, SOL, 1_000 * SOL].into_iter().enumerate() {
        let name = format!("stake {number}");
        let stake = pool
            .active_stake(&name, &alice.pubkey(), 5 * SOL, &vote)
            .await;
        pool.cluster.fund(&stake, idle).await;
        let refused = pool.try_deposit_stake(&alice, &stake, &vote).await;
        assert_refused(refused, SluiceError::IdleLamportsTooLarge);
        // As the message says: withdraw them, and deposit the rest.
        let withdraw = solana_stake_interface::instruction::withdraw(
            &stake,
            &alice.pubkey(),
            &alice.pubkey(),
            idle,
            None,
        );
        pool.cluster.must_send(&[withdraw], &[&alice]).await;
        assert_deposit(&mut pool, &alice, &stake, &vote).await;
    }
}

/// The delegation of a stake account, and up to which credits it was paid.
async fn delegated_and_paid(pool: &mut Pool, stake: &Pubkey) -> (u128, u128) {
    match pool.cluster.stake_state(stake).await {
        StakeStateV2::Stake(_, stake, _) => {
            (stake.delegation.stake.into(), stake.credits_observed.into())
        }
        other => panic!("{other:?}"),
    }
}

/// The stake program weighs them by stake and rounds up: nobody is paid twice for a credit.
#[tokio::test]
async fn stake_that_was_paid_for_other_credits_is_taken_and_weighed() {
    for credits in [0, 1, 500, 999, 1_000] {
        let (mut pool, alice) = open_pool(|_| {}).await;
        let vote = pool.vote(0);
        let main = pool.place(&vote).await.main;
        let stake = pool
            .active_stake("stake", &alice.pubkey(), 300 * SOL, &vote)
            .await;
        pool.set_credits_observed(&stake, credits).await;
        let (old, paid) = delegated_and_paid(&mut pool, &main).await;
        let (new, paid_new) = delegated_and_paid(&mut pool, &stake).await;
        assert_deposit(&mut pool, &alice, &stake, &vote).await;
        let weighed = (old * paid + new * paid_new).div_ceil(old + new);
        assert_eq!(delegated_and_paid(&mut pool, &main).await.1, weighed);
        let full = pool.prices().await.full;
        pool.crank_next_epoch(CREDITS).await;
        assert!(pool.prices().await.full > full, "it goes on earning");
    }
}

#[tokio::test]
async fn staker_and_withdrawer_may_differ_and_both_must_sign() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (bob, vote) = (pool.user("bob", SOL).await, pool.vote(0));
    let stake = pool
        .active_stake("stake", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    let hire = |state: &mut StakeStateV2| match state {
        StakeStateV2::Stake(meta, _, _) => meta.authorized.staker = bob.pubkey(),
        other => panic!("{other:?}"),
    };
    pool.cluster.change_stake(&stake, hire).await;
    let place = pool.place(&vote).await;
    let (it, recipient) = (pool.addresses, pool.lst_account(&alice.pubkey()));
    let offer = |staker: &Keypair, withdrawer: &Keypair| {
        let source = StakeSource {
            stake,
            staker: staker.pubkey(),
            withdrawer: withdrawer.pubkey(),
        };
        it.deposit_stake(&place, &source, recipient, 0)
    };
    for (staker, withdrawer) in [(&alice, &alice), (&bob, &bob), (&alice, &bob)] {
        let wrong = offer(staker, withdrawer);
        let refused = pool.send(&[wrong], &[&alice, &bob]).await;
        assert_refused(refused, SluiceError::WrongStakeAuthority);
    }
    for unsigned in [7, 8] {
        let mut half = offer(&bob, &alice);
        assert!(half.accounts[unsigned].is_signer);
        half.accounts[unsigned].is_signer = false;
        let refused = pool.send(&[half], &[&alice, &bob]).await;
        refused.expect_err("both must sign");
    }
    let before = pool.lst_balance(&alice.pubkey()).await;
    pool.must_send(&[offer(&bob, &alice)], &[&alice, &bob])
        .await;
    assert!(pool.lst_balance(&alice.pubkey()).await > before);
}

#[tokio::test]
async fn the_minimum_is_exact() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let stake = pool
        .active_stake("stake", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    let (place, books) = (pool.place(&vote).await, pool.books().await);
    let held = Lamports::new(pool.cluster.lamports(&stake).await);
    let ledger = books.pool.ledger();
    let quote = ledger.deposit_stake(held, Bps::ZERO, books.slot);
    let minted = quote.expect("a quote").minted.get();
    let source = StakeSource {
        stake,
        staker: alice.pubkey(),
        withdrawer: alice.pubkey(),
    };
    let recipient = pool.lst_account(&alice.pubkey());
    let it = pool.addresses;
    let at_least = |minimum| it.deposit_stake(&place, &source, recipient, minimum);
    let refused = pool.send(&[at_least(minted + 1)], &[&alice]).await;
    assert_refused(refused, SluiceError::BelowMinimum);
    pool.must_send(&[at_least(minted)], &[&alice]).await;
}

#[tokio::test]
async fn a_validator_that_leaves_takes_no_stake() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let votes = [pool.vote(0), pool.vote(1)];
    let mut stakes = Vec::new();
    for (number, vote) in votes.iter().enumerate() {
        let name = format!("stake {number}");
        stakes.push(
            pool.active_stake(&name, &alice.pubkey(), 5 * SOL, vote)
                .await,
        );
    }
    pool.retire(&votes[0]).await;
    let refused = pool.try_deposit_stake(&alice, &stakes[0], &votes[0]).await;
    assert_refused(refused, SluiceError::SlotNotActive);
    pool.crank_next_epoch(CREDITS).await;
    let refused = pool.try_deposit_stake(&alice, &stakes[0], &votes[0]).await;
    assert_refused(refused, SluiceError::SlotNotActive);
    pool.cluster.set_commission(&votes[1], 2_000).await;
    let place = pool.place(&votes[1]).await;
    let eject = pool.addresses.eject_validator(&place, None);
    pool.must_send(&[eject], &[]).await;
    let refused = pool.try_deposit_stake(&alice, &stakes[1], &votes[1]).await;
    assert_refused(refused, SluiceError::SlotNotActive);
}

/// A validator without weight has stake to give back, and takes what holders bring.
#[tokio::test]
async fn a_validator_without_weight_takes_stake_and_gives_it_back() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    pool.set_weight(&vote, 0).await;
    pool.crank_next_epoch(CREDITS).await;
    let stake = pool
        .active_stake("stake", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    assert_deposit(&mut pool, &alice, &stake, &vote).await;
    for _ in 0..12 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
    assert_eq!(pool.delegated(&vote).await, 0);
}

#[tokio::test]
async fn v24_row_15_and_v23_a_rent_cut_or_rise_refuses_nobody() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let old = pool
        .active_stake("of the old rent", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    let old_too = pool
        .active_stake("old, too", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    pool.cluster.schedule_rent(5_080).await;
    pool.crank_next_epoch(CREDITS).await;
    assert_deposit(&mut pool, &alice, &old, &vote).await;
    let new = pool
        .active_stake("of the new rent", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    assert_deposit(&mut pool, &alice, &new, &vote).await;
    let cheap = pool
        .active_stake("below", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    pool.cluster.schedule_rent(6_960).await;
    pool.crank_next_epoch(0).await;
    pool.cluster.earn_credits(&vote, 1).await;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    assert!(pool.cluster.lamports(&cheap).await < 5 * SOL + rent);
    for stake in [cheap, old_too] {
        assert_deposit(&mut pool, &alice, &stake, &vote).await;
    }
}

#[tokio::test]
async fn v45_v44_and_row_16_a_lockup_in_force_and_a_custodian_are_refused_an_ended_one_is_not() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (vote, clock) = (pool.vote(0), pool.cluster.clock().await);
    let custodian = pool.cluster.address("custodian");
    let (now, epoch) = (clock.unix_timestamp, clock.epoch);
    let nobody = Pubkey::default();
    let cases = [
        ((now + 1, 0, nobody), Some(SluiceError::StakeLockedUp)),
        ((0, epoch + 1, nobody), Some(SluiceError::StakeLockedUp)),
        ((now + 1, 0, custodian), Some(SluiceError::StakeLockedUp)),
        (
            (now, epoch, custodian),
            Some(SluiceError::StakeHasCustodian),
        ),
        ((0, 0, custodian), Some(SluiceError::StakeHasCustodian)),
        ((0, 0, alice.pubkey()), Some(SluiceError::StakeHasCustodian)),
        ((now, epoch, nobody), None),
        ((now - 1, 0, nobody), None),
        ((i64::MIN, 0, nobody), None),
    ];
    for (number, ((unix_timestamp, epoch, custodian), expected)) in cases.into_iter().enumerate() {
        let name = format!("stake {number}");
        let stake = pool
            .active_stake(&name, &alice.pubkey(), 5 * SOL, &vote)
            .await;
        let lockup = Lockup {
            unix_timestamp,
            epoch,
            custodian,
        };
        pool.lock_up(&stake, lockup).await;
        match expected {
            Some(error) => {
                let before = pool.cluster.snapshot(&[stake]).await;
                let refused = pool.try_deposit_stake(&alice, &stake, &vote).await;
                assert_refused(refused, error);
                before.assert_identical(&pool.cluster.snapshot(&[stake]).await);
            }
            None => assert_deposit(&mut pool, &alice, &stake, &vote).await,
        }
    }
}

#[tokio::test]
async fn row_16_a_custodian_cannot_arm_the_lockup_within_the_transaction_of_the_deposit() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (vote, custodian) = (pool.vote(0), pool.cluster.keypair("custodian"));
    let stake = pool
        .active_stake("stake", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    let main = pool.place(&vote).await.main;
    let arm = |stake: &Pubkey, by: &Keypair| {
        let lockup = solana_stake_interface::instruction::LockupArgs {
            unix_timestamp: None,
            epoch: Some(1_000),
            custodian: Some(custodian.pubkey()),
        };
        solana_stake_interface::instruction::set_lockup(stake, &lockup, &by.pubkey())
    };
    let owner = alice.pubkey();
    let deposit = pool.deposit_stake_instruction(&owner, &stake, &vote).await;
    // Before it, the deposit is refused; after it, the account is gone and main is not theirs.
    let before = [arm(&stake, &alice), deposit.clone()];
    let refused = pool.send(&before, &[&alice]).await;
    assert_refused(refused, SluiceError::StakeLockedUp);
    let after = [deposit.clone(), arm(&stake, &alice)];
    pool.send(&after, &[&alice]).await.expect_err("it is gone");
    let theirs = [deposit.clone(), arm(&main, &alice)];
    pool.send(&theirs, &[&alice])
        .await
        .expect_err("it is the pool's");
    pool.must_send(&[deposit], &[&alice]).await;
    let state = pool.cluster.stake_state(&main).await;
    assert_eq!(state.lockup(), Some(Lockup::default()));
}

/// Main in every state but active takes nothing in.
#[tokio::test]
async fn row_13_stake_is_merged_into_active_stake_alone() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let stake = pool
        .active_stake("stake", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    pool.deactivate_by_force(&vote, StakeAccountKind::Main)
        .await;
    let refused = pool.try_deposit_stake(&alice, &stake, &vote).await;
    assert_refused(refused, SluiceError::MainNotActive);
    pool.next_epoch_with_rewards(CREDITS).await;
    pool.price().await;
    let refused = pool.try_deposit_stake(&alice, &stake, &vote).await;
    assert_refused(refused, SluiceError::MainNotActive);
    // The next stake of the slot becomes active; from then on it takes stake again.
    for _ in 0..2 {
        pool.crank_epoch().await;
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
    assert_deposit(&mut pool, &alice, &stake, &vote).await;
}
