//! What a world does next, drawn from its seed.

use rand::{Rng, seq::IndexedRandom};
use sluice::state::StakeAccountKind;
use solana_pubkey::Pubkey;

use super::{Life, SOL};
use crate::{
    action::{Action, Gift},
    slots::{KINDS, at},
    stake::StakeKind,
};

impl Life {
    /// Anything.
    pub fn choose(&mut self) -> Action {
        if self.model.now.pays_rewards && self.rng.random_ratio(3, 5) {
            return Action::FinishRewards;
        }
        if !self.model.is_fresh() && self.rng.random() {
            return self.due_crank();
        }
        match self.rng.random_range(0..100) {
            0..36 => self.holder_acts(),
            36..60 => self.due_crank(),
            60..68 => self.any_crank(),
            68..80 => self.time_passes(),
            80..85 => self.curator_acts(),
            85..95 if self.character.adversary => self.stranger_acts(),
            85..95 => self.holder_acts(),
            _ => self.somebody_asks(),
        }
    }

    /// Something small that a stranger does just before somebody's crank.
    pub fn disturbance(&mut self) -> Option<Action> {
        Some(match self.rng.random_range(0..6) {
            0 => self.holder_acts(),
            1 | 2 => self.any_crank(),
            3 => {
                let user = self.rng.random_range(0..self.users);
                let lst = self.model.holders[user]
                    .lst
                    .min(self.rng.random_range(1..1_000));
                let batch = self.open_batch();
                Action::request(user, lst, batch)
            }
            _ => self.stranger_acts(),
        })
    }

    /// The batch that takes requests now.
    pub fn open_batch(&self) -> u64 {
        let mut queue = self.model.queue.clone();
        queue.roll(self.model.now.slot);
        queue.open
    }

    /// A weight for a validator.
    pub fn weight(&mut self) -> u16 {
        *[0, 1, 1, 2, 10, 100, u16::MAX]
            .choose(&mut self.rng)
            .expect("some")
    }

    /// Amounts where something may break: dust, the minimum delegation and its first multiples,
    /// everyday ones, and a whale's.
    pub fn lamports(&mut self) -> u64 {
        let whale = if self.character.giant { 120_000 } else { 3_000 };
        let around = |rng: &mut rand::rngs::StdRng, lamports: u64| {
            (lamports + rng.random_range(0..=6)).saturating_sub(3)
        };
        match self.rng.random_range(0..20) {
            0 => self.rng.random_range(0..=2),
            1 | 2 => self.rng.random_range(1..10_000),
            3..=6 => {
                let whole = self.rng.random_range(1..=3) * SOL;
                around(&mut self.rng, whole)
            }
            7 => around(&mut self.rng, SOL * 5 / 4),
            8..=11 => self.rng.random_range(SOL..10 * SOL),
            12..=16 => self.rng.random_range(SOL..300 * SOL),
            17 | 18 => self.rng.random_range(SOL..whale * SOL),
            _ => *[u64::MAX, 1 << 53, 20_000 * SOL]
                .choose(&mut self.rng)
                .expect("some"),
        }
    }

    pub fn lst_of(&mut self, user: usize) -> u64 {
        let all = self.model.holders[user].lst;
        match self.rng.random_range(0..12) {
            0 => self.rng.random_range(0..=2),
            1 | 2 => self.rng.random_range(1..1_000).min(all),
            3 => all,
            4 => all.saturating_sub(1),
            5 => all / 2,
            6 => all + 1,
            7 => SOL.min(all),
            _ => self.rng.random_range(0..=all / 4),
        }
    }

    fn holder_acts(&mut self) -> Action {
        if !self.model.slots.is_empty() && self.rng.random_ratio(1, 8) {
            return self.staker_acts();
        }
        let user = self.rng.random_range(0..self.users);
        let minimum = self.rng.random_ratio(1, 20);
        let ticket = self.any_ticket();
        match (self.rng.random_range(0..20), ticket) {
            (0..=6, _) => {
                let lamports = self.lamports();
                let minted = self
                    .model
                    .quote_deposit(lamports)
                    .map_or(0, |quote| quote.minted.get());
                let minimum = if minimum {
                    minted + self.rng.random_range(0..=1)
                } else {
                    0
                };
                Action::Deposit {
                    user,
                    lamports,
                    minimum,
                }
            }
            (7..=9, _) => {
                let lst = self.lst_of(user);
                let paid = self.model.quote_withdraw(lst).map_or(0, |quote| quote.0);
                let minimum = if minimum {
                    paid + self.rng.random_range(0..=1)
                } else {
                    0
                };
                Action::Withdraw { user, lst, minimum }
            }
            (10..=12, Some(ticket)) => Action::Claim { ticket },
            (13 | 14, Some(ticket)) => Action::Cancel { ticket },
            (15, Some(ticket)) => {
                let to = self.rng.random_range(0..self.users);
                Action::Transfer { ticket, to }
            }
            _ => self.joins_the_queue(user),
        }
    }

    fn any_ticket(&mut self) -> Option<Pubkey> {
        let tickets: Vec<_> = self.model.queue.tickets.keys().copied().collect();
        tickets.choose(&mut self.rng).copied()
    }

    pub fn any_slot(&mut self) -> u8 {
        let slots: Vec<_> = self.model.slots.keys().copied().collect();
        slots.choose(&mut self.rng).copied().unwrap_or(0)
    }

    fn any_kind(&mut self) -> StakeAccountKind {
        *KINDS.choose(&mut self.rng).expect("there are two")
    }

    /// A crank that would change something; time passes where there is none.
    fn due_crank(&mut self) -> Action {
        let due = self.model.due_cranks();
        match due.choose(&mut self.rng) {
            // Observations come in any partition.
            Some(Action::Observe { count, .. }) if self.rng.random() => {
                let first = self.rng.random_range(0..=*count);
                let count = self.rng.random_range(1..=count + 1);
                Action::Observe { first, count }
            }
            Some(action) => action.clone(),
            None => self.time_passes(),
        }
    }

    /// Any crank, due or not: twice, too early, in vain.
    fn any_crank(&mut self) -> Action {
        let (slot, kind) = (self.any_slot(), self.any_kind());
        let has_slots = !self.model.slots.is_empty();
        match self.rng.random_range(0..11) {
            8 if has_slots => Action::ReportLoss { slot },
            9 | 10 if has_slots => Action::Eject { slot },
            0 if has_slots => Action::Collect { slot },
            1 if has_slots => Action::Delegate { slot },
            2 if has_slots => Action::Undelegate { slot },
            3 if has_slots => Action::Reclaim { slot, kind },
            4 if self.model.page.exists => {
                let first = self.rng.random_range(0..10);
                let count = self.rng.random_range(0..70);
                Action::Observe { first, count }
            }
            5 => Action::Finalize,
            6 => Action::PayFees,
            _ => {
                let batch = self.model.queue.head + u64::from(self.rng.random_ratio(1, 10));
                Action::Settle { batch }
            }
        }
    }

    fn time_passes(&mut self) -> Action {
        let (now, epoch) = (self.model.now.slot, self.model.now.epoch);
        if self.model.now.pays_rewards {
            return Action::FinishRewards;
        }
        let last = self.model.now.schedule.get_last_slot_in_epoch(epoch);
        let window = self.model.window(epoch);
        let slot = match self.rng.random_range(0..10) {
            0 => now + 1,
            1 => window.saturating_sub(1),
            2..=5 => window,
            6 => self.rng.random_range(now..=last),
            7 => last,
            _ => now,
        };
        if slot > now && slot <= last {
            Action::Wait { slot }
        } else if self.rng.random_ratio(1, 6) {
            let earning = self.earning();
            Action::NextEpoch { earning }
        } else {
            self.holder_acts()
        }
    }

    fn curator_acts(&mut self) -> Action {
        let (slot, weight) = (self.any_slot(), self.weight());
        let has_slots = !self.model.slots.is_empty();
        let validator = self.rng.random_range(0..self.validators);
        match self.rng.random_range(0..6) {
            0 | 1 if has_slots => Action::SetWeight { slot, weight },
            2 if has_slots => Action::Retire { slot },
            3 if has_slots => Action::Close { slot },
            _ => Action::AddValidator { validator, weight },
        }
    }

    fn stranger_acts(&mut self) -> Action {
        let user = self.rng.random_range(0..self.users);
        match self.rng.random_range(0..24) {
            0..=3 => self.intervention().unwrap_or(Action::Rate),
            4 if self.rng.random_ratio(1, 4) => {
                let validator = self.rng.random_range(0..self.validators);
                Action::CloseVote { validator }
            }
            9 | 10 => self.misconduct(),
            5 | 6 => {
                let lst = self.rng.random_range(0..=self.model.holders[user].lst / 8);
                Action::Burn { user, lst }
            }
            7 | 8 => {
                let lst = self.rng.random_range(0..=self.model.holders[user].lst / 8);
                let to_escrow = self.rng.random();
                Action::GiveLst {
                    user,
                    to_escrow,
                    lst,
                }
            }
            _ => self.donation(),
        }
    }

    /// A validator takes another commission, mostly an honest one.
    fn misconduct(&mut self) -> Action {
        let commissions_bps = [0, 500, 1_000, 1_000, 1_001, 10_000];
        let commission_bps = *commissions_bps.choose(&mut self.rng).expect("some");
        Action::SetCommission {
            validator: self.rng.random_range(0..self.validators),
            commission_bps,
        }
    }

    fn donation(&mut self) -> Action {
        let user = self.rng.random_range(0..self.users);
        let others = self.addresses.others();
        let (slot, kind) = (self.any_slot(), self.any_kind());
        let batches: Vec<_> = self.model.queue.batches.keys().copied().collect();
        let batch = batches.choose(&mut self.rng).copied();
        let to = match (self.rng.random_range(0..10), batch, self.any_ticket()) {
            (0, _, _) => Gift::Reserve,
            (1, _, _) => Gift::Vault,
            (2, Some(batch), _) => Gift::Batch(batch),
            (3, _, Some(ticket)) => Gift::Ticket(ticket),
            (4, _, _) => Gift::NextMain,
            (5, _, _) => Gift::NextBatch,
            (6, _, _) => Gift::NextTicket(user),
            (7, _, _) => Gift::Other(*others.choose(&mut self.rng).expect("some")),
            _ if self.model.slots.is_empty() => Gift::Reserve,
            _ => Gift::Stake(slot, kind),
        };
        let least = match to {
            Gift::NextMain | Gift::NextBatch | Gift::NextTicket(_) => self.model.rents.wallet,
            _ => 1,
        };
        let lamports = match self.rng.random_range(0..4) {
            0 => least,
            1 => least + self.rng.random_range(0..10_000_000),
            2 => least + self.rng.random_range(0..2 * SOL),
            _ => least + self.rng.random_range(0..30 * SOL),
        };
        Action::Donate { to, lamports }
    }

    /// What befalls a stake account past the program; never while rewards are paid.
    fn intervention(&mut self) -> Option<Action> {
        if self.model.now.pays_rewards || self.model.slots.is_empty() {
            return None;
        }
        let (slot, kind) = (self.any_slot(), self.any_kind());
        let account = self.model.slots.get(&slot)?.stakes[at(kind)].account;
        let above_rent = account.lamports.checked_sub(self.model.rents.stake + 1)?;
        match (self.rng.random_range(0..4), account.kind) {
            (0, StakeKind::Delegated(delegation)) if self.character.losses => {
                let most = delegation.stake.min(above_rent);
                let part = *[most, most / 2, most / 10, most / 1_000].choose(&mut self.rng)?;
                let lamports = self.rng.random_range(0..=part);
                Some(Action::Slash {
                    slot,
                    kind,
                    lamports,
                })
            }
            (1, _) => Some(Action::Reset { slot, kind }),
            (_, StakeKind::Delegated(delegation)) if delegation.deactivation_epoch == u64::MAX => {
                Some(Action::ForceDeactivate { slot, kind })
            }
            _ => None,
        }
    }

    fn somebody_asks(&mut self) -> Action {
        let user = self.rng.random_range(0..self.users);
        match self.rng.random_range(0..3) {
            0 => Action::Rate,
            1 => Action::QuoteDeposit {
                lamports: self.lamports(),
            },
            _ => Action::QuoteWithdraw {
                lst: self.lst_of(user),
            },
        }
    }

    /// Validators that have earned credits: usually all.
    pub fn earning(&mut self) -> Vec<usize> {
        let all: Vec<usize> = (0..self.validators).collect();
        match self.rng.random_range(0..4) {
            0 => Vec::new(),
            1 => {
                let count = self.rng.random_range(0..=all.len());
                all.choose_multiple(&mut self.rng, count).copied().collect()
            }
            _ => all,
        }
    }
}
