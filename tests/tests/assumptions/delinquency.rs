//! DeactivateDelinquent: anybody can deactivate stake on a validator that does not vote.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_stake_interface::{error::StakeError, instruction::deactivate_delinquent_stake};

use crate::stake_cluster::{SOL, STAKE_RENT, StakeCluster, stake_error};

/// Needs no signature but the fee payer's.
fn deactivate_delinquent(stakes: &StakeCluster, account: &Pubkey) -> Instruction {
    deactivate_delinquent_stake(account, &stakes.vote_a, &stakes.vote_b)
}

/// Validator b votes in this epoch and the next four; returns in the last of them.
async fn reference_votes_for_five_epochs(stakes: &mut StakeCluster) {
    let vote = stakes.vote_b;
    for epoch in 0..5 {
        if epoch > 0 {
            stakes.cluster.next_epoch().await;
        }
        stakes.cluster.earn_credits(&vote, 100).await;
    }
}

#[tokio::test]
async fn a_stranger_deactivates_stake_of_a_validator_silent_for_five_epochs() {
    let mut stakes = StakeCluster::new().await;
    let (main, vote) = (stakes.active("main", 5 * SOL).await, stakes.vote_a);
    stakes.cluster.earn_credits(&vote, 100).await;
    reference_votes_for_five_epochs(&mut stakes).await;
    let deactivate = [deactivate_delinquent(&stakes, &main)];
    let too_early = StakeError::MinimumDelinquentEpochsForDeactivationNotMet;
    stakes.refuses(&deactivate, stake_error(too_early)).await;

    let reference = stakes.vote_b;
    let epoch = stakes.cluster.next_epoch().await;
    stakes.cluster.earn_credits(&reference, 100).await;
    stakes.cluster.must_send(&deactivate, &[]).await;
    assert_eq!(
        stakes.cluster.delegation(&main).await.deactivation_epoch,
        epoch
    );
    let one = [stakes.withdraw(&main, 1)];
    stakes
        .refuses(
            &one,
            solana_instruction::error::InstructionError::InsufficientFunds,
        )
        .await;

    stakes.cluster.next_epoch().await;
    let all = stakes.cluster.lamports(&main).await - STAKE_RENT;
    assert!(all >= 5 * SOL);
    stakes.accepts(&[stakes.withdraw(&main, all)]).await;
    assert_eq!(stakes.cluster.lamports(&main).await, STAKE_RENT);
}

#[tokio::test]
async fn a_validator_that_never_voted_is_delinquent_at_once() {
    let mut stakes = StakeCluster::new().await;
    reference_votes_for_five_epochs(&mut stakes).await;
    let main = stakes.activating("main", 5 * SOL).await;
    stakes
        .cluster
        .must_send(&[deactivate_delinquent(&stakes, &main)], &[])
        .await;
    let epoch = stakes.cluster.epoch().await;
    assert_eq!(
        stakes.cluster.delegation(&main).await.deactivation_epoch,
        epoch
    );
    stakes.accepts(&[stakes.withdraw(&main, 5 * SOL)]).await;
}

#[tokio::test]
async fn a_reference_that_missed_an_epoch_proves_nothing() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 5 * SOL).await;
    reference_votes_for_five_epochs(&mut stakes).await;
    stakes.cluster.next_epoch().await;
    let deactivate = [deactivate_delinquent(&stakes, &main)];
    stakes
        .refuses(
            &deactivate,
            stake_error(StakeError::InsufficientReferenceVotes),
        )
        .await;
}
