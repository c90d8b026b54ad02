//! Validators, and what the curator and the observing cranks do with them.

use sluice::{
    SluiceError::{
        NotObserved, RewardsBeingPaid, SlotEmpty, SlotLeaving, SlotNotDrained, SlotWaits,
        StakeNotInitialized, ValidatorDelinquent,
    },
    state::{SLOTS_PER_PAGE, StakeAccountKind},
};
use sluice_math::{Lamports, Ledger};
use solana_pubkey::Pubkey;

use crate::{
    action::Refusal,
    pool::{Model, Outcome, bps, program_error},
    stake::{Phase, StakeAccount, StakeKind},
};

/// Both kinds, in the order in which they are observed.
pub const KINDS: [StakeAccountKind; 2] = [StakeAccountKind::Main, StakeAccountKind::Transient];

/// One of a slot's stake accounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// Its address.
    pub address: Pubkey,
    /// Lamports in the pool's books.
    pub booked: u64,
    /// What it really is.
    pub account: StakeAccount,
}

/// What the transient account was last used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Nothing since it was emptied.
    Idle,
    /// Delegated in this epoch of the record.
    Activating,
    /// Deactivated.
    Deactivating,
}

/// A validator of the pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Index into the world's validators.
    pub validator: usize,
    /// Its vote account.
    pub vote: Pubkey,
    /// Number in the life of the pool.
    pub serial: u64,
    /// Main and transient.
    pub stakes: [Held; 2],
    /// On its way back.
    pub deactivating: u64,
    /// Rent paid in.
    pub rent: u64,
    /// Weight now.
    pub weight: u16,
    /// Weight from the due epoch on.
    pub next_weight: u16,
    /// Epoch of a due change.
    pub due_epoch: Option<u64>,
    /// Whether the due change retires it.
    pub retires: bool,
    /// Whether it drains.
    pub leaving: bool,
    /// Whether that is because it misbehaved.
    pub ejected: bool,
    /// Epoch of the last observation.
    pub observed_epoch: u64,
    /// What main has delegated as far as it was seen or moved.
    pub delegated: u64,
    /// What it had delegated at the last boundary, where that was observed before and after.
    pub rewarded: Option<u64>,
    /// What that boundary paid for it.
    pub paid: u64,
    /// Observations until what is paid is judged.
    pub unjudged: u8,
    /// Whether main was slashed since the last observation, and before it.
    pub slashed: bool,
    pub was_slashed: bool,
    /// Use of the transient account, and the epoch in which it began.
    pub usage: (Usage, u64),
}

/// Observations of a new validator before what is paid for it is judged.
pub const UNJUDGED: u8 = 3;

/// What a page counts beside its slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Whether it has an account.
    pub exists: bool,
    /// Epoch in which it was last observed or grew.
    pub epoch: u64,
    /// Lamports that could earn in the epoch before.
    pub earning: u64,
    /// What rewards added to the delegations of main accounts.
    pub paid: u64,
    /// Those delegations before.
    pub rewarded: u64,
}

impl Page {
    fn begin(&mut self, epoch: u64) {
        if self.epoch != epoch {
            self.epoch = epoch;
            (self.earning, self.paid, self.rewarded) = (0, 0, 0);
        }
    }

    /// What earned for the rewards that `epoch` books: nothing if nobody observed in it.
    pub fn earning_in(&self, epoch: u64) -> u64 {
        if self.epoch == epoch { self.earning } else { 0 }
    }

    /// What those rewards added to delegations, and the delegations before.
    pub fn paid_and_rewarded_in(&self, epoch: u64) -> (u64, u64) {
        if self.epoch == epoch {
            (self.paid, self.rewarded)
        } else {
            (0, 0)
        }
    }
}

/// The index of a kind in [`Slot::stakes`].
pub fn at(kind: StakeAccountKind) -> usize {
    match kind {
        StakeAccountKind::Main => 0,
        StakeAccountKind::Transient => 1,
    }
}

impl Slot {
    /// Booked lamports of both stake accounts.
    pub fn booked(&self) -> u64 {
        self.stakes[0].booked + self.stakes[1].booked
    }

    /// Whether pricing must read the transient account in an epoch.
    pub fn must_read_transient(&self, epoch: u64) -> bool {
        match self.usage {
            (Usage::Idle, _) => false,
            (Usage::Activating, since) => since + 1 < epoch,
            (Usage::Deactivating, _) => true,
        }
    }

    /// The booked lamports that are on their way back, by the accounts.
    pub fn returning(&self, rent: u64) -> u64 {
        let part = |held: &Held| {
            if held.account.returns() {
                held.booked.saturating_sub(rent)
            } else {
                0
            }
        };
        self.stakes.iter().map(part).sum()
    }

    /// Main's delegation, unless it deactivates.
    pub fn staying(&self) -> u64 {
        let main = self.stakes[0].account.delegation();
        let staying = main.filter(|main| main.deactivation_epoch == u64::MAX);
        staying.map_or(0, |main| main.stake)
    }

    fn note_rewards(&mut self, epoch: u64) {
        let (before, now) = (self.delegated, self.staying());
        let known = before > 0 && now >= before && self.observed_epoch + 1 == epoch;
        self.rewarded = known.then_some(before);
        self.paid = if known { now.saturating_sub(before) } else { 0 };
        self.delegated = now;
        self.was_slashed = std::mem::take(&mut self.slashed);
        self.unjudged = self.unjudged.saturating_sub(1);
    }

    fn will_leave(&self) -> bool {
        self.leaving || self.retires
    }
}

impl Model {
    pub fn slot(&mut self, index: u8) -> Outcome<&mut Slot> {
        self.slots.get_mut(&index).ok_or(SlotEmpty.into())
    }

    pub fn add_validator(
        &mut self,
        validator: usize,
        vote: Pubkey,
        weight: u16,
        addresses: [Pubkey; 2],
    ) -> Outcome {
        self.require_acceptable(validator)?;
        if self.conduct.is_delinquent(validator, self.now.epoch) {
            return Err(ValidatorDelinquent.into());
        }
        if self.slots.values().any(|slot| slot.vote == vote) {
            return Err(Refusal::Elsewhere);
        }
        if self.now.pays_rewards {
            return Err(RewardsBeingPaid.into());
        }
        self.require_waited(validator)?;
        let rent = self.rents.stake;
        let stakes = addresses.map(|address| Held {
            address,
            booked: rent,
            account: StakeAccount::initialized(rent + self.prefunded.remove(&address).unwrap_or(0)),
        });
        let free = (0..).find(|index| !self.slots.contains_key(index));
        let index = free.filter(|index| usize::from(*index) < SLOTS_PER_PAGE);
        // Whose weight could take anything from others has none before the next epoch.
        let at_once = self.most_validators == 0 || self.weight == 0;
        let slot = Slot {
            validator,
            vote,
            serial: self.next_serial,
            stakes,
            deactivating: 0,
            rent: 2 * rent,
            weight: if at_once { weight } else { 0 },
            next_weight: weight,
            due_epoch: (!at_once).then_some(self.now.epoch + 1),
            retires: false,
            leaving: false,
            ejected: false,
            observed_epoch: self.now.epoch,
            delegated: 0,
            rewarded: None,
            paid: 0,
            unjudged: UNJUDGED,
            slashed: false,
            was_slashed: false,
            usage: (Usage::Idle, 0),
        };
        self.slots
            .insert(index.expect("worlds are smaller than a page"), slot);
        self.page.exists = true;
        self.page.begin(self.now.epoch);
        self.next_serial += 1;
        if at_once && weight > 0 {
            self.weight += u64::from(weight);
            let cap = bps(self.config.share_cap_bps);
            let most = self.slots.len().max(self.most_validators);
            let spread = self.spread.with(weight, cap, most as u64);
            self.spread = spread.map_err(program_error)?;
        }
        self.ledger = Ledger {
            staked: Lamports::new(self.ledger.staked.get() + 2 * rent),
            locked: Lamports::new(self.ledger.locked.get() + 2 * rent),
            ..self.ledger
        };
        Ok(())
    }

    pub fn set_weight(&mut self, index: u8, weight: u16) -> Outcome {
        let due = self.now.epoch + 1;
        self.reinstate(index)?;
        let slot = self.slot(index)?;
        if slot.will_leave() {
            return Err(SlotLeaving.into());
        }
        slot.next_weight = weight;
        slot.due_epoch = Some(due);
        Ok(())
    }

    pub fn retire(&mut self, index: u8) -> Outcome {
        if self.slot(index)?.will_leave() {
            return Err(SlotLeaving.into());
        }
        self.set_weight(index, 0)?;
        self.slot(index)?.retires = true;
        Ok(())
    }

    pub fn close(&mut self, index: u8) -> Outcome {
        self.require_fresh()?;
        let (epoch, history, rent) = (self.now.epoch, self.now.history.clone(), self.rents.stake);
        let slot = self.slot(index)?.clone();
        let unwanted = slot.leaving;
        if !unwanted || slot.booked() > slot.rent.max(2 * rent) || slot.deactivating > 0 {
            return Err(SlotNotDrained.into());
        }
        let remembered = self.conduct.waits.contains_key(&slot.validator);
        let waits = slot.ejected && slot.due_epoch.is_some_and(|due| due > epoch);
        if waits && !remembered {
            return Err(SlotWaits.into());
        }
        for held in &slot.stakes {
            if held.account.kind == StakeKind::Uninitialized {
                return Err(StakeNotInitialized.into());
            }
            if held.account.phase(epoch, &history) != Phase::Inactive {
                return Err(SlotNotDrained.into());
            }
            self.reserve += held.account.lamports;
        }
        let add = |amount: Lamports, more: u64| Lamports::new(amount.get() + more);
        let less = |amount: Lamports, less: u64| Lamports::new(amount.get() - less);
        self.ledger = Ledger {
            staked: less(self.ledger.staked, slot.booked()),
            reserve: add(self.ledger.reserve, slot.booked()),
            locked: less(self.ledger.locked, slot.rent),
            pending: add(self.ledger.pending, slot.rent),
            ..self.ledger
        };
        self.weight -= u64::from(slot.weight);
        self.slots.remove(&index);
        Ok(())
    }

    pub fn observe(&mut self, first: u8, count: u8) -> Outcome {
        if self.is_fresh() {
            return Ok(());
        }
        if self.now.pays_rewards {
            return Err(RewardsBeingPaid.into());
        }
        let (epoch, rent) = (self.now.epoch, self.rents.stake);
        let history = self.now.history.clone();
        self.page.begin(epoch);
        for (_, slot) in self.slots.range_mut(first..first.saturating_add(count)) {
            if slot.observed_epoch == epoch {
                continue;
            }
            let reads_transient = slot.must_read_transient(epoch);
            let read = &mut slot.stakes[..if reads_transient { 2 } else { 1 }];
            let is_reset = |held: &Held| !held.account.is_ours() && held.account.lamports >= rent;
            if read.iter().any(is_reset) {
                continue;
            }
            let (mut returning, mut earning) = (0, 0);
            let warms_up = slot.usage.0 == Usage::Activating;
            for (at, held) in read.iter_mut().enumerate() {
                let account = &held.account;
                held.booked = if account.is_ours() {
                    account.lamports
                } else {
                    account.lamports.min(held.booked)
                };
                if account.returns() {
                    returning += held.booked.saturating_sub(rent);
                }
                // Only what the transient account itself activates may have warmed up in part.
                earning += if at == 1 && warms_up {
                    account.effective(epoch - 1, &history)
                } else {
                    account.earns(epoch - 1)
                };
            }
            slot.deactivating = returning;
            slot.note_rewards(epoch);
            self.page.paid += slot.paid;
            self.page.rewarded += slot.rewarded.unwrap_or(0);
            slot.observed_epoch = epoch;
            self.page.earning += earning;
            if slot.due_epoch.is_some_and(|due| due <= epoch) {
                slot.due_epoch = None;
                slot.weight = slot.next_weight;
                slot.leaving |= std::mem::take(&mut slot.retires);
            }
        }
        Ok(())
    }

    /// Every slot must have been observed in this epoch.
    pub fn require_observed(&self) -> Outcome {
        let epoch = self.now.epoch;
        if self.slots.values().all(|slot| slot.observed_epoch == epoch) {
            Ok(())
        } else {
            Err(NotObserved.into())
        }
    }

    pub fn reclaim(&mut self, index: u8, kind: StakeAccountKind) -> Outcome {
        let (pays_rewards, rent) = (self.now.pays_rewards, self.rents.stake);
        let account = &mut self.slot(index)?.stakes[at(kind)].account;
        if pays_rewards {
            return Err(RewardsBeingPaid.into());
        }
        if account.kind == StakeKind::Uninitialized {
            if account.lamports < rent {
                return Err(Refusal::Elsewhere);
            }
            account.kind = StakeKind::Initialized;
        }
        Ok(())
    }
}
