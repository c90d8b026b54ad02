//! What the cluster says.

use std::{any::type_name, collections::HashMap, sync::Arc};

use anchor_lang::prelude::{Clock, EpochSchedule, Rent};
use sluice::moment::Moment;
use sluice_math::Lamports;
use solana_account::Account;
use solana_epoch_rewards::EpochRewards;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;
use solana_stake_interface::{stake_history::StakeHistory, state::StakeStateV2};
use spl_token_interface::state::Account as TokenAccount;

use crate::{
    AccountSource, ClientError, Result,
    pool::{minimum_delegation::USUAL_MINIMUM_DELEGATION, rent},
};

/// The sysvars of a view.
pub const ADDRESSES: [Pubkey; 5] = [
    sysvar::clock::ID,
    sysvar::rent::ID,
    sysvar::epoch_schedule::ID,
    sysvar::epoch_rewards::ID,
    sysvar::stake_history::ID,
];

/// Clock, rent, epochs, rewards and minimum delegation of a cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Slot, epoch and time.
    pub clock: Clock,
    /// Rent of accounts.
    pub rent: Rent,
    /// First and last slots of epochs.
    pub epoch_schedule: EpochSchedule,
    /// How much stake was active, epoch by epoch.
    pub stake_history: Arc<StakeHistory>,
    /// What the last boundary shares out, and whether it is still being paid.
    pub rewards: EpochRewards,
    /// The stake program's minimum delegation. Views without stakes do not ask for it.
    pub minimum_delegation: Lamports,
    /// Whether that is only what it usually is.
    pub minimum_is_assumed: bool,
}

impl Cluster {
    /// Reads the cluster alone, without a pool.
    pub fn load(source: &impl AccountSource) -> Result<Self> {
        let fetched = source.accounts(&ADDRESSES, None)?;
        let accounts = ADDRESSES.iter().copied().zip(&fetched.accounts);
        let there = accounts.filter_map(|(address, account)| Some((address, account.as_ref()?)));
        Self::read(&there.collect())
    }

    pub(crate) fn read(accounts: &HashMap<Pubkey, &Account>) -> Result<Self> {
        let rewards: Option<EpochRewards> = read(accounts, &sysvar::epoch_rewards::ID).ok();
        Ok(Self {
            clock: read(accounts, &sysvar::clock::ID)?,
            rent: rent::believed(read(accounts, &sysvar::rent::ID)?)?,
            epoch_schedule: read(accounts, &sysvar::epoch_schedule::ID)?,
            stake_history: Arc::new(read(accounts, &sysvar::stake_history::ID)?),
            // A cluster that has never paid rewards has no such sysvar.
            rewards: rewards.unwrap_or_default(),
            minimum_delegation: USUAL_MINIMUM_DELEGATION,
            minimum_is_assumed: true,
        })
    }

    /// The same with what a node said of the minimum delegation, if it did.
    pub(super) fn with_minimum(self, told: Option<u64>) -> Self {
        Self {
            minimum_delegation: told.map_or(self.minimum_delegation, Lamports::new),
            minimum_is_assumed: told.is_none(),
            ..self
        }
    }

    /// What the program's rules are applied by.
    pub fn moment(&self) -> Moment {
        Moment::given(
            self.clock.clone(),
            &self.rent,
            self.epoch_schedule.clone(),
            Arc::clone(&self.stake_history),
            self.minimum_delegation,
            self.rewards.clone(),
        )
    }

    /// First slot of the current epoch.
    pub fn epoch_start(&self) -> u64 {
        self.epoch_schedule
            .get_first_slot_in_epoch(self.clock.epoch)
    }

    /// Rent of a stake account.
    pub fn stake_rent(&self) -> Lamports {
        Lamports::new(self.rent.minimum_balance(StakeStateV2::size_of()))
    }

    /// Rent of a token account.
    pub fn token_account_rent(&self) -> Lamports {
        Lamports::new(self.rent.minimum_balance(TokenAccount::LEN))
    }

    /// Rent of an account without data, as the reserve is.
    pub fn reserve_rent(&self) -> Lamports {
        Lamports::new(self.rent.minimum_balance(0))
    }
}

fn read<T: serde::de::DeserializeOwned>(
    accounts: &HashMap<Pubkey, &Account>,
    address: &Pubkey,
) -> Result<T> {
    decode(address, accounts.get(address).copied())
}

/// What a sysvar says.
pub(in crate::pool) fn decode<T: serde::de::DeserializeOwned>(
    address: &Pubkey,
    account: Option<&Account>,
) -> Result<T> {
    account
        .and_then(|account| bincode::deserialize(&account.data).ok())
        .ok_or(ClientError::Unreadable {
            address: *address,
            expected: type_name::<T>().rsplit(':').next().unwrap_or_default(),
        })
}
