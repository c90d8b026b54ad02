//! The bytes of vote accounts that a program reads without decoding the whole account.

use sluice_tests::cluster::{VOTE_ACCOUNT_BYTES, VoteAccount, VoteVersion};
use solana_pubkey::Pubkey;
use solana_sdk_ids::vote::ID as VOTE_PROGRAM;
use solana_signer::Signer;
use solana_vote_interface::{
    authorized_voters::AuthorizedVoters,
    instruction::{CreateVoteAccountConfig, create_account_with_config},
    state::{VoteInit, VoteStateVersions},
};

use crate::stake_cluster::{SOL, StakeCluster};

const TAG_V3: u32 = 2;
const TAG_V4: u32 = 3;

const V3_COMMISSION_PERCENT: usize = 68;

const V4_NODE: usize = 4;
const V4_WITHDRAWER: usize = 36;
const V4_INFLATION_COLLECTOR: usize = 68;
const V4_BLOCK_REVENUE_COLLECTOR: usize = 100;
const V4_INFLATION_COMMISSION_BPS: usize = 132;
const V4_BLOCK_REVENUE_COMMISSION_BPS: usize = 134;
const V4_PENDING_DELEGATOR_REWARDS: usize = 136;
const V4_BLS_KEY_TAG: usize = 144;
const BLS_KEY_BYTES: usize = 48;

fn array<const N: usize>(data: &[u8], offset: usize) -> [u8; N] {
    data[offset..offset + N].try_into().expect("N bytes")
}

fn pubkey(data: &[u8], offset: usize) -> Pubkey {
    Pubkey::new_from_array(array(data, offset))
}

fn number(data: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(array(data, offset))
}

/// Walks a V4 account up to its epoch credits: offset of their count.
fn v4_epoch_credits(data: &[u8]) -> usize {
    let mut offset = V4_BLS_KEY_TAG + 1 + usize::from(data[V4_BLS_KEY_TAG]) * BLS_KEY_BYTES;
    offset += 8 + 13 * number(data, offset) as usize;
    offset += 1 + 8 * usize::from(data[offset]);
    offset + 8 + 40 * number(data, offset) as usize
}

/// Makes a vote account with the vote program; returns its address and its validator's.
async fn create_with_the_vote_program(
    stakes: &mut StakeCluster,
    commission: u8,
) -> (Pubkey, Pubkey) {
    let node = stakes.cluster.funded("node", SOL).await;
    let (vote, payer) = (
        stakes.cluster.keypair("vote"),
        stakes.cluster.payer().pubkey(),
    );
    let init = VoteInit {
        node_pubkey: node.pubkey(),
        authorized_voter: node.pubkey(),
        authorized_withdrawer: stakes.owner(),
        commission,
    };
    let rent = stakes
        .cluster
        .rent_exempt_lamports(VOTE_ACCOUNT_BYTES)
        .await;
    let space = VOTE_ACCOUNT_BYTES as u64;
    let config = CreateVoteAccountConfig {
        space,
        ..CreateVoteAccountConfig::default()
    };
    let create = create_account_with_config(&payer, &vote.pubkey(), &init, rent, config);
    stakes.cluster.must_send(&create, &[&vote, &node]).await;
    (vote.pubkey(), node.pubkey())
}

#[tokio::test]
async fn the_vote_program_writes_version_four_with_the_commissions_at_fixed_offsets() {
    let mut stakes = StakeCluster::new().await;
    let (vote, node) = create_with_the_vote_program(&mut stakes, 10).await;
    let account = stakes.cluster.account(&vote).await;
    let data = &account.data;
    assert_eq!(
        (account.owner, data.len()),
        (VOTE_PROGRAM, VOTE_ACCOUNT_BYTES)
    );
    assert_eq!(u32::from_le_bytes(array(data, 0)), TAG_V4);
    assert_eq!(pubkey(data, V4_NODE), node);
    assert_eq!(pubkey(data, V4_WITHDRAWER), stakes.owner());
    assert_eq!(pubkey(data, V4_INFLATION_COLLECTOR), vote);
    assert_eq!(pubkey(data, V4_BLOCK_REVENUE_COLLECTOR), node);
    assert_eq!(
        u16::from_le_bytes(array(data, V4_INFLATION_COMMISSION_BPS)),
        1_000
    );
    assert_eq!(
        u16::from_le_bytes(array(data, V4_BLOCK_REVENUE_COMMISSION_BPS)),
        10_000
    );
    assert_eq!(number(data, V4_PENDING_DELEGATOR_REWARDS), 0);
    assert_eq!(data[V4_BLS_KEY_TAG], 0);
    assert_eq!(v4_epoch_credits(data), 202);
    assert_eq!(number(data, 202), 0);
}

#[tokio::test]
async fn epoch_credits_of_version_four_follow_three_lists_of_varying_length() {
    let mut stakes = StakeCluster::new().await;
    let vote = stakes.vote_a;
    stakes.cluster.earn_credits(&vote, 7).await;
    stakes.cluster.next_epoch().await;
    stakes.cluster.earn_credits(&vote, 5).await;
    let data = stakes.cluster.account(&vote).await.data;
    assert_eq!(data[V4_BLS_KEY_TAG], 1);
    let offset = v4_epoch_credits(&data);
    assert_eq!(offset, 202 + BLS_KEY_BYTES);
    let entries: Vec<_> = (0..7)
        .map(|index| number(&data, offset + 8 * index))
        .collect();
    assert_eq!(entries, [2, 1, 7, 0, 2, 12, 7]);
}

#[tokio::test]
async fn version_three_has_its_commission_where_version_four_has_an_address() {
    let mut stakes = StakeCluster::new().await;
    let old = VoteAccount {
        version: VoteVersion::V3,
        commission_bps: 4_200,
        ..VoteAccount::default()
    };
    let vote = stakes.cluster.create_vote_account("old", &old).await;
    let data = stakes.cluster.account(&vote).await.data;
    assert_eq!(data.len(), VOTE_ACCOUNT_BYTES);
    assert_eq!(u32::from_le_bytes(array(&data, 0)), TAG_V3);
    assert_eq!(data[V3_COMMISSION_PERCENT], 42);
    assert_eq!(
        stakes
            .cluster
            .vote_state(&vote)
            .await
            .inflation_rewards_commission_bps,
        4_200
    );
    assert_eq!(V3_COMMISSION_PERCENT, V4_INFLATION_COLLECTOR);
}

#[tokio::test]
async fn a_made_up_vote_account_differs_from_a_real_one_in_its_keys_only() {
    let mut stakes = StakeCluster::new().await;
    let (real, node) = create_with_the_vote_program(&mut stakes, 10).await;
    let owner = stakes.owner();
    let without_key = VoteAccount {
        commission_bps: 1_000,
        bls_key: false,
        has_voted: false,
        ..VoteAccount::default()
    };
    let made_up = stakes
        .cluster
        .create_vote_account("made up", &without_key)
        .await;
    let epoch = stakes.cluster.epoch().await;
    let adopt = |state: &mut VoteStateVersions| {
        let VoteStateVersions::V4(state) = state else {
            panic!("version four")
        };
        state.node_pubkey = node;
        state.authorized_withdrawer = owner;
        state.inflation_rewards_collector = real;
        state.block_revenue_collector = node;
        state.authorized_voters = AuthorizedVoters::new(epoch, node);
    };
    stakes.cluster.change_vote(&made_up, adopt).await;
    let (real, made_up) = (
        stakes.cluster.account(&real).await,
        stakes.cluster.account(&made_up).await,
    );
    assert_eq!(real.data, made_up.data);
    assert_eq!(
        (real.lamports, real.owner),
        (made_up.lamports, made_up.owner)
    );
}

#[tokio::test]
async fn credits_and_commission_keep_the_version_of_the_account() {
    let mut stakes = StakeCluster::new().await;
    for (name, version, tag) in [
        ("v3", VoteVersion::V3, TAG_V3),
        ("v4", VoteVersion::V4, TAG_V4),
    ] {
        let account = VoteAccount {
            version,
            has_voted: false,
            ..VoteAccount::default()
        };
        let vote = stakes.cluster.create_vote_account(name, &account).await;
        stakes.cluster.earn_credits(&vote, 9).await;
        stakes.cluster.set_commission(&vote, 700).await;
        let data = stakes.cluster.account(&vote).await.data;
        assert_eq!(u32::from_le_bytes(array(&data, 0)), tag);
        let state = stakes.cluster.vote_state(&vote).await;
        assert_eq!(
            (state.credits(), state.inflation_rewards_commission_bps),
            (9, 700)
        );
    }
}
