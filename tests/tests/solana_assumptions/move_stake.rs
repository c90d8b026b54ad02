//! MoveStake and MoveLamports between two accounts of the same authorities.

use {
    crate::world::{MINIMUM_DELEGATION, SOL, STAKE_RENT, World, stake_error},
    solana_instruction::error::InstructionError,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    solana_stake_interface::{
        error::StakeError,
        instruction as stake,
        state::{StakeAuthorize, StakeStateV2},
    },
};

/// Active main of 5 SOL and active transient of 3.5 SOL with 7 stray lamports.
async fn main_and_activated_transient(world: &mut World) -> (Pubkey, Pubkey) {
    let main = world.activating("main", 5 * SOL).await;
    let transient = world.active("transient", 3 * SOL + SOL / 2).await;
    world.cluster.fund(&transient, 7).await;
    (main, transient)
}

#[tokio::test]
async fn an_activated_transient_moves_into_main_whole_and_keeps_rent_and_stray_lamports() {
    let mut world = World::new().await;
    let (main, transient) = main_and_activated_transient(&mut world).await;
    world
        .accepts(&[world.move_stake(&transient, &main, 3 * SOL + SOL / 2)])
        .await;
    world
        .expect(&main, STAKE_RENT + 8 * SOL + SOL / 2, 8 * SOL + SOL / 2)
        .await;
    assert_eq!(world.cluster.lamports(&transient).await, STAKE_RENT + 7);
    let state = world.cluster.stake_state(&transient).await;
    assert!(matches!(state, StakeStateV2::Initialized(_)), "{state:?}");
}

#[tokio::test]
async fn not_a_lamport_more_than_the_delegation_can_move() {
    let mut world = World::new().await;
    let (main, transient) = main_and_activated_transient(&mut world).await;
    let too_much = [world.move_stake(&transient, &main, 3 * SOL + SOL / 2 + 1)];
    world
        .refuses(&too_much, InstructionError::InvalidArgument)
        .await;
    let nothing = [world.move_stake(&transient, &main, 0)];
    world
        .refuses(&nothing, InstructionError::InvalidArgument)
        .await;
}

#[tokio::test]
async fn a_move_leaves_nothing_or_the_minimum_delegation() {
    let mut world = World::new().await;
    let (main, transient) = main_and_activated_transient(&mut world).await;
    let leaves_too_little = 2 * SOL + SOL / 2 + 1;
    let refused = [world.move_stake(&transient, &main, leaves_too_little)];
    world
        .refuses(&refused, InstructionError::InvalidArgument)
        .await;
    world
        .accepts(&[world.move_stake(&transient, &main, leaves_too_little - 1)])
        .await;
    world
        .expect(
            &transient,
            STAKE_RENT + MINIMUM_DELEGATION + 7,
            MINIMUM_DELEGATION,
        )
        .await;
}

#[tokio::test]
async fn between_active_accounts_one_lamport_can_move() {
    let mut world = World::new().await;
    let (main, transient) = main_and_activated_transient(&mut world).await;
    world
        .accepts(&[world.move_stake(&transient, &main, 1)])
        .await;
    world
        .expect(&main, STAKE_RENT + 5 * SOL + 1, 5 * SOL + 1)
        .await;
}

#[tokio::test]
async fn an_emptied_transient_can_be_delegated_again_in_the_same_epoch() {
    let mut world = World::new().await;
    let (main, transient) = main_and_activated_transient(&mut world).await;
    world
        .accepts(&[world.move_stake(&transient, &main, 3 * SOL + SOL / 2)])
        .await;
    world.cluster.fund(&transient, 2 * SOL).await;
    world
        .accepts(&[world.delegate(&transient, &world.vote_a)])
        .await;
    world
        .expect(&transient, STAKE_RENT + 2 * SOL + 7, 2 * SOL + 7)
        .await;
}

#[tokio::test]
async fn stake_moved_into_an_initialized_account_is_active_at_once() {
    let mut world = World::new().await;
    let main = world.active("main", 5 * SOL).await;
    let transient = world.initialized("transient", 0).await;
    let too_little = [world.move_stake(&main, &transient, MINIMUM_DELEGATION - 1)];
    world
        .refuses(&too_little, InstructionError::InvalidArgument)
        .await;
    world
        .accepts(&[world.move_stake(&main, &transient, 2 * SOL)])
        .await;

    world.expect(&main, STAKE_RENT + 3 * SOL, 3 * SOL).await;
    world
        .expect(&transient, STAKE_RENT + 2 * SOL, 2 * SOL)
        .await;
    assert_eq!(
        world.cluster.stake_activation(&transient).await.effective,
        2 * SOL
    );
    let (from, to) = (
        world.cluster.delegation(&main).await,
        world.cluster.delegation(&transient).await,
    );
    assert_eq!(from.activation_epoch, to.activation_epoch);

    world
        .accepts(&[world.move_stake(&main, &transient, SOL / 4)])
        .await;
    world
        .expect(
            &transient,
            STAKE_RENT + 2 * SOL + SOL / 4,
            2 * SOL + SOL / 4,
        )
        .await;
}

#[tokio::test]
async fn stake_moves_out_of_main_and_starts_to_leave_in_one_transaction() {
    let mut world = World::new().await;
    let main = world.active("main", 5 * SOL).await;
    let transient = world.initialized("transient", 0).await;
    let undelegate = [
        world.move_stake(&main, &transient, 2 * SOL),
        world.deactivate(&transient),
    ];
    world.accepts(&undelegate).await;
    let status = world.cluster.stake_activation(&transient).await;
    assert_eq!((status.effective, status.deactivating), (2 * SOL, 2 * SOL));
    assert_eq!(
        world.cluster.stake_activation(&main).await.effective,
        3 * SOL
    );

    world.cluster.next_epoch().await;
    world.accepts(&[world.withdraw(&transient, 2 * SOL)]).await;
    world.expect(&main, STAKE_RENT + 3 * SOL, 3 * SOL).await;
}

#[tokio::test]
async fn stake_moves_into_an_inactive_transient_whose_delegation_is_stale() {
    let mut world = World::new().await;
    let main = world.active("main", 5 * SOL).await;
    let transient = world.initialized("transient", 0).await;
    let undelegate = [
        world.move_stake(&main, &transient, 2 * SOL),
        world.deactivate(&transient),
    ];
    world.accepts(&undelegate).await;
    world.cluster.next_epoch().await;
    world.accepts(&[world.withdraw(&transient, 2 * SOL)]).await;
    world.expect(&transient, STAKE_RENT, 2 * SOL).await;

    let undelegate = [
        world.move_stake(&main, &transient, SOL),
        world.deactivate(&transient),
    ];
    world.accepts(&undelegate).await;
    world.expect(&transient, STAKE_RENT + SOL, SOL).await;
    let epoch = world.cluster.epoch().await;
    assert_eq!(
        world
            .cluster
            .delegation(&transient)
            .await
            .deactivation_epoch,
        epoch
    );
}

#[tokio::test]
async fn stake_moved_into_an_inactive_transient_does_not_touch_its_lamports() {
    let mut world = World::new().await;
    let main = world.activating("main", 5 * SOL).await;
    let transient = world.active("transient", 2 * SOL).await;
    world.accepts(&[world.deactivate(&transient)]).await;
    world.cluster.next_epoch().await;
    world
        .accepts(&[world.move_stake(&main, &transient, SOL)])
        .await;
    world.expect(&transient, STAKE_RENT + 3 * SOL, SOL).await;
    world.accepts(&[world.withdraw(&transient, 2 * SOL)]).await;
}

#[tokio::test]
async fn moving_all_of_main_leaves_it_initialized_and_reusable() {
    let mut world = World::new().await;
    let main = world.active("main", 5 * SOL).await;
    let other = world.initialized("other", 0).await;
    world
        .accepts(&[world.move_stake(&main, &other, 5 * SOL)])
        .await;
    assert_eq!(world.cluster.lamports(&main).await, STAKE_RENT);
    let state = world.cluster.stake_state(&main).await;
    assert!(matches!(state, StakeStateV2::Initialized(_)), "{state:?}");
    world.accepts(&[world.move_stake(&other, &main, SOL)]).await;
    world.expect(&main, STAKE_RENT + SOL, SOL).await;
}

#[tokio::test]
async fn stake_moves_only_between_accounts_of_the_same_validator_and_authorities() {
    let mut world = World::new().await;
    let main = world.activating("main", 5 * SOL).await;
    let (authority, vote) = (world.authority.insecure_clone(), world.vote_b);
    let elsewhere = world
        .cluster
        .create_delegated_stake("elsewhere", &authority, 2 * SOL, &vote)
        .await;
    world.cluster.next_epoch().await;
    let to_other_validator = [world.move_stake(&main, &elsewhere, SOL)];
    let error = stake_error(StakeError::VoteAddressMismatch);
    world.refuses(&to_other_validator, error).await;

    let foreign = world.initialized("foreign", 0).await;
    let stranger = world.cluster.keypair("stranger").pubkey();
    let hand_over = stake::authorize(
        &foreign,
        &world.owner(),
        &stranger,
        StakeAuthorize::Staker,
        None,
    );
    world.accepts(&[hand_over]).await;
    let to_stranger = [world.move_stake(&main, &foreign, SOL)];
    world
        .refuses(&to_stranger, stake_error(StakeError::MergeMismatch))
        .await;
    let to_stranger = [world.move_lamports(&main, &foreign, 1)];
    world
        .refuses(&to_stranger, stake_error(StakeError::MergeMismatch))
        .await;
}

#[tokio::test]
async fn move_lamports_moves_free_lamports_and_not_one_more() {
    let mut world = World::new().await;
    let main = world.active("main", 5 * SOL).await;
    let activating = world.activating("activating", 2 * SOL).await;
    world.cluster.fund(&main, 1_000).await;
    let too_much = [world.move_lamports(&main, &activating, 1_001)];
    world
        .refuses(&too_much, InstructionError::InvalidArgument)
        .await;
    world
        .accepts(&[world.move_lamports(&main, &activating, 1_000)])
        .await;
    world.expect(&main, STAKE_RENT + 5 * SOL, 5 * SOL).await;
    world
        .expect(&activating, STAKE_RENT + 2 * SOL + 1_000, 2 * SOL)
        .await;
}
