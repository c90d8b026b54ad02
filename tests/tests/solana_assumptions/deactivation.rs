//! Deactivating and withdrawing.

use {
    crate::world::{MINIMUM_DELEGATION, SOL, STAKE_RENT, World, stake_error},
    solana_instruction::{AccountMeta, error::InstructionError},
    solana_signer::Signer,
    solana_stake_interface::{error::StakeError, instruction as stake, state::StakeStateV2},
    solana_transaction_error::TransactionError,
};

#[tokio::test]
async fn stake_can_be_withdrawn_down_to_rent_an_epoch_after_its_deactivation() {
    let mut world = World::new().await;
    let account = world.active("stake", 5 * SOL).await;
    let epoch = world.cluster.epoch().await;
    world.accepts(&[world.deactivate(&account)]).await;
    let one = [world.withdraw(&account, 1)];
    world
        .refuses(&one, InstructionError::InsufficientFunds)
        .await;

    world.cluster.next_epoch().await;
    assert_eq!(world.cluster.stake_activation(&account).await.effective, 0);
    let too_much = [world.withdraw(&account, 5 * SOL + 1)];
    world
        .refuses(&too_much, InstructionError::InsufficientFunds)
        .await;
    world.accepts(&[world.withdraw(&account, 5 * SOL)]).await;

    world.expect(&account, STAKE_RENT, 5 * SOL).await;
    let stale = world.cluster.delegation(&account).await;
    assert_eq!(stale.deactivation_epoch, epoch);
}

#[tokio::test]
async fn stake_is_deactivated_only_once() {
    let mut world = World::new().await;
    let account = world.active("stake", 5 * SOL).await;
    let deactivate = [world.deactivate(&account)];
    world.accepts(&deactivate).await;
    world
        .refuses(&deactivate, stake_error(StakeError::AlreadyDeactivated))
        .await;
    world.cluster.next_epoch().await;
    world
        .refuses(&deactivate, stake_error(StakeError::AlreadyDeactivated))
        .await;
}

#[tokio::test]
async fn an_initialized_account_cannot_be_deactivated() {
    let mut world = World::new().await;
    let account = world.initialized("stake", SOL).await;
    let deactivate = [world.deactivate(&account)];
    world
        .refuses(&deactivate, InstructionError::InvalidAccountData)
        .await;
}

#[tokio::test]
async fn deactivating_stake_moves_nowhere_and_merges_with_nothing() {
    let mut world = World::new().await;
    let main = world.activating("main", 5 * SOL).await;
    let leaving = world.active("leaving", 5 * SOL).await;
    world.accepts(&[world.deactivate(&leaving)]).await;
    let merge = stake::merge(&main, &leaving, &world.owner());
    for instruction in [
        world.move_stake(&leaving, &main, 5 * SOL),
        world.move_stake(&main, &leaving, MINIMUM_DELEGATION),
        world.move_lamports(&leaving, &main, 1),
        merge[0].clone(),
    ] {
        world
            .refuses(&[instruction], stake_error(StakeError::MergeTransientStake))
            .await;
    }
}

#[tokio::test]
async fn free_lamports_of_active_stake_can_be_withdrawn_and_not_one_more() {
    let mut world = World::new().await;
    let account = world.active("stake", 5 * SOL).await;
    world.cluster.fund(&account, 123_456).await;
    assert_eq!(world.cluster.free_lamports(&account).await, 123_456);
    let too_much = [world.withdraw(&account, 123_457)];
    world
        .refuses(&too_much, InstructionError::InsufficientFunds)
        .await;
    world.accepts(&[world.withdraw(&account, 123_456)]).await;
    world.expect(&account, STAKE_RENT + 5 * SOL, 5 * SOL).await;
}

#[tokio::test]
async fn a_withdrawal_to_a_fresh_address_must_pay_that_accounts_rent() {
    let mut world = World::new().await;
    let account = world.active("stake", 5 * SOL).await;
    world.cluster.fund(&account, SOL).await;
    let (authority, to) = (
        world.authority.insecure_clone(),
        world.cluster.address("to"),
    );
    let rent = world.cluster.rent_exempt_lamports(0).await;
    let withdraw = |lamports| stake::withdraw(&account, &authority.pubkey(), &to, lamports, None);
    let failure = world
        .cluster
        .must_fail(&[withdraw(rent - 1)], &[&authority])
        .await;
    let is_rent = matches!(
        failure.error,
        TransactionError::InsufficientFundsForRent { .. }
    );
    assert!(is_rent, "{failure}");
    world
        .cluster
        .must_send(&[withdraw(rent)], &[&authority])
        .await;
    assert_eq!(world.cluster.lamports(&to).await, rent);
}

#[tokio::test]
async fn an_initialized_account_is_closed_by_withdrawing_everything() {
    let mut world = World::new().await;
    let account = world.initialized("stake", SOL).await;
    let leaves_too_little = [world.withdraw(&account, SOL + 1)];
    world
        .refuses(&leaves_too_little, InstructionError::InsufficientFunds)
        .await;
    world
        .accepts(&[world.withdraw(&account, STAKE_RENT + SOL)])
        .await;
    assert!(world.cluster.try_account(&account).await.is_none());
}

#[tokio::test]
async fn an_inactive_account_with_a_stale_delegation_is_closed_by_withdrawing_everything() {
    let mut world = World::new().await;
    let account = world.active("stake", 5 * SOL).await;
    world.accepts(&[world.deactivate(&account)]).await;
    world.cluster.next_epoch().await;
    world
        .accepts(&[world.withdraw(&account, STAKE_RENT + 5 * SOL)])
        .await;
    assert!(world.cluster.try_account(&account).await.is_none());
}

#[tokio::test]
async fn a_transfer_into_cooled_down_stake_can_be_withdrawn_too() {
    let mut world = World::new().await;
    let account = world.active("stake", 5 * SOL).await;
    world.accepts(&[world.deactivate(&account)]).await;
    world.cluster.next_epoch().await;
    world.cluster.fund(&account, 42).await;
    world
        .accepts(&[world.withdraw(&account, 5 * SOL + 42)])
        .await;
    assert_eq!(world.cluster.lamports(&account).await, STAKE_RENT);
}

#[tokio::test]
async fn sysvar_accounts_may_be_left_out_of_stake_instructions() {
    let mut world = World::new().await;
    let (owner, vote) = (world.owner(), world.vote_a);
    let account = world.initialized("stake", 2 * SOL).await;
    let signer = AccountMeta::new_readonly(owner, true);
    let stake = AccountMeta::new(account, false);

    let mut delegate = world.delegate(&account, &vote);
    delegate.accounts = vec![
        stake.clone(),
        AccountMeta::new_readonly(vote, false),
        signer.clone(),
    ];
    let mut deactivate = world.deactivate(&account);
    deactivate.accounts = vec![stake.clone(), signer.clone()];
    let mut withdraw = world.withdraw(&account, 2 * SOL);
    withdraw.accounts = vec![stake, AccountMeta::new(owner, false), signer];

    world.accepts(&[delegate, deactivate, withdraw]).await;
    world.expect(&account, STAKE_RENT, 2 * SOL).await;
}

#[tokio::test]
async fn a_cluster_restart_that_resets_main_leaves_an_account_that_can_be_delegated_again() {
    let mut world = World::new().await;
    let account = world.active("stake", 5 * SOL).await;
    let reset = |state: &mut StakeStateV2| {
        *state = StakeStateV2::Initialized(state.meta().expect("a delegated account has a meta"));
    };
    world.cluster.change_stake(&account, reset).await;
    world
        .accepts(&[world.delegate(&account, &world.vote_a)])
        .await;
    world.expect(&account, STAKE_RENT + 5 * SOL, 5 * SOL).await;
}
