//! Rows of a validator from its vote account.

use std::collections::{BTreeMap, HashMap};

use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_sdk_ids::vote;
use solana_vote_interface::state::VoteStateV4;

use super::Told;
use crate::quote::ratings::ValidatorEpoch;

/// What stands in the place of an epoch between credits by Tower and credits by Alpenglow.
const ALPENGLOW_MARK: u64 = u64::MAX;

/// A validator now.
pub(super) struct VoteFacts {
    told: Told,
    version: Option<String>,
    /// The vote account, where it can be read.
    state: Option<VoteStateV4>,
}

impl VoteFacts {
    pub fn read(
        told: Told,
        accounts: &HashMap<Pubkey, Account>,
        versions: &HashMap<Pubkey, String>,
    ) -> Self {
        let account = accounts.get(&told.vote);
        let state = account
            .filter(|account| account.owner == vote::ID)
            .and_then(|account| VoteStateV4::deserialize(&account.data, &told.vote).ok());
        Self {
            version: versions.get(&told.identity).cloned(),
            state,
            told,
        }
    }

    pub fn vote(&self) -> Pubkey {
        self.told.vote
    }

    /// Who is paid its commission: the vote account itself, or another one.
    pub fn collector(&self) -> Pubkey {
        let state = self.state.as_ref();
        state.map_or(self.told.vote, |state| state.inflation_rewards_collector)
    }

    /// The current epoch, and those before that its credits tell of.
    pub fn rows(&self, oldest: u64, now: u64) -> Vec<ValidatorEpoch> {
        let credits = self.credits();
        let first = credits.keys().next().copied();
        let row = |epoch| ValidatorEpoch {
            vote: self.told.vote,
            identity: self.told.identity,
            epoch,
            // An epoch without votes has no entry.
            credits: match self.state.is_some() {
                true => credits.get(&epoch).copied().unwrap_or(Some(0)),
                false => None,
            },
            first_credits_epoch: first,
            ..ValidatorEpoch::default()
        };
        let since = first.map_or(now, |first| first.max(oldest));
        let finished = (since..now).map(row);
        let current = ValidatorEpoch {
            activated_stake_lamports: Some(self.told.activated_stake_lamports),
            commission_bps: self.say(|state| state.inflation_rewards_commission_bps),
            block_revenue_commission_bps: self.say(|state| state.block_revenue_commission_bps),
            has_bls_key: self.say(|state| state.bls_pubkey_compressed.is_some()),
            delinquent: Some(self.told.delinquent),
            version: self.version.clone(),
            ..row(now)
        };
        finished.chain([current]).collect()
    }

    fn say<T>(&self, what: impl FnOnce(&VoteStateV4) -> T) -> Option<T> {
        self.state.as_ref().map(what)
    }

    /// Credits by epoch; `None` of an epoch that has credits of both kinds.
    fn credits(&self) -> BTreeMap<u64, Option<u64>> {
        let mut credits = BTreeMap::new();
        let entries = self.state.iter().flat_map(|state| &state.epoch_credits);
        for (epoch, after, before) in entries.filter(|entry| entry.0 != ALPENGLOW_MARK) {
            let earned = after.saturating_sub(*before);
            credits
                .entry(*epoch)
                .and_modify(|both| *both = None)
                .or_insert(Some(earned));
        }
        credits
    }
}
