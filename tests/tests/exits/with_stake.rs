//! Stake accounts out: whose they become, who pays, and whom it is open to.

use sluice::SluiceError;
use sluice_client::StakeRecipient;
use sluice_tests::{
    cluster::STAKE_ACCOUNT_BYTES,
    pool::{Pool, Watch},
    scenario::{CREDITS, SOL, assert_refused, open_pool},
};
use solana_signer::Signer;

#[tokio::test]
async fn a_rent_cut_changes_nothing_and_a_rent_rise_is_topped_up_from_the_reserve() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let main = pool.slot_of(&pool.vote(0)).await.main;
    pool.cluster.schedule_rent(5_080).await;
    pool.crank_next_epoch(CREDITS).await;
    pool.take_stake(&alice, 2 * SOL).await;
    // The freed rent is swept; then rent rises again.
    pool.collect_all().await;
    assert_eq!(pool.cluster.free_lamports(&main).await, 0);
    pool.cluster.schedule_rent(6_960).await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    let (before, vote) = (pool.books().await, pool.vote(0));
    let lst = 3 * SOL;
    let exit = pool.stake_exit(lst).await;
    let stake = pool.withdraw_stake(&alice, &vote, lst).await.stake;
    pool.assert_taken(&stake, &alice.pubkey(), exit.lamports.get())
        .await;
    let after = pool.books().await;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let topped_up = before.reserve_lamports - after.reserve_lamports;
    assert_eq!(topped_up, rent - 1_666_240);
    assert_eq!(
        before.pool.reserve_lamports - after.pool.reserve_lamports,
        topped_up
    );
    let left = before.prices().full - after.prices().full;
    assert_eq!(left, exit.lamports.get(), "the top-up stays the pool's");
    let delegated = pool.cluster.delegation(&main).await.stake;
    assert_eq!(pool.cluster.lamports(&main).await, delegated + rent);
}

#[tokio::test]
async fn v43_and_row_33_lamports_at_the_new_address_beforehand_go_to_the_recipient() {
    for beforehand in [1, 890_880, 2_282_880, 5 * SOL] {
        let (mut pool, alice) = open_pool(|_| {}).await;
        let (vote, stake) = (pool.vote(0), pool.new_stake_key());
        pool.cluster.set_account(
            &stake.pubkey(),
            solana_account::Account {
                lamports: beforehand,
                ..Default::default()
            },
        );
        let exit = pool.stake_exit(3 * SOL).await;
        let withdraw = pool
            .withdraw_stake_instruction(&alice.pubkey(), &stake.pubkey(), &vote, 3 * SOL)
            .await;
        pool.must_send(&[withdraw], &[&alice, &stake]).await;
        let lamports = exit.lamports.get();
        pool.assert_taken(&stake.pubkey(), &alice.pubkey(), lamports)
            .await;
        let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
        let held = pool.cluster.lamports(&stake.pubkey()).await;
        assert_eq!(held, lamports + rent + beforehand);
    }
}

#[tokio::test]
async fn owner_payer_recipient_and_stake_are_four() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let payer = pool.cluster.funded("sponsor", SOL).await;
    let recipient = pool.cluster.address("a stranger's vault");
    let stake = pool.new_stake_key();
    let vote = pool.vote(0);
    let place = pool.place(&vote).await;
    let parties = StakeRecipient {
        recipient,
        payer: payer.pubkey(),
        ..pool.stake_recipient(&alice.pubkey(), &stake.pubkey())
    };
    let exit = pool.stake_exit(3 * SOL).await;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let owned = pool.cluster.lamports(&alice.pubkey()).await;
    let withdraw = pool.addresses.withdraw_stake(&place, &parties, 3 * SOL, 0);
    for absent in 0..3 {
        let mut signers = vec![&alice, &payer, &stake];
        let silent = signers.remove(absent).pubkey();
        let mut unsigned = withdraw.clone();
        let metas = unsigned.accounts.iter_mut();
        for meta in metas.filter(|meta| meta.pubkey == silent) {
            meta.is_signer = false;
        }
        let refused = pool.send(&[unsigned], &signers).await;
        refused.expect_err("all three must sign");
    }
    pool.must_send(&[withdraw], &[&alice, &payer, &stake]).await;
    pool.assert_taken(&stake.pubkey(), &recipient, exit.lamports.get())
        .await;
    assert_eq!(pool.cluster.lamports(&payer.pubkey()).await, SOL - rent);
    assert_eq!(pool.cluster.lamports(&alice.pubkey()).await, owned);
}

#[tokio::test]
async fn a_wallet_never_becomes_the_stake_account() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (payer, vote) = (pool.cluster.funded("sponsor", SOL).await, pool.vote(0));
    let place = pool.place(&vote).await;
    let stake = pool.new_stake_key();
    let usual = pool.stake_recipient(&alice.pubkey(), &stake.pubkey());
    let owner = StakeRecipient {
        stake: alice.pubkey(),
        recipient: stake.pubkey(),
        ..usual
    };
    let paying = StakeRecipient {
        stake: payer.pubkey(),
        payer: payer.pubkey(),
        ..usual
    };
    let receiving = StakeRecipient {
        recipient: stake.pubkey(),
        ..usual
    };
    for parties in [owner, paying, receiving] {
        let withdraw = pool.addresses.withdraw_stake(&place, &parties, 3 * SOL, 0);
        let refused = pool.send(&[withdraw], &[&alice, &payer, &stake]).await;
        assert_refused(refused, SluiceError::AccountsNotDistinct);
    }
}

#[tokio::test]
async fn nobody_burns_the_lst_of_another_or_of_the_queue() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (mallory, vote) = (pool.user("mallory", SOL).await, pool.vote(0));
    pool.request(&alice, 50 * SOL).await;
    let place = pool.place(&vote).await;
    let stake = pool.new_stake_key();
    for source in [pool.lst_account(&alice.pubkey()), pool.addresses.escrow] {
        let parties = StakeRecipient {
            source,
            ..pool.stake_recipient(&mallory.pubkey(), &stake.pubkey())
        };
        let withdraw = pool.addresses.withdraw_stake(&place, &parties, 3 * SOL, 0);
        let refused = pool.send(&[withdraw], &[&mallory, &stake]).await;
        refused.expect_err("it is not hers");
    }
}

/// Main cannot serve while a stranger's deactivation runs; another validator can.
#[tokio::test]
async fn v8_a_validator_whose_stake_is_not_active_bricks_no_exit_from_another() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (first, second) = (pool.vote(0), pool.vote(1));
    pool.deactivate_by_force(&first, sluice::state::StakeAccountKind::Main)
        .await;
    let refused = pool.try_withdraw_stake(&alice, &first, 3 * SOL).await;
    assert_refused(refused, SluiceError::MainNotActive);
    pool.withdraw_stake(&alice, &second, 3 * SOL).await;
    pool.cluster.remove_account(&second).await;
    pool.withdraw_stake(&alice, &second, 3 * SOL).await;
}

/// Compute units of a deposit and of an exit with stake, in a pool of this many validators.
async fn compute_units(validators: usize) -> (u64, u64) {
    let mut weights = vec![(0, 0); validators];
    weights[0].1 = 1;
    let builder = Pool::builder().validators(&weights).watch(Watch::Off);
    let mut pool = builder.start().await;
    let vote = pool.vote(0);
    let alice = pool.user("alice", 20 * SOL).await;
    pool.deposit(&alice, 19 * SOL).await;
    pool.warp_to_window().await;
    pool.delegate(&vote).await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    pool.collect(&vote).await;
    pool.forget_rewards().await;
    let owner = alice.pubkey();
    let stake = pool.active_stake("stake", &owner, 3 * SOL, &vote).await;
    let deposited = pool.deposit_stake(&alice, &stake, &vote).await;
    let taken = pool.withdraw_stake(&alice, &vote, 2 * SOL).await;
    (deposited.compute_units, taken.sent.compute_units)
}

#[tokio::test]
async fn v7_and_row_27_the_cost_does_not_depend_on_the_number_of_validators() {
    let one = compute_units(1).await;
    for validators in [64, 65, 1_000] {
        assert_eq!(compute_units(validators).await, one, "{validators}");
    }
}

#[tokio::test]
async fn stake_taken_out_earns_for_its_new_owner() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(1);
    let taken = pool.withdraw_stake(&alice, &vote, 100 * SOL).await;
    let before = pool.cluster.lamports(&taken.stake).await;
    pool.cluster.earn_credits(&vote, CREDITS).await;
    pool.cluster.next_epoch().await;
    assert!(pool.cluster.lamports(&taken.stake).await > before);
}
