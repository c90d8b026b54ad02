//! Lives without any chain: the model alone, and every invariant after every step.

use std::sync::Arc;

use anyhow::{Context, Result};
use rand::Rng;
use sluice::state::{Ticket, UnstakeBatch};
use solana_epoch_rewards::EpochRewards;
use solana_epoch_schedule::EpochSchedule;
use solana_pubkey::Pubkey;
use solana_stake_interface::stake_history::{StakeHistory, StakeHistoryEntry};

use super::{Addresses, Founding, Life, SOL, USERS};
use crate::{
    action::Action,
    boundary::{Elsewhere, SLOTS_OF_REWARDS},
    conduct::Conduct,
    invariants::Prices,
    now::{Now, Rents},
    pool::{Holder, Model},
};

/// Stake elsewhere: so much that a giant's takes several epochs to activate.
const ELSEWHERE_LAMPORTS: u64 = 1_000_000 * SOL;
/// Credits of an epoch.
const CREDITS: u64 = 1_000;
/// Rent of a byte, and bytes that every account has beside its data.
const LAMPORTS_PER_BYTE: u64 = 6_960;
const OVERHEAD_BYTES: u64 = 128;
const STAKE_ACCOUNT_BYTES: usize = 200;

/// Rent-exempt minimums of the clusters of the tests.
pub const RENTS: Rents = Rents {
    wallet: rent(0),
    stake: rent(STAKE_ACCOUNT_BYTES),
    batch: rent(UnstakeBatch::SPACE),
    ticket: rent(Ticket::SPACE),
};

const fn rent(bytes: usize) -> u64 {
    (OVERHEAD_BYTES + bytes as u64) * LAMPORTS_PER_BYTE
}

/// Addresses that are numbers: the kind of the account, and which one.
pub struct MadeUp;

fn made_up(kind: u8, of: u64, number: u64) -> Pubkey {
    let mut bytes = [kind; 32];
    bytes[1..9].copy_from_slice(&of.to_be_bytes());
    bytes[9..17].copy_from_slice(&number.to_be_bytes());
    Pubkey::new_from_array(bytes)
}

impl Addresses for MadeUp {
    fn batch(&self, id: u64) -> Pubkey {
        made_up(1, 0, id)
    }

    /// In the order of their creation.
    fn ticket(&self, user: usize, number: u64) -> Pubkey {
        made_up(2, number, user as u64)
    }

    fn stakes(&self, serial: u64) -> [Pubkey; 2] {
        [made_up(3, serial, 0), made_up(3, serial, 1)]
    }

    fn vote(&self, validator: usize) -> Pubkey {
        made_up(4, 0, validator as u64)
    }

    fn purses(&self) -> [Pubkey; 2] {
        [made_up(5, 0, 0), made_up(5, 0, 1)]
    }

    fn others(&self) -> [Pubkey; 5] {
        [0, 1, 2, 3, 4].map(|number| made_up(6, 0, number))
    }
}

/// The first slot of an epoch in which nothing is paid, on a cluster with so much stake.
pub fn dawn(epoch: u64, stake: u64) -> Now {
    let schedule = EpochSchedule::default();
    let mut history = StakeHistory::default();
    for past in 0..epoch {
        history.add(past, StakeHistoryEntry::with_effective(stake));
    }
    Now {
        slot: schedule.get_first_slot_in_epoch(epoch) + SLOTS_OF_REWARDS,
        epoch,
        epoch_start_timestamp: 0,
        pays_rewards: false,
        schedule: Arc::new(schedule),
        rewards: EpochRewards::default(),
        history: Arc::new(history),
        minimum_delegation: SOL,
    }
}

impl Life {
    /// A new pool without validators and without a chain.
    pub fn alone(seed: u64) -> Self {
        let founding = Founding::of_seed(seed);
        let holder = Holder {
            lamports: founding.wealth_lamports(),
            lst: 0,
        };
        let now = dawn(founding.epochs, ELSEWHERE_LAMPORTS);
        let holders = vec![holder; USERS + 1];
        let mut model = Model::new(now, RENTS, founding.config, holders);
        let commissions = founding.commissions_bps.clone();
        let validators = commissions.len();
        model.conduct = Conduct::of(commissions, founding.epochs - 1);
        Self::new(model, founding, validators, Box::new(MadeUp))
    }

    /// Lives so many random steps, and checks everything after each.
    pub fn live_alone(seed: u64, steps: u64) -> Result<super::Statistics> {
        let mut life = Self::alone(seed);
        let lived = life.live_on_alone(steps);
        let report = || format!("seed {seed}; the last steps were\n{}", life.trace());
        lived.with_context(report)?;
        Ok(life.statistics)
    }

    fn live_on_alone(&mut self, steps: u64) -> Result<()> {
        for validator in 0..self.rng.random_range(0..=self.validators) {
            let weight = self.weight();
            self.step_alone(&Action::AddValidator { validator, weight })?;
        }
        while self.statistics.steps < steps {
            let action = self.choose();
            self.step_alone(&action)?;
        }
        Ok(())
    }

    /// Does one step.
    pub fn step_alone(&mut self, action: &Action) -> Result<()> {
        self.note(action);
        match action {
            Action::Wait { slot } => self.model.now.slot = *slot,
            Action::NextEpoch { earning } => self.next_epoch_alone(earning),
            Action::FinishRewards => self.model.finish_rewards(),
            Action::CloseVote { validator } => {
                self.model.closed_votes.insert(*validator);
            }
            Action::Vote { validator, credits } => self.model.votes(*validator, *credits),
            Action::SetCommission {
                validator,
                commission_bps,
            } => {
                if !self.model.closed_votes.contains(validator) {
                    self.model.conduct.commissions_bps[*validator] = *commission_bps;
                }
            }
            Action::ForceDeactivate { .. } | Action::Reset { .. } | Action::Slash { .. } => {
                self.intervene(action);
            }
            _ => return self.transact_alone(action),
        }
        self.prices = Prices::of_model(&self.model);
        Ok(())
    }

    fn transact_alone(&mut self, action: &Action) -> Result<()> {
        self.votes_before(action);
        let mut next = self.model.clone();
        match self.predict(&mut next, action) {
            Ok(()) => self.accept(action, next),
            Err(refusal) => {
                let name = format!("{refusal:?}");
                *self.statistics.refused.entry(name).or_default() += 1;
            }
        }
        self.check_invariants(action)
            .with_context(|| format!("in step {}: {action:?}", self.statistics.steps))
    }

    /// Before stake is brought in, its validator votes or not.
    fn votes_before(&mut self, action: &Action) {
        let Action::DepositStake { slot, votes, .. } = action else {
            return;
        };
        let validator = self.model.slots.get(slot).map(|slot| slot.validator);
        if let (Some(validator), true) = (validator, *votes) {
            self.model.votes(validator, 1);
        }
    }

    fn next_epoch_alone(&mut self, earning: &[usize]) {
        for validator in earning {
            self.model.votes(*validator, CREDITS);
        }
        // From nothing to more than any drip's bound.
        let rewards = match self.rng.random_range(0..8) {
            0 => 0,
            1 => ELSEWHERE_LAMPORTS / 100,
            _ => ELSEWHERE_LAMPORTS / 3_000,
        };
        self.model.begin_epoch(&Elsewhere {
            stake: ELSEWHERE_LAMPORTS,
            credits: CREDITS,
            rewards,
        });
    }
}
