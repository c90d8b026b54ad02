//! What the cluster is: version, identity, nodes, supply, validators.

use std::collections::HashSet;

use solana_clock::{Epoch, Slot};
use solana_epoch_schedule::EpochSchedule;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{CommitmentConfig, RpcContextConfig, RpcGetVoteAccountsConfig, RpcSupplyConfig},
    custom_error::RpcCustomError,
    response::{
        Response, RpcContactInfo, RpcIdentity, RpcSupply, RpcVersionInfo, RpcVoteAccountInfo,
        RpcVoteAccountStatus,
    },
};
use solana_runtime::{
    bank::Bank,
    non_circulating_supply::{NonCirculatingSupply, calculate_non_circulating_supply},
    stake_utils::get_minimum_delegation,
};

use super::{Methods, RpcResult, Services, params::NoParams, parse_pubkey, with_context};
use crate::cluster::percent_rounded_up;

/// How many slots without a vote make a validator delinquent, unless the caller says otherwise.
const DELINQUENT_SLOT_DISTANCE: u64 = 128;

/// Of how many epochs the credits are shown.
const SHOWN_EPOCH_CREDITS: usize = 5;

pub(super) fn register(methods: &mut Methods) {
    methods.add("getHealth", 0..=0, get_health);
    methods.add("getVersion", 0..=0, get_version);
    methods.add("getGenesisHash", 0..=0, get_genesis_hash);
    methods.add("getIdentity", 0..=0, get_identity);
    methods.add("getClusterNodes", 0..=0, get_cluster_nodes);
    methods.add("getEpochSchedule", 0..=0, get_epoch_schedule);
    methods.add("getSupply", 0..=1, get_supply);
    methods.add("getVoteAccounts", 0..=1, get_vote_accounts);
    methods.add("getTransactionCount", 0..=1, get_transaction_count);
    methods.add(
        "getStakeMinimumDelegation",
        0..=1,
        get_stake_minimum_delegation,
    );
    methods.add("getHighestSnapshotSlot", 0..=0, get_highest_snapshot_slot);
}

fn get_health(_: &Services, _: NoParams) -> RpcResult<&'static str> {
    Ok("ok")
}

fn get_version(_: &Services, _: NoParams) -> RpcResult<RpcVersionInfo> {
    let version = solana_version::Version::default();
    Ok(RpcVersionInfo {
        solana_core: version.to_string(),
        feature_set: Some(version.feature_set()),
    })
}

fn get_genesis_hash(services: &Services, _: NoParams) -> RpcResult<String> {
    Ok(services.cluster.genesis_hash.to_string())
}

fn get_identity(services: &Services, _: NoParams) -> RpcResult<RpcIdentity> {
    Ok(RpcIdentity {
        identity: identity(services),
    })
}

/// The cluster answers in the name of its first validator.
fn identity(services: &Services) -> String {
    let first = services.cluster.validators.all().next();
    first
        .map(|validator| validator.identity)
        .unwrap_or_default()
        .to_string()
}

fn get_cluster_nodes(services: &Services, _: NoParams) -> RpcResult<Vec<RpcContactInfo>> {
    let version = solana_version::Version::default();
    Ok(vec![RpcContactInfo {
        pubkey: identity(services),
        gossip: None,
        tvu: None,
        tpu: None,
        tpu_quic: None,
        tpu_forwards: None,
        tpu_forwards_quic: None,
        tpu_vote: None,
        serve_repair: None,
        rpc: Some(services.rpc_address),
        pubsub: Some(services.websocket_address),
        version: Some(version.to_string()),
        client_id: None,
        feature_set: Some(version.feature_set()),
        shred_version: None,
    }])
}

fn get_epoch_schedule(services: &Services, _: NoParams) -> RpcResult<EpochSchedule> {
    Ok(services.cluster.bank().epoch_schedule().clone())
}

fn get_supply(
    services: &Services,
    (config,): (Option<RpcSupplyConfig>,),
) -> RpcResult<Response<RpcSupply>> {
    let config = config.unwrap_or_default();
    let bank = services.cluster.bank();
    let NonCirculatingSupply { lamports, accounts } = calculate_non_circulating_supply(&bank)
        .map_err(|error| RpcCustomError::ScanError {
            message: error.to_string(),
        })?;
    let accounts = if config.exclude_non_circulating_accounts_list {
        Vec::new()
    } else {
        accounts.iter().map(Pubkey::to_string).collect()
    };
    let total = bank.capitalization();
    let supply = RpcSupply {
        total,
        circulating: total.saturating_sub(lamports),
        non_circulating: lamports,
        non_circulating_accounts: accounts,
    };
    Ok(with_context(&bank, supply))
}

fn get_vote_accounts(
    services: &Services,
    (config,): (Option<RpcGetVoteAccountsConfig>,),
) -> RpcResult<RpcVoteAccountStatus> {
    let config = config.unwrap_or_default();
    let only = config
        .vote_pubkey
        .as_deref()
        .map(parse_pubkey)
        .transpose()?;
    let distance = config
        .delinquent_slot_distance
        .unwrap_or(DELINQUENT_SLOT_DISTANCE);
    let bank = services.cluster.bank();
    let oldest_current_vote = bank.slot().saturating_sub(distance);
    let (current, delinquent) = vote_accounts(&bank)
        .into_iter()
        .filter(|(vote, _)| only.is_none_or(|only| only == *vote))
        .map(|(_, info)| info)
        .partition::<Vec<_>, _>(|info| is_current(info, oldest_current_vote));
    let keep_unstaked = config.keep_unstaked_delinquents.unwrap_or(false);
    let delinquent = delinquent
        .into_iter()
        .filter(|info| keep_unstaked || info.activated_stake > 0)
        .collect();
    Ok(RpcVoteAccountStatus {
        current,
        delinquent,
    })
}

/// Whether a validator has voted recently enough. In the first slots of a cluster everybody has.
fn is_current(info: &RpcVoteAccountInfo, oldest_current_vote: Slot) -> bool {
    oldest_current_vote == 0 || info.last_vote > oldest_current_vote
}

/// All vote accounts, sorted by address.
fn vote_accounts(bank: &Bank) -> Vec<(Pubkey, RpcVoteAccountInfo)> {
    let staked: HashSet<Pubkey> = bank
        .get_current_epoch_vote_accounts()
        .keys()
        .copied()
        .collect();
    let mut infos: Vec<_> = bank
        .vote_accounts()
        .iter()
        .map(|(vote, (activated_stake, account))| {
            let state = account.vote_state_view();
            let commission_bps = state.inflation_rewards_commission();
            let info = RpcVoteAccountInfo {
                vote_pubkey: vote.to_string(),
                node_pubkey: state.node_pubkey().to_string(),
                activated_stake: *activated_stake,
                commission: percent_rounded_up(commission_bps),
                inflation_rewards_commission_bps: Some(commission_bps),
                epoch_vote_account: staked.contains(vote),
                epoch_credits: last_credits(state.epoch_credits_iter().map(Into::into).collect()),
                last_vote: state.last_voted_slot().unwrap_or(0),
                root_slot: state.root_slot().unwrap_or(0),
            };
            (*vote, info)
        })
        .collect();
    infos.sort_by_key(|(vote, _)| *vote);
    infos
}

fn last_credits(mut credits: Vec<(Epoch, u64, u64)>) -> Vec<(Epoch, u64, u64)> {
    credits.split_off(credits.len().saturating_sub(SHOWN_EPOCH_CREDITS))
}

fn get_transaction_count(
    services: &Services,
    (config,): (Option<RpcContextConfig>,),
) -> RpcResult<u64> {
    let bank = services.bank_at(config.unwrap_or_default().min_context_slot)?;
    Ok(bank.transaction_count())
}

fn get_stake_minimum_delegation(
    services: &Services,
    (_,): (Option<CommitmentConfig>,),
) -> RpcResult<Response<u64>> {
    let bank = services.cluster.bank();
    let version_5 = bank
        .feature_set
        .is_active(&agave_feature_set::upgrade_bpf_stake_program_to_v5::ID);
    Ok(with_context(&bank, get_minimum_delegation(version_5)))
}

fn get_highest_snapshot_slot(_: &Services, _: NoParams) -> RpcResult<()> {
    Err(RpcCustomError::NoSnapshot.into())
}
