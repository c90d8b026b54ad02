//! Delegating: what becomes active, when, and what can be done until then.

use solana_instruction::error::InstructionError;
use solana_sdk_ids::stake::ID as STAKE_PROGRAM;
use solana_stake_interface::{error::StakeError, instruction as stake, state::StakeStateV2};

use crate::stake_cluster::{MINIMUM_DELEGATION, SOL, STAKE_RENT, StakeCluster, stake_error};

#[tokio::test]
async fn the_minimum_delegation_is_one_sol_and_can_be_asked_for() {
    let mut stakes = StakeCluster::new().await;
    let sent = stakes.accepts(&[stake::get_minimum_delegation()]).await;
    let expected = (STAKE_PROGRAM, MINIMUM_DELEGATION.to_le_bytes().to_vec());
    assert_eq!(sent.return_data, Some(expected));
}

#[tokio::test]
async fn one_lamport_less_than_the_minimum_above_rent_cannot_be_delegated() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.initialized("stake", MINIMUM_DELEGATION - 1).await;
    let delegate = [stakes.delegate(&account, &stakes.vote_a)];
    stakes
        .refuses(&delegate, stake_error(StakeError::InsufficientDelegation))
        .await;

    stakes.cluster.fund(&account, 1).await;
    stakes.accepts(&delegate).await;
    stakes
        .expect(
            &account,
            STAKE_RENT + MINIMUM_DELEGATION,
            MINIMUM_DELEGATION,
        )
        .await;
}

#[tokio::test]
async fn stake_below_nine_percent_of_the_cluster_is_wholly_active_in_the_next_epoch() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.activating("stake", 89_000 * SOL).await;
    let status = stakes.cluster.stake_activation(&account).await;
    assert_eq!((status.effective, status.activating), (0, 89_000 * SOL));

    stakes.cluster.next_epoch().await;
    let status = stakes.cluster.stake_activation(&account).await;
    assert_eq!((status.effective, status.activating), (89_000 * SOL, 0));
    let other = stakes.initialized("other", 0).await;
    stakes
        .accepts(&[stakes.move_stake(&account, &other, 89_000 * SOL)])
        .await;
}

#[tokio::test]
async fn nine_percent_of_the_cluster_activates_per_epoch_and_no_more() {
    let mut stakes = StakeCluster::new().await;
    let whole = 200_000 * SOL;
    let account = stakes.activating("stake", whole).await;
    let other = stakes.initialized("other", 0).await;
    let move_some = [stakes.move_stake(&account, &other, SOL)];
    let mut effective = 0;
    for _ in 0..2 {
        let epoch = stakes.cluster.next_epoch().await;
        let history = stakes.cluster.stake_history().await;
        let entry = history.get(epoch - 1).expect("an entry for every epoch");
        assert_eq!(entry.activating, whole - effective);
        effective += entry.effective * 9 / 100;

        let status = stakes.cluster.stake_activation(&account).await;
        assert_eq!(
            (status.effective, status.activating),
            (effective, whole - effective)
        );
        stakes
            .refuses(&move_some, stake_error(StakeError::MergeTransientStake))
            .await;
    }
    stakes.cluster.next_epoch().await;
    assert_eq!(
        stakes.cluster.stake_activation(&account).await.effective,
        whole
    );
    stakes.accepts(&move_some).await;
}

#[tokio::test]
async fn stake_above_nine_percent_cools_down_over_several_epochs_too() {
    let mut stakes = StakeCluster::new().await;
    let whole = 200_000 * SOL;
    let owner = stakes.owner();
    let vote = stakes.vote_a;
    let account = stakes
        .cluster
        .inject_active_stake("stake", &owner, whole, &vote)
        .await;
    stakes.accepts(&[stakes.deactivate(&account)]).await;
    let epoch = stakes.cluster.next_epoch().await;
    let history = stakes.cluster.stake_history().await;
    let entry = history.get(epoch - 1).expect("an entry for every epoch");
    assert_eq!(entry.deactivating, whole);
    let cooled = entry.effective * 9 / 100;

    let status = stakes.cluster.stake_activation(&account).await;
    assert_eq!(
        (status.effective, status.deactivating),
        (whole - cooled, whole - cooled)
    );
    let rest_and_one = stakes.withdraw(&account, cooled + 1);
    stakes
        .refuses(&[rest_and_one], InstructionError::InsufficientFunds)
        .await;
    stakes.accepts(&[stakes.withdraw(&account, cooled)]).await;
    assert_eq!(
        stakes.cluster.lamports(&account).await,
        STAKE_RENT + whole - cooled
    );
}

#[tokio::test]
async fn a_top_up_of_activating_stake_delegates_all_lamports_but_rent() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.activating("stake", SOL + SOL / 2).await;
    stakes.cluster.fund(&account, 2 * SOL + 7).await;
    stakes
        .expect(&account, STAKE_RENT + 3 * SOL + SOL / 2 + 7, SOL + SOL / 2)
        .await;

    stakes
        .accepts(&[stakes.delegate(&account, &stakes.vote_a)])
        .await;
    let delegated = 3 * SOL + SOL / 2 + 7;
    stakes
        .expect(&account, STAKE_RENT + delegated, delegated)
        .await;
    stakes.cluster.next_epoch().await;
    assert_eq!(
        stakes.cluster.stake_activation(&account).await.effective,
        delegated
    );
}

#[tokio::test]
async fn activating_stake_can_be_pointed_at_another_validator() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.activating("stake", 2 * SOL).await;
    stakes
        .accepts(&[stakes.delegate(&account, &stakes.vote_b)])
        .await;
    assert_eq!(
        stakes.cluster.delegation(&account).await.voter_pubkey,
        stakes.vote_b
    );
}

#[tokio::test]
async fn activating_stake_can_neither_move_nor_be_withdrawn() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let transient = stakes.activating("transient", 2 * SOL).await;
    let move_in = [stakes.move_stake(&transient, &main, 2 * SOL)];
    stakes
        .refuses(&move_in, InstructionError::InvalidAccountData)
        .await;
    let move_onto = [stakes.move_stake(&main, &transient, 2 * SOL)];
    stakes
        .refuses(&move_onto, InstructionError::InvalidAccountData)
        .await;
    let withdraw = [stakes.withdraw(&transient, 1)];
    stakes
        .refuses(&withdraw, InstructionError::InsufficientFunds)
        .await;
}

#[tokio::test]
async fn deactivating_activating_stake_frees_it_in_the_same_epoch() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.activating("stake", 2 * SOL).await;
    stakes
        .accepts(&[
            stakes.deactivate(&account),
            stakes.withdraw(&account, 2 * SOL),
        ])
        .await;
    stakes.expect(&account, STAKE_RENT, 2 * SOL).await;
}

#[tokio::test]
async fn deactivated_activating_stake_can_be_delegated_again_in_the_same_epoch() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.activating("stake", 2 * SOL).await;
    stakes
        .accepts(&[
            stakes.deactivate(&account),
            stakes.delegate(&account, &stakes.vote_b),
        ])
        .await;
    let delegation = stakes.cluster.delegation(&account).await;
    assert_eq!(delegation.voter_pubkey, stakes.vote_b);
    assert_eq!(delegation.deactivation_epoch, u64::MAX);
    stakes.cluster.next_epoch().await;
    assert_eq!(
        stakes.cluster.stake_activation(&account).await.effective,
        2 * SOL
    );
}

#[tokio::test]
async fn active_stake_cannot_be_delegated_again() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 2 * SOL).await;
    for vote in [stakes.vote_a, stakes.vote_b] {
        let delegate = [stakes.delegate(&account, &vote)];
        stakes
            .refuses(&delegate, stake_error(StakeError::TooSoonToRedelegate))
            .await;
    }
}

#[tokio::test]
async fn a_deactivation_is_taken_back_by_delegating_to_the_same_validator_in_its_epoch() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 5 * SOL).await;
    stakes.cluster.fund(&account, SOL).await;
    stakes.accepts(&[stakes.deactivate(&account)]).await;
    let elsewhere = [stakes.delegate(&account, &stakes.vote_b)];
    stakes
        .refuses(&elsewhere, stake_error(StakeError::TooSoonToRedelegate))
        .await;

    stakes
        .accepts(&[stakes.delegate(&account, &stakes.vote_a)])
        .await;
    stakes.expect(&account, STAKE_RENT + 6 * SOL, 5 * SOL).await;
    assert_eq!(
        stakes.cluster.delegation(&account).await.deactivation_epoch,
        u64::MAX
    );
    let other = stakes.initialized("other", 0).await;
    stakes
        .accepts(&[stakes.move_stake(&account, &other, SOL)])
        .await;
}

#[tokio::test]
async fn inactive_stake_with_a_stale_amount_delegates_what_it_really_has_to_any_validator() {
    let mut stakes = StakeCluster::new().await;
    let account = stakes.active("stake", 5 * SOL).await;
    stakes.accepts(&[stakes.deactivate(&account)]).await;
    stakes.cluster.next_epoch().await;
    stakes.accepts(&[stakes.withdraw(&account, 3 * SOL)]).await;
    stakes.expect(&account, STAKE_RENT + 2 * SOL, 5 * SOL).await;

    stakes
        .accepts(&[stakes.delegate(&account, &stakes.vote_b)])
        .await;
    stakes.expect(&account, STAKE_RENT + 2 * SOL, 2 * SOL).await;
    assert_eq!(
        stakes.cluster.delegation(&account).await.voter_pubkey,
        stakes.vote_b
    );
}

#[tokio::test]
async fn the_next_epoch_always_has_a_history_entry_of_the_last_one() {
    let mut stakes = StakeCluster::new().await;
    for _ in 0..5 {
        let epoch = stakes.cluster.next_epoch().await;
        assert!(
            stakes
                .cluster
                .stake_history()
                .await
                .get(epoch - 1)
                .is_some()
        );
    }
}

#[tokio::test]
async fn skipping_many_epochs_leaves_holes_in_the_history_and_stake_that_never_activates() {
    let mut stakes = StakeCluster::in_epoch_zero().await;
    let account = stakes.activating("stake", 5 * SOL).await;
    let other = stakes.initialized("other", 0).await;
    let slot = stakes.cluster.first_slot_of(15);
    stakes.cluster.jump_to_slot(slot);
    stakes.cluster.finish_rewards().await;
    assert!(stakes.cluster.stake_history().await.get(0).is_none());
    let move_some = [stakes.move_stake(&account, &other, SOL)];
    stakes
        .refuses(&move_some, InstructionError::InvalidAccountData)
        .await;
    assert!(matches!(
        stakes.cluster.stake_state(&account).await,
        StakeStateV2::Stake(..)
    ));
}

#[tokio::test]
async fn skipping_three_epochs_makes_the_stake_program_panic() {
    let mut stakes = StakeCluster::in_epoch_zero().await;
    stakes
        .cluster
        .jump_to_slot(stakes.cluster.first_slot_of(15));
    stakes.cluster.finish_rewards().await;
    stakes.cluster.next_epoch().await;
    let account = stakes.activating("stake", 5 * SOL).await;
    let other = stakes.initialized("other", 0).await;
    stakes
        .cluster
        .jump_to_slot(stakes.cluster.first_slot_of(19));
    stakes.cluster.finish_rewards().await;
    let move_some = [stakes.move_stake(&account, &other, SOL)];
    stakes
        .refuses(&move_some, InstructionError::ProgramFailedToComplete)
        .await;
}
