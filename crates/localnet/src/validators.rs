//! Validators that need no node: their vote accounts are written by the cluster itself.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicBool, Ordering},
};

use solana_account::{AccountSharedData, ReadableAccount, WritableAccount};
use solana_clock::{Epoch, Slot, UnixTimestamp};
use solana_native_token::LAMPORTS_PER_SOL;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_runtime::{bank::Bank, genesis_utils::ValidatorVoteKeypairs};
use solana_sdk_ids::{stake, system_program, vote};
use solana_signer::Signer;
use solana_stake_interface::{
    stake_flags::StakeFlags,
    state::{Authorized, Delegation, Meta, Stake, StakeStateV2},
};
use solana_vote_interface::{
    authorized_voters::AuthorizedVoters,
    state::{BlockTimestamp, LandedVote, Lockout, VoteStateV4, VoteStateVersions},
};

use crate::{LocalnetError, ValidatorConfig};

/// What a vote earns that lands in the very next slot.
const CREDITS_PER_SLOT: u64 = 16;

/// How many epochs of credits a vote account remembers.
const MAX_EPOCH_CREDITS: usize = 64;

/// What an identity starts with, in lamports.
const IDENTITY_LAMPORTS: u64 = LAMPORTS_PER_SOL;

/// What a vote account starts with, in lamports.
const VOTE_LAMPORTS: u64 = LAMPORTS_PER_SOL;

/// A validator of a running cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validator {
    /// The node's identity.
    pub identity: Pubkey,
    /// The vote account.
    pub vote: Pubkey,
}

/// The validators of the cluster and whether they vote.
#[derive(Debug)]
pub(crate) struct Validators(Vec<(Validator, AtomicBool)>);

impl Validators {
    /// The validators of a configuration.
    pub(crate) fn new(configs: &[ValidatorConfig]) -> Self {
        Self(
            configs
                .iter()
                .map(|config| {
                    let validator = Validator {
                        identity: config.identity.pubkey(),
                        vote: config.vote.pubkey(),
                    };
                    (validator, AtomicBool::new(config.delinquent))
                })
                .collect(),
        )
    }

    /// All validators, in the order of the configuration.
    pub(crate) fn all(&self) -> impl Iterator<Item = Validator> + '_ {
        self.0.iter().map(|(validator, _)| *validator)
    }

    /// Stops or resumes the voting of one validator.
    pub(crate) fn set_delinquent(
        &self,
        vote: &Pubkey,
        delinquent: bool,
    ) -> Result<(), LocalnetError> {
        let (_, flag) = self
            .0
            .iter()
            .find(|(validator, _)| validator.vote == *vote)
            .ok_or(LocalnetError::UnknownValidator(*vote))?;
        flag.store(delinquent, Ordering::Relaxed);
        Ok(())
    }

    /// Lets every validator that is not delinquent vote on the parent of `bank`.
    ///
    /// The time they vote with is that of the voted slot on a cluster that never lags, so that the
    /// clock moves on with the slots, by their time also where slots are skipped.
    pub(crate) fn vote(&self, bank: &Bank) {
        for (validator, delinquent) in &self.0 {
            if !delinquent.load(Ordering::Relaxed) {
                cast_vote(bank, &validator.vote);
            }
        }
    }
}

/// Writes a vote on the parent of `bank` into a vote account, if it still is one.
fn cast_vote(bank: &Bank, vote_address: &Pubkey) {
    let Some(mut account) = bank.get_account(vote_address) else {
        return;
    };
    let Ok(mut state) = VoteStateV4::deserialize(account.data(), vote_address) else {
        return;
    };
    let voted_time = bank
        .parent()
        .map_or(0, |parent| parent.unix_timestamp_from_genesis());
    record_vote(&mut state, bank.epoch(), bank.parent_slot(), voted_time);
    let versions = VoteStateVersions::new_v4(state);
    if VoteStateV4::serialize(&versions, account.data_as_mut_slice()).is_ok() {
        bank.store_account(vote_address, &account);
    }
}

/// Adds a vote on `slot` and its credits.
fn record_vote(state: &mut VoteStateV4, epoch: Epoch, slot: Slot, timestamp: UnixTimestamp) {
    state.root_slot = Some(slot);
    state.votes = VecDeque::from([LandedVote {
        latency: 1,
        lockout: Lockout::new(slot),
    }]);
    state.last_timestamp = BlockTimestamp { slot, timestamp };
    add_credits(&mut state.epoch_credits, epoch);
}

/// Adds the credits of one vote to the history of `(epoch, credits, credits before the epoch)`.
fn add_credits(history: &mut Vec<(Epoch, u64, u64)>, epoch: Epoch) {
    let (last_epoch, credits, earlier) = history.last().copied().unwrap_or((epoch, 0, 0));
    let new_credits = credits.saturating_add(CREDITS_PER_SLOT);
    if last_epoch == epoch {
        history.pop();
        history.push((epoch, new_credits, earlier));
        return;
    }
    if credits == earlier {
        history.pop();
    }
    history.push((epoch, new_credits, credits));
    if history.len() > MAX_EPOCH_CREDITS {
        history.remove(0);
    }
}

/// The accounts a validator starts with: identity, vote account and its own active stake.
pub(crate) fn genesis_accounts(
    config: &ValidatorConfig,
    rent: &Rent,
) -> Result<Vec<(Pubkey, AccountSharedData)>, LocalnetError> {
    let identity = config.identity.pubkey();
    let stake_address = Pubkey::create_with_seed(&config.vote.pubkey(), "stake", &stake::ID)
        .map_err(config_error)?;
    Ok(vec![
        (
            identity,
            AccountSharedData::new(IDENTITY_LAMPORTS, 0, &system_program::ID),
        ),
        (config.vote.pubkey(), vote_account(config)?),
        (stake_address, stake_account(config, rent)?),
    ])
}

fn vote_account(config: &ValidatorConfig) -> Result<AccountSharedData, LocalnetError> {
    let identity = config.identity.pubkey();
    let vote_address = config.vote.pubkey();
    let keypairs = ValidatorVoteKeypairs::new(
        config.identity.insecure_clone(),
        config.vote.insecure_clone(),
        config.vote.insecure_clone(),
    );
    let state = VoteStateV4 {
        node_pubkey: identity,
        authorized_withdrawer: vote_address,
        inflation_rewards_collector: vote_address,
        block_revenue_collector: identity,
        inflation_rewards_commission_bps: config.commission_bps,
        block_revenue_commission_bps: 10_000,
        bls_pubkey_compressed: Some(keypairs.bls_keypair.public.to_bytes_compressed()),
        authorized_voters: AuthorizedVoters::new(0, vote_address),
        ..VoteStateV4::default()
    };
    let mut account = AccountSharedData::new(VOTE_LAMPORTS, VoteStateV4::size_of(), &vote::ID);
    VoteStateV4::serialize(
        &VoteStateVersions::new_v4(state),
        account.data_as_mut_slice(),
    )
    .map_err(config_error)?;
    Ok(account)
}

/// A stake account that has always been active, as those of a cluster's founders.
fn stake_account(
    config: &ValidatorConfig,
    rent: &Rent,
) -> Result<AccountSharedData, LocalnetError> {
    let rent_lamports = rent.minimum_balance(StakeStateV2::size_of());
    let meta = Meta {
        authorized: Authorized::auto(&config.identity.pubkey()),
        ..Meta::default()
    };
    let stake = Stake {
        delegation: Delegation::new(&config.vote.pubkey(), config.stake_lamports, Epoch::MAX),
        credits_observed: 0,
    };
    AccountSharedData::new_data_with_space(
        config.stake_lamports.saturating_add(rent_lamports),
        &StakeStateV2::Stake(meta, stake, StakeFlags::empty()),
        StakeStateV2::size_of(),
        &stake::ID,
    )
    .map_err(config_error)
}

fn config_error(error: impl std::fmt::Display) -> LocalnetError {
    LocalnetError::Config(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_accumulate_within_an_epoch_and_start_a_new_entry_in_the_next() {
        let mut history = Vec::new();
        add_credits(&mut history, 0);
        add_credits(&mut history, 0);
        assert_eq!(history, [(0, 32, 0)]);
        add_credits(&mut history, 3);
        assert_eq!(history, [(0, 32, 0), (3, 48, 32)]);
    }

    #[test]
    fn the_history_of_credits_keeps_the_last_64_epochs() {
        let mut history = Vec::new();
        for epoch in 0..100 {
            add_credits(&mut history, epoch);
        }
        assert_eq!(history.len(), MAX_EPOCH_CREDITS);
        assert_eq!(history.first(), Some(&(36, 37 * 16, 36 * 16)));
        assert_eq!(history.last(), Some(&(99, 100 * 16, 99 * 16)));
    }

    #[test]
    fn an_unknown_vote_account_cannot_be_made_delinquent() {
        let validators = Validators::new(&[ValidatorConfig::with_commission_bps(0)]);
        let stranger = Pubkey::new_unique();
        assert!(matches!(
            validators.set_delinquent(&stranger, true),
            Err(LocalnetError::UnknownValidator(vote)) if vote == stranger
        ));
    }
}
