//! MoveStake and MoveLamports between two accounts of the same authorities.

use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::{
    error::StakeError,
    instruction as stake,
    state::{StakeAuthorize, StakeStateV2},
};

use crate::stake_cluster::{MINIMUM_DELEGATION, SOL, STAKE_RENT, StakeCluster, stake_error};

/// Active main of 5 SOL and active transient of 3.5 SOL with 7 stray lamports.
async fn main_and_activated_transient(stakes: &mut StakeCluster) -> (Pubkey, Pubkey) {
    let main = stakes.activating("main", 5 * SOL).await;
    let transient = stakes.active("transient", 3 * SOL + SOL / 2).await;
    stakes.cluster.fund(&transient, 7).await;
    (main, transient)
}

#[tokio::test]
async fn an_activated_transient_moves_into_main_whole_and_keeps_rent_and_stray_lamports() {
    let mut stakes = StakeCluster::new().await;
    let (main, transient) = main_and_activated_transient(&mut stakes).await;
    stakes
        .accepts(&[stakes.move_stake(&transient, &main, 3 * SOL + SOL / 2)])
        .await;
    stakes
        .expect(&main, STAKE_RENT + 8 * SOL + SOL / 2, 8 * SOL + SOL / 2)
        .await;
    assert_eq!(stakes.cluster.lamports(&transient).await, STAKE_RENT + 7);
    let state = stakes.cluster.stake_state(&transient).await;
    assert!(matches!(state, StakeStateV2::Initialized(_)), "{state:?}");
}

#[tokio::test]
async fn not_a_lamport_more_than_the_delegation_can_move() {
    let mut stakes = StakeCluster::new().await;
    let (main, transient) = main_and_activated_transient(&mut stakes).await;
    let too_much = [stakes.move_stake(&transient, &main, 3 * SOL + SOL / 2 + 1)];
    stakes
        .refuses(&too_much, InstructionError::InvalidArgument)
        .await;
    let nothing = [stakes.move_stake(&transient, &main, 0)];
    stakes
        .refuses(&nothing, InstructionError::InvalidArgument)
        .await;
}

#[tokio::test]
async fn a_move_leaves_nothing_or_the_minimum_delegation() {
    let mut stakes = StakeCluster::new().await;
    let (main, transient) = main_and_activated_transient(&mut stakes).await;
    let leaves_too_little = 2 * SOL + SOL / 2 + 1;
    let refused = [stakes.move_stake(&transient, &main, leaves_too_little)];
    stakes
        .refuses(&refused, InstructionError::InvalidArgument)
        .await;
    stakes
        .accepts(&[stakes.move_stake(&transient, &main, leaves_too_little - 1)])
        .await;
    stakes
        .expect(
            &transient,
            STAKE_RENT + MINIMUM_DELEGATION + 7,
            MINIMUM_DELEGATION,
        )
        .await;
}

#[tokio::test]
async fn between_active_accounts_one_lamport_can_move() {
    let mut stakes = StakeCluster::new().await;
    let (main, transient) = main_and_activated_transient(&mut stakes).await;
    stakes
        .accepts(&[stakes.move_stake(&transient, &main, 1)])
        .await;
    stakes
        .expect(&main, STAKE_RENT + 5 * SOL + 1, 5 * SOL + 1)
        .await;
}

#[tokio::test]
async fn an_emptied_transient_can_be_delegated_again_in_the_same_epoch() {
    let mut stakes = StakeCluster::new().await;
    let (main, transient) = main_and_activated_transient(&mut stakes).await;
    stakes
        .accepts(&[stakes.move_stake(&transient, &main, 3 * SOL + SOL / 2)])
        .await;
    stakes.cluster.fund(&transient, 2 * SOL).await;
    stakes
        .accepts(&[stakes.delegate(&transient, &stakes.vote_a)])
        .await;
    stakes
        .expect(&transient, STAKE_RENT + 2 * SOL + 7, 2 * SOL + 7)
        .await;
}

#[tokio::test]
async fn stake_moved_into_an_initialized_account_is_active_at_once() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let transient = stakes.initialized("transient", 0).await;
    let too_little = [stakes.move_stake(&main, &transient, MINIMUM_DELEGATION - 1)];
    stakes
        .refuses(&too_little, InstructionError::InvalidArgument)
        .await;
    stakes
        .accepts(&[stakes.move_stake(&main, &transient, 2 * SOL)])
        .await;

    stakes.expect(&main, STAKE_RENT + 3 * SOL, 3 * SOL).await;
    stakes
        .expect(&transient, STAKE_RENT + 2 * SOL, 2 * SOL)
        .await;
    assert_eq!(
        stakes.cluster.stake_activation(&transient).await.effective,
        2 * SOL
    );
    let (from, to) = (
        stakes.cluster.delegation(&main).await,
        stakes.cluster.delegation(&transient).await,
    );
    assert_eq!(from.activation_epoch, to.activation_epoch);

    stakes
        .accepts(&[stakes.move_stake(&main, &transient, SOL / 4)])
        .await;
    stakes
        .expect(
            &transient,
            STAKE_RENT + 2 * SOL + SOL / 4,
            2 * SOL + SOL / 4,
        )
        .await;
}

#[tokio::test]
async fn stake_moves_out_of_main_and_starts_to_leave_in_one_transaction() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let transient = stakes.initialized("transient", 0).await;
    let undelegate = [
        stakes.move_stake(&main, &transient, 2 * SOL),
        stakes.deactivate(&transient),
    ];
    stakes.accepts(&undelegate).await;
    let status = stakes.cluster.stake_activation(&transient).await;
    assert_eq!((status.effective, status.deactivating), (2 * SOL, 2 * SOL));
    assert_eq!(
        stakes.cluster.stake_activation(&main).await.effective,
        3 * SOL
    );

    stakes.cluster.next_epoch().await;
    stakes
        .accepts(&[stakes.withdraw(&transient, 2 * SOL)])
        .await;
    stakes.expect(&main, STAKE_RENT + 3 * SOL, 3 * SOL).await;
}

#[tokio::test]
async fn stake_moves_into_an_inactive_transient_whose_delegation_is_stale() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let transient = stakes.initialized("transient", 0).await;
    let undelegate = [
        stakes.move_stake(&main, &transient, 2 * SOL),
        stakes.deactivate(&transient),
    ];
    stakes.accepts(&undelegate).await;
    stakes.cluster.next_epoch().await;
    stakes
        .accepts(&[stakes.withdraw(&transient, 2 * SOL)])
        .await;
    stakes.expect(&transient, STAKE_RENT, 2 * SOL).await;

    let undelegate = [
        stakes.move_stake(&main, &transient, SOL),
        stakes.deactivate(&transient),
    ];
    stakes.accepts(&undelegate).await;
    stakes.expect(&transient, STAKE_RENT + SOL, SOL).await;
    let epoch = stakes.cluster.epoch().await;
    assert_eq!(
        stakes
            .cluster
            .delegation(&transient)
            .await
            .deactivation_epoch,
        epoch
    );
}

#[tokio::test]
async fn stake_moved_into_an_inactive_transient_does_not_touch_its_lamports() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 5 * SOL).await;
    let transient = stakes.active("transient", 2 * SOL).await;
    stakes.accepts(&[stakes.deactivate(&transient)]).await;
    stakes.cluster.next_epoch().await;
    stakes
        .accepts(&[stakes.move_stake(&main, &transient, SOL)])
        .await;
    stakes.expect(&transient, STAKE_RENT + 3 * SOL, SOL).await;
    stakes
        .accepts(&[stakes.withdraw(&transient, 2 * SOL)])
        .await;
}

#[tokio::test]
async fn moving_all_of_main_leaves_it_initialized_and_reusable() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let other = stakes.initialized("other", 0).await;
    stakes
        .accepts(&[stakes.move_stake(&main, &other, 5 * SOL)])
        .await;
    assert_eq!(stakes.cluster.lamports(&main).await, STAKE_RENT);
    let state = stakes.cluster.stake_state(&main).await;
    assert!(matches!(state, StakeStateV2::Initialized(_)), "{state:?}");
    stakes
        .accepts(&[stakes.move_stake(&other, &main, SOL)])
        .await;
    stakes.expect(&main, STAKE_RENT + SOL, SOL).await;
}

#[tokio::test]
async fn stake_moves_only_between_accounts_of_the_same_validator_and_authorities() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 5 * SOL).await;
    let (authority, vote) = (stakes.authority.insecure_clone(), stakes.vote_b);
    let elsewhere = stakes
        .cluster
        .create_delegated_stake("elsewhere", &authority, 2 * SOL, &vote)
        .await;
    stakes.cluster.next_epoch().await;
    let to_other_validator = [stakes.move_stake(&main, &elsewhere, SOL)];
    let error = stake_error(StakeError::VoteAddressMismatch);
    stakes.refuses(&to_other_validator, error).await;

    let foreign = stakes.initialized("foreign", 0).await;
    let stranger = stakes.cluster.keypair("stranger").pubkey();
    let hand_over = stake::authorize(
        &foreign,
        &stakes.owner(),
        &stranger,
        StakeAuthorize::Staker,
        None,
    );
    stakes.accepts(&[hand_over]).await;
    let to_stranger = [stakes.move_stake(&main, &foreign, SOL)];
    stakes
        .refuses(&to_stranger, stake_error(StakeError::MergeMismatch))
        .await;
    let to_stranger = [stakes.move_lamports(&main, &foreign, 1)];
    stakes
        .refuses(&to_stranger, stake_error(StakeError::MergeMismatch))
        .await;
}

#[tokio::test]
async fn move_lamports_moves_free_lamports_and_not_one_more() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let activating = stakes.activating("activating", 2 * SOL).await;
    stakes.cluster.fund(&main, 1_000).await;
    let too_much = [stakes.move_lamports(&main, &activating, 1_001)];
    stakes
        .refuses(&too_much, InstructionError::InvalidArgument)
        .await;
    stakes
        .accepts(&[stakes.move_lamports(&main, &activating, 1_000)])
        .await;
    stakes.expect(&main, STAKE_RENT + 5 * SOL, 5 * SOL).await;
    stakes
        .expect(&activating, STAKE_RENT + 2 * SOL + 1_000, 2 * SOL)
        .await;
}
