//! What the accounts in an answer say of their own age. The context of an answer is the node's word; a
//! bank whose slot is S has a clock that says S.

use anchor_lang::prelude::{Clock, EpochSchedule};
use serde_json::Value;
use sluice::state::Pool;
use solana_account::Account;
use solana_account_decoder_client_types::UiAccount;
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;

use super::question::Question;
use crate::{decode, pool::progress::Progress};

/// The accounts in an answer that tell of time.
#[derive(Debug, Default)]
pub(super) struct Shown {
    clock: Option<Clock>,
    schedule: Option<EpochSchedule>,
    /// How far pools are; none where there is no account at all.
    pub pools: Vec<(Pubkey, Option<Progress>)>,
}

impl Shown {
    /// What an answer shows.
    pub fn of(question: &Question, answer: &Value) -> Self {
        let mut shown = Self::default();
        let one = answer.get("value").map(std::slice::from_ref);
        let values = answer.get("value").and_then(Value::as_array);
        let values = values.map(Vec::as_slice).or(one).unwrap_or_default();
        for (address, value) in question.addresses.iter().zip(values) {
            match *address {
                sysvar::clock::ID => shown.clock = account(value).and_then(sysvar_of),
                sysvar::epoch_schedule::ID => shown.schedule = account(value).and_then(sysvar_of),
                address if value.is_null() => shown.pools.push((address, None)),
                address => {
                    let progress = progress(&address, value);
                    shown
                        .pools
                        .extend(progress.map(|progress| (address, Some(progress))));
                }
            }
        }
        shown
    }

    /// Whether its clock is that of a bank at this slot: not ahead of it by more than `slack` slots, and in the
    /// epoch of its own slot. An earlier epoch is a matter of age.
    pub fn is_possible_at(&self, named: u64, slack: u64) -> bool {
        let Some(clock) = &self.clock else {
            return true;
        };
        let schedule = self.schedule.as_ref();
        let is_early =
            schedule.is_some_and(|schedule| clock.epoch > schedule.get_epoch(clock.slot));
        !is_early && clock.slot.saturating_sub(named) <= slack
    }

    /// The slot that the accounts are of, as their clock says: not after the end of its epoch. None
    /// where there is no clock among them.
    pub fn slot(&self) -> Option<u64> {
        let clock = self.clock.as_ref()?;
        let schedule = self.schedule.as_ref();
        let last = schedule.map_or(u64::MAX, |schedule| {
            schedule.get_last_slot_in_epoch(clock.epoch)
        });
        Some(clock.slot.min(last))
    }
}

fn account(value: &Value) -> Option<Account> {
    let account: UiAccount = serde_json::from_value(value.clone()).ok()?;
    account.to_account()
}

fn sysvar_of<T: serde::de::DeserializeOwned>(account: Account) -> Option<T> {
    bincode::deserialize(&account.data).ok()
}

/// How far a pool is; none where there is another account, or a layout that this client does not know.
fn progress(address: &Pubkey, value: &Value) -> Option<Progress> {
    // Other programs' accounts need not be taken apart.
    let owner: Pubkey = value.get("owner")?.as_str()?.parse().ok()?;
    let account = account(value).filter(|_| owner == sluice::ID)?;
    let pool: Pool = decode(address, &account).ok()?;
    Some(Progress::of(&pool))
}
