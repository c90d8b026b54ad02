//! Deactivating and withdrawing.

use solana_instruction::{AccountMeta, error::InstructionError};
use solana_signer::Signer;
use solana_stake_interface::{error::StakeError, instruction as stake, state::StakeStateV2};
use solana_transaction_error::TransactionError;

use crate::stake_cluster::{MINIMUM_DELEGATION, SOL, STAKE_RENT, StakeCluster, stake_error};

#[tokio::test]
async fn stake_can_be_withdrawn_down_to_rent_an_epoch_after_its_deactivation() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 5 * SOL).await;
    let epoch = stakes.cluster.epoch().await;
    stakes.accepts(&[stakes.deactivate(&account)]).await;
    let one = [stakes.withdraw(&account, 1)];
    stakes
        .refuses(&one, InstructionError::InsufficientFunds)
        .await;

    stakes.cluster.next_epoch().await;
    assert_eq!(stakes.cluster.stake_activation(&account).await.effective, 0);
    let too_much = [stakes.withdraw(&account, 5 * SOL + 1)];
    stakes
        .refuses(&too_much, InstructionError::InsufficientFunds)
        .await;
    stakes.accepts(&[stakes.withdraw(&account, 5 * SOL)]).await;

    stakes.expect(&account, STAKE_RENT, 5 * SOL).await;
    let stale = stakes.cluster.delegation(&account).await;
    assert_eq!(stale.deactivation_epoch, epoch);
}

#[tokio::test]
async fn stake_is_deactivated_only_once() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 5 * SOL).await;
    let deactivate = [stakes.deactivate(&account)];
    stakes.accepts(&deactivate).await;
    stakes
        .refuses(&deactivate, stake_error(StakeError::AlreadyDeactivated))
        .await;
    stakes.cluster.next_epoch().await;
    stakes
        .refuses(&deactivate, stake_error(StakeError::AlreadyDeactivated))
        .await;
}

#[tokio::test]
async fn an_initialized_account_cannot_be_deactivated() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.initialized("stake", SOL).await;
    let deactivate = [stakes.deactivate(&account)];
    stakes
        .refuses(&deactivate, InstructionError::InvalidAccountData)
        .await;
}

#[tokio::test]
async fn deactivating_stake_moves_nowhere_and_merges_with_nothing() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 5 * SOL).await;
    let leaving = stakes.active("leaving", 5 * SOL).await;
    stakes.accepts(&[stakes.deactivate(&leaving)]).await;
    let merge = stake::merge(&main, &leaving, &stakes.owner());
    for instruction in [
        stakes.move_stake(&leaving, &main, 5 * SOL),
        stakes.move_stake(&main, &leaving, MINIMUM_DELEGATION),
        stakes.move_lamports(&leaving, &main, 1),
        merge[0].clone(),
    ] {
        stakes
            .refuses(&[instruction], stake_error(StakeError::MergeTransientStake))
            .await;
    }
}

#[tokio::test]
async fn free_lamports_of_active_stake_can_be_withdrawn_and_not_one_more() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 5 * SOL).await;
    stakes.cluster.fund(&account, 123_456).await;
    assert_eq!(stakes.cluster.free_lamports(&account).await, 123_456);
    let too_much = [stakes.withdraw(&account, 123_457)];
    stakes
        .refuses(&too_much, InstructionError::InsufficientFunds)
        .await;
    stakes.accepts(&[stakes.withdraw(&account, 123_456)]).await;
    stakes.expect(&account, STAKE_RENT + 5 * SOL, 5 * SOL).await;
}

#[tokio::test]
async fn a_withdrawal_to_a_fresh_address_must_pay_that_accounts_rent() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 5 * SOL).await;
    stakes.cluster.fund(&account, SOL).await;
    let (authority, to) = (
        stakes.authority.insecure_clone(),
        stakes.cluster.address("to"),
    );
    let rent = stakes.cluster.rent_exempt_lamports(0).await;
    let withdraw = |lamports| stake::withdraw(&account, &authority.pubkey(), &to, lamports, None);
    let failure = stakes
        .cluster
        .must_fail(&[withdraw(rent - 1)], &[&authority])
        .await;
    let is_rent = matches!(
        failure.error,
        TransactionError::InsufficientFundsForRent { .. }
    );
    assert!(is_rent, "{failure}");
    stakes
        .cluster
        .must_send(&[withdraw(rent)], &[&authority])
        .await;
    assert_eq!(stakes.cluster.lamports(&to).await, rent);
}

#[tokio::test]
async fn an_initialized_account_is_closed_by_withdrawing_everything() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.initialized("stake", SOL).await;
    let leaves_too_little = [stakes.withdraw(&account, SOL + 1)];
    stakes
        .refuses(&leaves_too_little, InstructionError::InsufficientFunds)
        .await;
    stakes
        .accepts(&[stakes.withdraw(&account, STAKE_RENT + SOL)])
        .await;
    assert!(stakes.cluster.try_account(&account).await.is_none());
}

#[tokio::test]
async fn an_inactive_account_with_a_stale_delegation_is_closed_by_withdrawing_everything() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 5 * SOL).await;
    stakes.accepts(&[stakes.deactivate(&account)]).await;
    stakes.cluster.next_epoch().await;
    stakes
        .accepts(&[stakes.withdraw(&account, STAKE_RENT + 5 * SOL)])
        .await;
    assert!(stakes.cluster.try_account(&account).await.is_none());
}

#[tokio::test]
async fn a_transfer_into_cooled_down_stake_can_be_withdrawn_too() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 5 * SOL).await;
    stakes.accepts(&[stakes.deactivate(&account)]).await;
    stakes.cluster.next_epoch().await;
    stakes.cluster.fund(&account, 42).await;
    stakes
        .accepts(&[stakes.withdraw(&account, 5 * SOL + 42)])
        .await;
    assert_eq!(stakes.cluster.lamports(&account).await, STAKE_RENT);
}

#[tokio::test]
async fn sysvar_accounts_may_be_left_out_of_stake_instructions() {
    let mut stakes = StakeCluster::new().await;
    let (owner, vote) = (stakes.owner(), stakes.vote_a);
    let account = stakes.initialized("stake", 2 * SOL).await;
    let signer = AccountMeta::new_readonly(owner, true);
    let stake = AccountMeta::new(account, false);

    let mut delegate = stakes.delegate(&account, &vote);
    delegate.accounts = vec![
        stake.clone(),
        AccountMeta::new_readonly(vote, false),
        signer.clone(),
    ];
    let mut deactivate = stakes.deactivate(&account);
    deactivate.accounts = vec![stake.clone(), signer.clone()];
    let mut withdraw = stakes.withdraw(&account, 2 * SOL);
    withdraw.accounts = vec![stake, AccountMeta::new(owner, false), signer];

    stakes.accepts(&[delegate, deactivate, withdraw]).await;
    stakes.expect(&account, STAKE_RENT, 2 * SOL).await;
}

#[tokio::test]
async fn a_cluster_restart_that_resets_main_leaves_an_account_that_can_be_delegated_again() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 5 * SOL).await;
    let reset = |state: &mut StakeStateV2| {
        *state = StakeStateV2::Initialized(state.meta().expect("a delegated account has a meta"));
    };
    stakes.cluster.change_stake(&account, reset).await;
    stakes
        .accepts(&[stakes.delegate(&account, &stakes.vote_a)])
        .await;
    stakes.expect(&account, STAKE_RENT + 5 * SOL, 5 * SOL).await;
}
