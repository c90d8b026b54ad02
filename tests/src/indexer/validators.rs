//! Validators: who they are and what they shall have. What each of them holds, no event tells.

use std::collections::BTreeMap;

use sluice::{
    events::{
        SlotClosed, ValidatorAdded, ValidatorEjected, ValidatorReinstated, ValidatorRetired,
        WeightSet,
    },
    state::SlotState,
};
use solana_pubkey::Pubkey;

/// A change that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The weight from then on.
    pub weight: u16,
    /// The epoch from which it holds; of an ejected validator, from which it may come back.
    pub from_epoch: u64,
    /// Whether the validator drains from then on.
    pub retires: bool,
}

/// A validator of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    /// Page of its slot.
    pub page: u16,
    /// Index of its slot on the page.
    pub slot_index: u8,
    /// Serial of its stake accounts.
    pub serial: u64,
    /// Rent that the curator paid in.
    pub rent_lamports: u64,
    /// Its weight now.
    pub weight: u16,
    /// Whether it drains, and why.
    pub state: SlotState,
    /// What waits.
    pub next: Option<Change>,
}

impl Validator {
    /// A change holds from its epoch on: the first `observe` of the epoch writes it.
    pub fn apply_due_change(&mut self, epoch: u64) {
        let Some(change) = self.next.filter(|change| change.from_epoch <= epoch) else {
            return;
        };
        self.weight = change.weight;
        self.next = None;
        if change.retires {
            self.state = SlotState::Retiring;
        }
    }
}

/// The validators of a pool, by vote account.
pub(super) type Validators = BTreeMap<Pubkey, Validator>;

pub(super) fn add(validators: &mut Validators, event: &ValidatorAdded) {
    let validator = Validator {
        page: event.page,
        slot_index: event.slot_index,
        serial: event.serial,
        rent_lamports: event.rent_lamports,
        weight: 0,
        state: SlotState::Active,
        next: Some(Change {
            weight: event.weight,
            from_epoch: event.from_epoch,
            retires: false,
        }),
    };
    validators.insert(event.vote, validator);
}

pub(super) fn weigh(validators: &mut Validators, event: &WeightSet) {
    if let Some(validator) = validators.get_mut(&event.vote) {
        validator.weight = event.weight_before;
        validator.next = Some(Change {
            weight: event.weight,
            from_epoch: event.from_epoch,
            retires: false,
        });
    }
}

pub(super) fn retire(validators: &mut Validators, event: &ValidatorRetired) {
    if let Some(validator) = validators.get_mut(&event.vote) {
        validator.weight = event.weight_before;
        validator.next = Some(Change {
            weight: 0,
            from_epoch: event.from_epoch,
            retires: true,
        });
    }
}

pub(super) fn eject(validators: &mut Validators, event: &ValidatorEjected) {
    if let Some(validator) = validators.get_mut(&event.vote) {
        validator.weight = 0;
        validator.state = SlotState::Ejected;
        validator.next = Some(Change {
            weight: 0,
            from_epoch: event.reinstatable_epoch,
            retires: false,
        });
    }
}

pub(super) fn reinstate(validators: &mut Validators, event: &ValidatorReinstated) {
    if let Some(validator) = validators.get_mut(&event.vote) {
        validator.state = SlotState::Active;
    }
}

pub(super) fn close(validators: &mut Validators, event: &SlotClosed) {
    validators.remove(&event.vote);
}
