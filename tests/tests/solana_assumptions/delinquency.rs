//! DeactivateDelinquent: anybody can deactivate stake on a validator that does not vote.

use {
    crate::world::{SOL, STAKE_RENT, World, stake_error},
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
    solana_stake_interface::{error::StakeError, instruction::deactivate_delinquent_stake},
};

/// Needs no signature but the fee payer's.
fn deactivate_delinquent(world: &World, account: &Pubkey) -> Instruction {
    deactivate_delinquent_stake(account, &world.vote_a, &world.vote_b)
}

/// Validator b votes in this epoch and the next four; returns in the last of them.
async fn reference_votes_for_five_epochs(world: &mut World) {
    let vote = world.vote_b;
    for epoch in 0..5 {
        if epoch > 0 {
            world.cluster.next_epoch().await;
        }
        world.cluster.earn_credits(&vote, 100).await;
    }
}

#[tokio::test]
async fn a_stranger_deactivates_stake_of_a_validator_silent_for_five_epochs() {
    let mut world = World::new().await;
    let (main, vote) = (world.active("main", 5 * SOL).await, world.vote_a);
    world.cluster.earn_credits(&vote, 100).await;
    reference_votes_for_five_epochs(&mut world).await;
    let deactivate = [deactivate_delinquent(&world, &main)];
    let too_early = StakeError::MinimumDelinquentEpochsForDeactivationNotMet;
    world.refuses(&deactivate, stake_error(too_early)).await;

    let reference = world.vote_b;
    let epoch = world.cluster.next_epoch().await;
    world.cluster.earn_credits(&reference, 100).await;
    world.cluster.must_send(&deactivate, &[]).await;
    assert_eq!(
        world.cluster.delegation(&main).await.deactivation_epoch,
        epoch
    );
    let one = [world.withdraw(&main, 1)];
    world
        .refuses(
            &one,
            solana_instruction::error::InstructionError::InsufficientFunds,
        )
        .await;

    world.cluster.next_epoch().await;
    let all = world.cluster.lamports(&main).await - STAKE_RENT;
    assert!(all >= 5 * SOL);
    world.accepts(&[world.withdraw(&main, all)]).await;
    assert_eq!(world.cluster.lamports(&main).await, STAKE_RENT);
}

#[tokio::test]
async fn a_validator_that_never_voted_is_delinquent_at_once() {
    let mut world = World::new().await;
    reference_votes_for_five_epochs(&mut world).await;
    let main = world.activating("main", 5 * SOL).await;
    world
        .cluster
        .must_send(&[deactivate_delinquent(&world, &main)], &[])
        .await;
    let epoch = world.cluster.epoch().await;
    assert_eq!(
        world.cluster.delegation(&main).await.deactivation_epoch,
        epoch
    );
    world.accepts(&[world.withdraw(&main, 5 * SOL)]).await;
}

#[tokio::test]
async fn a_reference_that_missed_an_epoch_proves_nothing() {
    let mut world = World::new().await;
    let main = world.activating("main", 5 * SOL).await;
    reference_votes_for_five_epochs(&mut world).await;
    world.cluster.next_epoch().await;
    let deactivate = [deactivate_delinquent(&world, &main)];
    world
        .refuses(
            &deactivate,
            stake_error(StakeError::InsufficientReferenceVotes),
        )
        .await;
}
