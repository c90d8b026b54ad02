//! Merge and Split.

use sluice_tests::cluster::STAKE_ACCOUNT_BYTES;
use solana_account::Account;
use solana_instruction::{Instruction, error::InstructionError};
use solana_pubkey::Pubkey;
use solana_sdk_ids::stake::ID as STAKE_PROGRAM;
use solana_signer::Signer;
use solana_stake_interface::{
    error::StakeError,
    instruction as stake,
    state::{Authorized, StakeAuthorize, StakeStateV2},
};

use crate::stake_cluster::{SOL, STAKE_RENT, StakeCluster, stake_error};

fn merge(stakes: &StakeCluster, into: &Pubkey, from: &Pubkey) -> Instruction {
    stake::merge(into, from, &stakes.owner()).remove(0)
}

/// Split without the allocate and assign that the interface puts before it.
fn split(stakes: &StakeCluster, from: &Pubkey, lamports: u64, to: &Pubkey) -> Instruction {
    stake::split(from, &stakes.owner(), lamports, to).remove(2)
}

/// An uninitialized stake account that holds `lamports`.
fn destination(stakes: &mut StakeCluster, name: &str, lamports: u64) -> Pubkey {
    let address = stakes.cluster.address(name);
    let data = vec![0; STAKE_ACCOUNT_BYTES];
    let account = Account {
        lamports,
        data,
        owner: STAKE_PROGRAM,
        ..Account::default()
    };
    stakes.cluster.set_account(&address, account);
    address
}

#[tokio::test]
async fn merging_adds_the_delegation_and_frees_the_rest_of_the_source() {
    let mut stakes = StakeCluster::new().await;
    let (owner, vote) = (stakes.owner(), stakes.vote_a);
    let main = stakes.active("main", 5 * SOL).await;
    let source = stakes
        .cluster
        .inject_active_stake("source", &owner, 3 * SOL / 10, &vote)
        .await;
    stakes.cluster.fund(&source, 1_234).await;
    stakes.accepts(&[merge(&stakes, &main, &source)]).await;

    let delegated = 5 * SOL + 3 * SOL / 10;
    stakes
        .expect(&main, 2 * STAKE_RENT + delegated + 1_234, delegated)
        .await;
    assert!(stakes.cluster.try_account(&source).await.is_none());
    stakes
        .accepts(&[stakes.withdraw(&main, STAKE_RENT + 1_234)])
        .await;
}

#[tokio::test]
async fn active_stake_merges_with_nothing_that_is_inactive_activating_or_elsewhere() {
    let mut stakes = StakeCluster::new().await;
    let (owner, vote) = (stakes.owner(), stakes.vote_b);
    let main = stakes.active("main", 5 * SOL).await;
    let sources = [
        stakes.initialized("initialized", SOL).await,
        stakes.activating("activating", SOL).await,
        stakes
            .cluster
            .inject_active_stake("elsewhere", &owner, SOL, &vote)
            .await,
    ];
    for source in sources {
        let refused = [merge(&stakes, &main, &source)];
        stakes
            .refuses(&refused, stake_error(StakeError::MergeMismatch))
            .await;
    }
}

#[tokio::test]
async fn merging_into_activating_stake_delegates_all_lamports_of_the_source() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 2 * SOL).await;
    let source = stakes.initialized("source", SOL).await;
    stakes.accepts(&[merge(&stakes, &main, &source)]).await;
    let delegated = 3 * SOL + STAKE_RENT;
    stakes
        .expect(&main, STAKE_RENT + delegated, delegated)
        .await;
}

#[tokio::test]
async fn merging_weighs_the_credits_observed_and_rounds_them_up() {
    let mut stakes = StakeCluster::new().await;
    let (owner, vote) = (stakes.owner(), stakes.vote_a);
    let main = stakes.active("main", 5 * SOL).await;
    let source = stakes
        .cluster
        .inject_active_stake("source", &owner, SOL, &vote)
        .await;
    let observe = |state: &mut StakeStateV2| {
        let StakeStateV2::Stake(_, stake, _) = state else {
            panic!("delegated")
        };
        stake.credits_observed = 1_000;
    };
    stakes.cluster.change_stake(&source, observe).await;
    stakes.accepts(&[merge(&stakes, &main, &source)]).await;
    let state = stakes.cluster.stake_state(&main).await;
    assert_eq!(state.stake().map(|stake| stake.credits_observed), Some(167));
}

#[tokio::test]
async fn only_the_staker_of_both_accounts_merges_them() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.activating("main", 5 * SOL).await;
    let stranger = stakes.cluster.funded("stranger", SOL).await;
    let vote = stakes.vote_a;
    let gift = stakes
        .cluster
        .create_delegated_stake("gift", &stranger, SOL, &vote)
        .await;
    stakes.cluster.next_epoch().await;
    let merge = stake::merge(&main, &gift, &stranger.pubkey()).remove(0);
    let failure = stakes.cluster.must_fail(&[merge], &[&stranger]).await;
    assert_eq!(
        failure.instruction_error(),
        Some(&InstructionError::MissingRequiredSignature)
    );
}

#[tokio::test]
async fn both_sides_of_a_split_need_the_minimum_delegation() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let to = destination(&mut stakes, "to", STAKE_RENT);
    for lamports in [SOL - 1, 4 * SOL + 1] {
        let refused = [split(&stakes, &main, lamports, &to)];
        stakes
            .refuses(&refused, stake_error(StakeError::InsufficientDelegation))
            .await;
    }
    stakes.accepts(&[split(&stakes, &main, SOL, &to)]).await;
    stakes.expect(&main, STAKE_RENT + 4 * SOL, 4 * SOL).await;
    stakes.expect(&to, STAKE_RENT + SOL, SOL).await;
    assert_eq!(stakes.cluster.stake_activation(&to).await.effective, SOL);
}

#[tokio::test]
async fn a_split_needs_a_destination_that_already_holds_its_rent() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let to = destination(&mut stakes, "to", STAKE_RENT - 1);
    let refused = [split(&stakes, &main, SOL, &to)];
    stakes
        .refuses(&refused, InstructionError::InsufficientFunds)
        .await;
}

#[tokio::test]
async fn a_split_takes_delegation_only_and_leaves_free_lamports_behind() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    stakes.cluster.fund(&main, 777).await;
    let to = destination(&mut stakes, "to", STAKE_RENT);
    stakes.accepts(&[split(&stakes, &main, 2 * SOL, &to)]).await;
    stakes
        .expect(&main, STAKE_RENT + 3 * SOL + 777, 3 * SOL)
        .await;
    stakes.expect(&to, STAKE_RENT + 2 * SOL, 2 * SOL).await;
}

#[tokio::test]
async fn splitting_all_lamports_off_closes_the_source() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let to = destination(&mut stakes, "to", STAKE_RENT);
    stakes
        .accepts(&[split(&stakes, &main, STAKE_RENT + 5 * SOL, &to)])
        .await;
    assert!(stakes.cluster.try_account(&main).await.is_none());
    stakes.expect(&to, 2 * STAKE_RENT + 5 * SOL, 5 * SOL).await;
}

#[tokio::test]
async fn a_split_off_account_is_handed_over_in_the_same_transaction() {
    let mut stakes = StakeCluster::new().await;
    let main = stakes.active("main", 5 * SOL).await;
    let to = destination(&mut stakes, "to", STAKE_RENT);
    let (owner, heir) = (stakes.owner(), stakes.cluster.keypair("heir").pubkey());
    stakes
        .accepts(&[
            split(&stakes, &main, 2 * SOL, &to),
            stake::authorize(&to, &owner, &heir, StakeAuthorize::Staker, None),
            stake::authorize(&to, &owner, &heir, StakeAuthorize::Withdrawer, None),
        ])
        .await;
    let meta = stakes
        .cluster
        .stake_state(&to)
        .await
        .meta()
        .expect("delegated");
    assert_eq!(meta.authorized, Authorized::auto(&heir));
}
