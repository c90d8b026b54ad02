//! Delegating: what becomes active, when, and what can be done until then.

use {
    crate::world::{MINIMUM_DELEGATION, SOL, STAKE_RENT, World, stake_error},
    solana_instruction::error::InstructionError,
    solana_sdk_ids::stake::ID as STAKE_PROGRAM,
    solana_stake_interface::{error::StakeError, instruction as stake, state::StakeStateV2},
};

#[tokio::test]
async fn the_minimum_delegation_is_one_sol_and_can_be_asked_for() {
    let mut world = World::new().await;
    let sent = world.accepts(&[stake::get_minimum_delegation()]).await;
    let expected = (STAKE_PROGRAM, MINIMUM_DELEGATION.to_le_bytes().to_vec());
    assert_eq!(sent.return_data, Some(expected));
}

#[tokio::test]
async fn one_lamport_less_than_the_minimum_above_rent_cannot_be_delegated() {
    let mut world = World::new().await;
    let account = world.initialized("stake", MINIMUM_DELEGATION - 1).await;
    let delegate = [world.delegate(&account, &world.vote_a)];
    world
        .refuses(&delegate, stake_error(StakeError::InsufficientDelegation))
        .await;

    world.cluster.fund(&account, 1).await;
    world.accepts(&delegate).await;
    world
        .expect(
            &account,
            STAKE_RENT + MINIMUM_DELEGATION,
            MINIMUM_DELEGATION,
        )
        .await;
}

#[tokio::test]
async fn stake_below_nine_percent_of_the_cluster_is_wholly_active_in_the_next_epoch() {
    let mut world = World::new().await;
    let account = world.activating("stake", 89_000 * SOL).await;
    let status = world.cluster.stake_activation(&account).await;
    assert_eq!((status.effective, status.activating), (0, 89_000 * SOL));

    world.cluster.next_epoch().await;
    let status = world.cluster.stake_activation(&account).await;
    assert_eq!((status.effective, status.activating), (89_000 * SOL, 0));
    let other = world.initialized("other", 0).await;
    world
        .accepts(&[world.move_stake(&account, &other, 89_000 * SOL)])
        .await;
}

#[tokio::test]
async fn nine_percent_of_the_cluster_activates_per_epoch_and_no_more() {
    let mut world = World::new().await;
    let whole = 200_000 * SOL;
    let account = world.activating("stake", whole).await;
    let other = world.initialized("other", 0).await;
    let move_some = [world.move_stake(&account, &other, SOL)];
    let mut effective = 0;
    for _ in 0..2 {
        let epoch = world.cluster.next_epoch().await;
        let history = world.cluster.stake_history().await;
        let entry = history.get(epoch - 1).expect("an entry for every epoch");
        assert_eq!(entry.activating, whole - effective);
        effective += entry.effective * 9 / 100;

        let status = world.cluster.stake_activation(&account).await;
        assert_eq!(
            (status.effective, status.activating),
            (effective, whole - effective)
        );
        world
            .refuses(&move_some, stake_error(StakeError::MergeTransientStake))
            .await;
    }
    world.cluster.next_epoch().await;
    assert_eq!(
        world.cluster.stake_activation(&account).await.effective,
        whole
    );
    world.accepts(&move_some).await;
}

#[tokio::test]
async fn stake_above_nine_percent_cools_down_over_several_epochs_too() {
    let mut world = World::new().await;
    let whole = 200_000 * SOL;
    let owner = world.owner();
    let vote = world.vote_a;
    let account = world
        .cluster
        .inject_active_stake("stake", &owner, whole, &vote)
        .await;
    world.accepts(&[world.deactivate(&account)]).await;
    let epoch = world.cluster.next_epoch().await;
    let history = world.cluster.stake_history().await;
    let entry = history.get(epoch - 1).expect("an entry for every epoch");
    assert_eq!(entry.deactivating, whole);
    let cooled = entry.effective * 9 / 100;

    let status = world.cluster.stake_activation(&account).await;
    assert_eq!(
        (status.effective, status.deactivating),
        (whole - cooled, whole - cooled)
    );
    let rest_and_one = world.withdraw(&account, cooled + 1);
    world
        .refuses(&[rest_and_one], InstructionError::InsufficientFunds)
        .await;
    world.accepts(&[world.withdraw(&account, cooled)]).await;
    assert_eq!(
        world.cluster.lamports(&account).await,
        STAKE_RENT + whole - cooled
    );
}

#[tokio::test]
async fn a_top_up_of_activating_stake_delegates_all_lamports_but_rent() {
    let mut world = World::new().await;
    let account = world.activating("stake", SOL + SOL / 2).await;
    world.cluster.fund(&account, 2 * SOL + 7).await;
    world
        .expect(&account, STAKE_RENT + 3 * SOL + SOL / 2 + 7, SOL + SOL / 2)
        .await;

    world
        .accepts(&[world.delegate(&account, &world.vote_a)])
        .await;
    let delegated = 3 * SOL + SOL / 2 + 7;
    world
        .expect(&account, STAKE_RENT + delegated, delegated)
        .await;
    world.cluster.next_epoch().await;
    assert_eq!(
        world.cluster.stake_activation(&account).await.effective,
        delegated
    );
}

#[tokio::test]
async fn activating_stake_can_be_pointed_at_another_validator() {
    let mut world = World::new().await;
    let account = world.activating("stake", 2 * SOL).await;
    world
        .accepts(&[world.delegate(&account, &world.vote_b)])
        .await;
    assert_eq!(
        world.cluster.delegation(&account).await.voter_pubkey,
        world.vote_b
    );
}

#[tokio::test]
async fn activating_stake_can_neither_move_nor_be_withdrawn() {
    let mut world = World::new().await;
    let main = world.active("main", 5 * SOL).await;
    let transient = world.activating("transient", 2 * SOL).await;
    let move_in = [world.move_stake(&transient, &main, 2 * SOL)];
    world
        .refuses(&move_in, InstructionError::InvalidAccountData)
        .await;
    let move_onto = [world.move_stake(&main, &transient, 2 * SOL)];
    world
        .refuses(&move_onto, InstructionError::InvalidAccountData)
        .await;
    let withdraw = [world.withdraw(&transient, 1)];
    world
        .refuses(&withdraw, InstructionError::InsufficientFunds)
        .await;
}

#[tokio::test]
async fn deactivating_activating_stake_frees_it_in_the_same_epoch() {
    let mut world = World::new().await;
    let account = world.activating("stake", 2 * SOL).await;
    world
        .accepts(&[
            world.deactivate(&account),
            world.withdraw(&account, 2 * SOL),
        ])
        .await;
    world.expect(&account, STAKE_RENT, 2 * SOL).await;
}

#[tokio::test]
async fn deactivated_activating_stake_can_be_delegated_again_in_the_same_epoch() {
    let mut world = World::new().await;
    let account = world.activating("stake", 2 * SOL).await;
    world
        .accepts(&[
            world.deactivate(&account),
            world.delegate(&account, &world.vote_b),
        ])
        .await;
    let delegation = world.cluster.delegation(&account).await;
    assert_eq!(delegation.voter_pubkey, world.vote_b);
    assert_eq!(delegation.deactivation_epoch, u64::MAX);
    world.cluster.next_epoch().await;
    assert_eq!(
        world.cluster.stake_activation(&account).await.effective,
        2 * SOL
    );
}

#[tokio::test]
async fn active_stake_cannot_be_delegated_again() {
    let mut world = World::new().await;
    let account = world.active("stake", 2 * SOL).await;
    for vote in [world.vote_a, world.vote_b] {
        let delegate = [world.delegate(&account, &vote)];
        world
            .refuses(&delegate, stake_error(StakeError::TooSoonToRedelegate))
            .await;
    }
}

#[tokio::test]
async fn a_deactivation_is_taken_back_by_delegating_to_the_same_validator_in_its_epoch() {
    let mut world = World::new().await;
    let account = world.active("stake", 5 * SOL).await;
    world.cluster.fund(&account, SOL).await;
    world.accepts(&[world.deactivate(&account)]).await;
    let elsewhere = [world.delegate(&account, &world.vote_b)];
    world
        .refuses(&elsewhere, stake_error(StakeError::TooSoonToRedelegate))
        .await;

    world
        .accepts(&[world.delegate(&account, &world.vote_a)])
        .await;
    world.expect(&account, STAKE_RENT + 6 * SOL, 5 * SOL).await;
    assert_eq!(
        world.cluster.delegation(&account).await.deactivation_epoch,
        u64::MAX
    );
    let other = world.initialized("other", 0).await;
    world
        .accepts(&[world.move_stake(&account, &other, SOL)])
        .await;
}

#[tokio::test]
async fn inactive_stake_with_a_stale_amount_delegates_what_it_really_has_to_any_validator() {
    let mut world = World::new().await;
    let account = world.active("stake", 5 * SOL).await;
    world.accepts(&[world.deactivate(&account)]).await;
    world.cluster.next_epoch().await;
    world.accepts(&[world.withdraw(&account, 3 * SOL)]).await;
    world.expect(&account, STAKE_RENT + 2 * SOL, 5 * SOL).await;

    world
        .accepts(&[world.delegate(&account, &world.vote_b)])
        .await;
    world.expect(&account, STAKE_RENT + 2 * SOL, 2 * SOL).await;
    assert_eq!(
        world.cluster.delegation(&account).await.voter_pubkey,
        world.vote_b
    );
}

#[tokio::test]
async fn the_next_epoch_always_has_a_history_entry_of_the_last_one() {
    let mut world = World::new().await;
    for _ in 0..5 {
        let epoch = world.cluster.next_epoch().await;
        assert!(world.cluster.stake_history().await.get(epoch - 1).is_some());
    }
}

#[tokio::test]
async fn skipping_many_epochs_leaves_holes_in_the_history_and_stake_that_never_activates() {
    let mut world = World::in_epoch_zero().await;
    let account = world.activating("stake", 5 * SOL).await;
    let other = world.initialized("other", 0).await;
    let slot = world.cluster.first_slot_of(15);
    world.cluster.jump_to_slot(slot);
    world.cluster.finish_rewards().await;
    assert!(world.cluster.stake_history().await.get(0).is_none());
    let move_some = [world.move_stake(&account, &other, SOL)];
    world
        .refuses(&move_some, InstructionError::InvalidAccountData)
        .await;
    assert!(matches!(
        world.cluster.stake_state(&account).await,
        StakeStateV2::Stake(..)
    ));
}

#[tokio::test]
async fn skipping_three_epochs_makes_the_stake_program_panic() {
    let mut world = World::in_epoch_zero().await;
    world.cluster.jump_to_slot(world.cluster.first_slot_of(15));
    world.cluster.finish_rewards().await;
    world.cluster.next_epoch().await;
    let account = world.activating("stake", 5 * SOL).await;
    let other = world.initialized("other", 0).await;
    world.cluster.jump_to_slot(world.cluster.first_slot_of(19));
    world.cluster.finish_rewards().await;
    let move_some = [world.move_stake(&account, &other, SOL)];
    world
        .refuses(&move_some, InstructionError::ProgramFailedToComplete)
        .await;
}
