//! The runtime's features of the next releases: all of them on, and as mainnet-beta has them.

use std::mem::{Discriminant, discriminant};

use agave_feature_set as features;
use sluice::state::Pool as PoolAccount;
use sluice_client::Event;
use sluice_tests::{
    cluster::ClusterBuilder,
    pool::Pool,
    scenario::{CREDITS, SOL},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// What mainnet-beta lacked on 15 October 2026 of what this runtime knows, and what programs or stake could see.
const NOT_ON_MAINNET: [Pubkey; 12] = [
    features::raise_cpi_nesting_limit_to_8::ID,
    features::increase_tx_account_lock_limit::ID,
    features::block_revenue_sharing::ID,
    features::direct_account_pointers_in_program_input::ID,
    features::account_data_direct_mapping::ID,
    features::virtual_address_space_adjustments::ID,
    features::alpenglow::ID,
    features::alpenglow_fast_leader_handover::ID,
    features::vote_account_initialize_v2::ID,
    features::enable_loader_v4::ID,
    features::enable_sha512_syscall::ID,
    features::disable_sbpf_v0_v1_v2_deployment::ID,
];

/// What became of a pool.
struct Lived {
    /// What its account said before its last holder left.
    account: PoolAccount,
    /// The kinds of all events, in order.
    told: Vec<Discriminant<Event>>,
}

/// The whole life of a pool, every transaction watched.
async fn live(change: impl FnOnce(ClusterBuilder) -> ClusterBuilder) -> Lived {
    let builder = Pool::builder().cluster(change).epoch(4);
    let mut pool = builder.validators(&[(0, 1), (500, 2)]).start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 700 * SOL).await;
    pool.crank_window().await;
    for _ in 0..2 {
        pool.live_an_epoch(CREDITS).await;
    }
    pool.withdraw(&alice, SOL).await;
    let (taken, vote) = (10 * SOL, pool.vote(1));
    let ticket = pool.request(&alice, taken).await;
    pool.set_weight(&vote, 1).await;
    for _ in 0..3 {
        pool.live_an_epoch(CREDITS).await;
    }
    pool.claim(&ticket).await;
    let account = pool.account().await;
    let rest = pool.lst_balance(&alice.pubkey()).await;
    let last = pool.request(&alice, rest).await;
    for number in 0..2 {
        let vote = pool.vote(number);
        pool.retire(&vote).await;
    }
    for _ in 0..5 {
        pool.live_an_epoch(CREDITS).await;
    }
    pool.claim(&last).await;
    for number in 0..2 {
        let vote = pool.vote(number);
        pool.close(&vote).await;
    }
    let told = pool.told.iter().map(discriminant).collect();
    Lived { account, told }
}

/// The features' own accounts have lamports, and rewards are a part of all lamports: some of them differ.
#[tokio::test]
async fn a_pool_lives_the_same_life_with_the_features_of_mainnet_and_with_all_of_the_next_release()
{
    let all = live(|cluster| cluster).await;
    let of_mainnet = live(|cluster| {
        let absent = NOT_ON_MAINNET.iter();
        absent.fold(cluster, |cluster, feature| {
            cluster.inactive_feature(*feature)
        })
    })
    .await;
    assert_eq!(all.told, of_mainnet.told);
    assert!(all.told.len() > 50, "{}", all.told.len());
    let (one, other) = (all.account, of_mainnet.account);
    assert!(one.last_gain_lamports > SOL);
    for (one, other) in [
        (one.lst_supply, other.lst_supply),
        (one.staked_lamports, other.staked_lamports),
        (one.reserve_lamports, other.reserve_lamports),
        (one.last_gain_lamports, other.last_gain_lamports),
    ] {
        assert!(one.abs_diff(other) < 10, "{one}, {other}");
    }
}
