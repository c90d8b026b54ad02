//! Rent that changes while stake accounts live.

use sluice_tests::cluster::STAKE_ACCOUNT_BYTES;
use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_stake_interface::{error::StakeError, state::Meta};

use crate::stake_cluster::{MINIMUM_DELEGATION, SOL, STAKE_RENT, StakeCluster, stake_error};

/// Rent of a stake account after the cut to 5,080 lamports per byte.
const CUT_RENT: u64 = 1_666_240;

/// What an account made after the cut lacks once the old rent is back.
const SHORTFALL: u64 = STAKE_RENT - CUT_RENT;

async fn cut_rent(stakes: &mut StakeCluster) {
    stakes.cluster.schedule_rent(5_080).await;
    stakes.cluster.next_epoch().await;
    assert_eq!(
        stakes
            .cluster
            .rent_exempt_lamports(STAKE_ACCOUNT_BYTES)
            .await,
        CUT_RENT
    );
}

async fn raise_rent(stakes: &mut StakeCluster) {
    stakes.cluster.schedule_rent(6_960).await;
    stakes.cluster.next_epoch().await;
    assert_eq!(
        stakes
            .cluster
            .rent_exempt_lamports(STAKE_ACCOUNT_BYTES)
            .await,
        STAKE_RENT
    );
}

#[expect(deprecated, reason = "the field that must not be trusted")]
fn reserve(meta: &Meta) -> u64 {
    meta.rent_exempt_reserve
}

/// Active main of 5 SOL and an initialized transient, both made after the cut, after the rise.
async fn main_and_transient_below_rent(stakes: &mut StakeCluster) -> (Pubkey, Pubkey) {
    cut_rent(stakes).await;
    let main = stakes.activating("main", 5 * SOL).await;
    let transient = stakes.initialized("transient", 0).await;
    raise_rent(stakes).await;
    stakes.expect(&main, CUT_RENT + 5 * SOL, 5 * SOL).await;
    (main, transient)
}

#[tokio::test]
async fn a_rent_cut_frees_lamports_of_older_accounts() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    cut_rent(&mut stakes).await;
    let too_much = [stakes.withdraw(&main, SHORTFALL + 1)];
    stakes
        .refuses(&too_much, InstructionError::InsufficientFunds)
        .await;
    stakes.accepts(&[stakes.withdraw(&main, SHORTFALL)]).await;
    stakes.expect(&main, CUT_RENT + 5 * SOL, 5 * SOL).await;
}

#[tokio::test]
async fn the_reserve_in_the_meta_never_changes_and_says_nothing_of_rent() {
    let mut stakes = StakeCluster::new().await;
    let older = stakes.initialized("older", 0).await;
    cut_rent(&mut stakes).await;
    let newer = stakes.activating("newer", MINIMUM_DELEGATION).await;
    stakes
        .expect(&newer, CUT_RENT + MINIMUM_DELEGATION, MINIMUM_DELEGATION)
        .await;
    for account in [older, newer] {
        let meta = stakes
            .cluster
            .stake_state(&account)
            .await
            .meta()
            .expect("initialized");
        assert_eq!(reserve(&meta), STAKE_RENT);
    }
}

#[tokio::test]
async fn part_of_the_stake_moves_between_accounts_below_a_risen_rent() {
    let mut stakes = StakeCluster::new().await;
    let (main, transient) = main_and_transient_below_rent(&mut stakes).await;
    stakes
        .accepts(&[stakes.move_stake(&main, &transient, 2 * SOL)])
        .await;
    stakes.expect(&main, CUT_RENT + 3 * SOL, 3 * SOL).await;
    stakes.expect(&transient, CUT_RENT + 2 * SOL, 2 * SOL).await;
}

#[tokio::test]
async fn emptying_an_account_below_a_risen_rent_by_a_move_is_refused() {
    let mut stakes = StakeCluster::new().await;
    let (main, transient) = main_and_transient_below_rent(&mut stakes).await;
    stakes.cluster.fund(&transient, SHORTFALL).await;
    let move_all = [stakes.move_stake(&main, &transient, 5 * SOL)];
    stakes
        .refuses(&move_all, InstructionError::InvalidArgument)
        .await;
    stakes.cluster.fund(&main, SHORTFALL).await;
    stakes.accepts(&move_all).await;
    assert_eq!(stakes.cluster.lamports(&main).await, STAKE_RENT);
}

#[tokio::test]
async fn below_a_risen_rent_stake_deactivates_for_good_unless_it_is_topped_up() {
    let mut stakes = StakeCluster::new().await;
    let (main, _) = main_and_transient_below_rent(&mut stakes).await;
    stakes.accepts(&[stakes.deactivate(&main)]).await;
    let take_back = [stakes.delegate(&main, &stakes.vote_a)];
    stakes
        .refuses(&take_back, stake_error(StakeError::InsufficientDelegation))
        .await;
    stakes.cluster.fund(&main, SHORTFALL).await;
    stakes.accepts(&take_back).await;
    stakes.expect(&main, STAKE_RENT + 5 * SOL, 5 * SOL).await;
}

#[tokio::test]
async fn below_a_risen_rent_less_can_be_withdrawn_than_was_delegated() {
    let mut stakes = StakeCluster::new().await;
    let (main, _) = main_and_transient_below_rent(&mut stakes).await;
    stakes.accepts(&[stakes.deactivate(&main)]).await;
    stakes.cluster.next_epoch().await;
    let too_much = [stakes.withdraw(&main, 5 * SOL - SHORTFALL + 1)];
    stakes
        .refuses(&too_much, InstructionError::InsufficientFunds)
        .await;
    stakes
        .accepts(&[stakes.withdraw(&main, 5 * SOL - SHORTFALL)])
        .await;
    assert_eq!(stakes.cluster.lamports(&main).await, STAKE_RENT);
}

#[tokio::test]
async fn a_delegation_after_a_rise_leaves_the_risen_rent_out() {
    let mut stakes = StakeCluster::new().await;
    let (_, transient) = main_and_transient_below_rent(&mut stakes).await;
    stakes.cluster.fund(&transient, MINIMUM_DELEGATION).await;
    let delegate = [stakes.delegate(&transient, &stakes.vote_a)];
    stakes
        .refuses(&delegate, stake_error(StakeError::InsufficientDelegation))
        .await;
    stakes.cluster.fund(&transient, SHORTFALL).await;
    stakes.accepts(&delegate).await;
    stakes
        .expect(
            &transient,
            STAKE_RENT + MINIMUM_DELEGATION,
            MINIMUM_DELEGATION,
        )
        .await;
}

#[tokio::test]
async fn an_initialized_account_below_a_risen_rent_can_still_be_closed() {
    let mut stakes = StakeCluster::new().await;
    let (_, transient) = main_and_transient_below_rent(&mut stakes).await;
    stakes
        .accepts(&[stakes.withdraw(&transient, CUT_RENT)])
        .await;
    assert!(stakes.cluster.try_account(&transient).await.is_none());
}

#[tokio::test]
async fn a_rise_alone_leaves_delegations_as_they_are() {
    let mut stakes = StakeCluster::new().await;
    let (main, _) = main_and_transient_below_rent(&mut stakes).await;
    stakes.cluster.next_epoch().await;
    stakes.expect(&main, CUT_RENT + 5 * SOL, 5 * SOL).await;
}

#[tokio::test]
async fn after_a_rise_rewards_fill_up_rent_before_they_are_delegated() {
    let mut stakes = StakeCluster::new().await;
    let (main, _) = main_and_transient_below_rent(&mut stakes).await;
    stakes.cluster.next_epochs(2).await;
    let vote = stakes.vote_a;
    stakes.cluster.earn_credits(&vote, 100).await;
    stakes.cluster.next_epoch().await;
    let lamports = stakes.cluster.lamports(&main).await;
    assert!(lamports > CUT_RENT + 5 * SOL + SHORTFALL);
    stakes.expect(&main, lamports, lamports - STAKE_RENT).await;
}

#[tokio::test]
async fn after_a_rise_a_small_reward_lowers_the_delegation() {
    let mut stakes = StakeCluster::new().await;
    let (main, _) = main_and_transient_below_rent(&mut stakes).await;
    let (owner, vote) = (stakes.owner(), stakes.vote_a);
    stakes
        .cluster
        .inject_active_stake("the rest", &owner, 100_000 * SOL, &vote)
        .await;
    stakes.cluster.earn_credits(&vote, 100).await;
    stakes.cluster.next_epoch().await;
    let lamports = stakes.cluster.lamports(&main).await;
    let reward = lamports - CUT_RENT - 5 * SOL;
    assert!((1..SHORTFALL).contains(&reward), "{reward}");
    stakes
        .expect(&main, lamports, 5 * SOL + reward - SHORTFALL)
        .await;
}
