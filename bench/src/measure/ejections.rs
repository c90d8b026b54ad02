//! What it costs to eject a validator.

use std::collections::VecDeque;

use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL, VoteVersion},
    pool::Pool,
};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_vote_interface::{
    authorized_voters::AuthorizedVoters,
    state::{LandedVote, Lockout, VoteStateV3, VoteStateV4, VoteStateVersions},
};

use super::Samples;

/// The longest lists of a vote account.
const VOTES: u64 = 31;
const EPOCH_CREDITS: u64 = 64;
const VOTERS: u64 = 4;

/// Measures ejections of `v0`, whose vote account is as long as can be: for its
/// commission, for having earned nothing, and for having no vote account. The pool must be priced
/// and its validators without stake.
pub async fn measure_ejections(pool: &mut Pool, samples: &mut Samples) {
    let whale = pool.user("whale", 200 * LAMPORTS_PER_SOL).await;
    pool.deposit(&whale, 100 * LAMPORTS_PER_SOL).await;
    pool.warp_to_window().await;
    pool.crank_epoch().await;
    for _ in 0..2 {
        pool.live_an_epoch(1_000).await;
    }
    let epoch = pool.cluster.epoch().await;
    let accused = pool.vote(0);
    for version in [VoteVersion::V3, VoteVersion::V4] {
        write(pool, &accused, version, 0, epoch - 2).await;
        eject(pool, &accused, samples).await;
        write(pool, &accused, version, 100, epoch - 1).await;
        eject(pool, &accused, samples).await;
    }
    pool.cluster.remove_account(&accused).await;
    eject(pool, &accused, samples).await;
}

/// Ejects, and puts pool and page back.
async fn eject(pool: &mut Pool, accused: &Pubkey, samples: &mut Samples) {
    let (address, page) = (pool.addresses.pool, pool.addresses.page(0));
    let before = pool.cluster.account(&address).await;
    let page_before = pool.cluster.account(&page).await;
    let sent = pool.eject(accused).await;
    samples.compute("eject_validator", sent.compute_units);
    pool.cluster.set_account(&address, before);
    pool.cluster.set_account(&page, page_before);
}

/// Writes the longest vote account of a version; it earned credits up to `last_epoch`.
async fn write(
    pool: &mut Pool,
    vote: &Pubkey,
    version: VoteVersion,
    commission_percent: u8,
    last_epoch: u64,
) {
    let state = state(vote, version, commission_percent, last_epoch);
    let data = bincode::serialize(&state).expect("a vote state serializes");
    let store = |account: &mut Account| account.data[..data.len()].copy_from_slice(&data);
    pool.cluster.change_account(vote, store).await;
}

fn state(
    vote: &Pubkey,
    version: VoteVersion,
    commission_percent: u8,
    last_epoch: u64,
) -> VoteStateVersions {
    let mut authorized_voters = AuthorizedVoters::default();
    for epoch in 0..VOTERS {
        authorized_voters.insert(last_epoch + epoch, *vote);
    }
    let votes: VecDeque<LandedVote> = (0..VOTES)
        .map(|slot| LandedVote {
            latency: 1,
            lockout: Lockout::new(slot),
        })
        .collect();
    // Where the chain is younger than its lists are long, they begin with epochs to come.
    let epochs = (1..EPOCH_CREDITS).map(|number| last_epoch + 1_000 + number);
    let epoch_credits = epochs
        .chain([last_epoch])
        .map(|epoch| (epoch, 2, 1))
        .collect();
    match version {
        VoteVersion::V3 => VoteStateVersions::new_v3(VoteStateV3 {
            commission: commission_percent,
            votes,
            root_slot: Some(1),
            authorized_voters,
            epoch_credits,
            ..VoteStateV3::default()
        }),
        VoteVersion::V4 => VoteStateVersions::new_v4(VoteStateV4 {
            inflation_rewards_commission_bps: u16::from(commission_percent) * 100,
            bls_pubkey_compressed: Some([1; 48]),
            votes,
            root_slot: Some(1),
            authorized_voters,
            epoch_credits,
            ..VoteStateV4::default()
        }),
    }
}
