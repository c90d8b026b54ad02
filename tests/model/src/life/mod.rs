//! A pool's life from its seed: what is done next, and what must come of it.

mod alone;
mod choice;
mod drawn;
mod requests;
mod stakers;
mod statistics;

use std::collections::VecDeque;

pub use alone::{MadeUp, RENTS, dawn};
pub use drawn::{Character, Founding, USERS, VALIDATORS};
use rand::rngs::StdRng;
use solana_pubkey::Pubkey;
pub use statistics::Statistics;

use crate::{
    SOL,
    action::{Action, Gift},
    invariants::Prices,
    pool::{Model, Outcome},
    slots::at,
    stake::StakeKind,
};

/// Steps kept for the report of a failure.
const TRACE: usize = 40;

/// Where the accounts of a pool are.
pub trait Addresses: Send {
    /// A batch of this number.
    fn batch(&self, id: u64) -> Pubkey;
    /// A ticket of this number, of this user.
    fn ticket(&self, user: usize, number: u64) -> Pubkey;
    /// The main and the transient stake account of a slot with this serial.
    fn stakes(&self, serial: u64) -> [Pubkey; 2];
    /// The vote account of a validator.
    fn vote(&self, validator: usize) -> Pubkey;
    /// The reserve and the claims vault.
    fn purses(&self) -> [Pubkey; 2];
    /// Accounts of the pool whose lamports are nobody's business.
    fn others(&self) -> [Pubkey; 5];
}

/// A life.
pub struct Life {
    /// What it is like.
    pub character: Character,
    /// What happened.
    pub statistics: Statistics,
    /// The reference.
    pub model: Model,
    /// Where its accounts are.
    pub addresses: Box<dyn Addresses>,
    /// Users, the treasury among them.
    pub users: usize,
    /// Vote accounts that can join the pool.
    pub validators: usize,
    /// Where all that is random comes from.
    pub rng: StdRng,
    /// The number of the next ticket.
    pub ticket_number: u64,
    /// The prices after the last step.
    pub prices: Prices,
    trace: VecDeque<String>,
}

impl Life {
    /// The life of a model, from here on.
    pub fn new(
        model: Model,
        founding: Founding,
        validators: usize,
        addresses: Box<dyn Addresses>,
    ) -> Self {
        Self {
            character: founding.character,
            statistics: Statistics::default(),
            prices: Prices::of_model(&model),
            users: model.holders.len(),
            model,
            addresses,
            validators,
            rng: founding.rng,
            ticket_number: 0,
            trace: VecDeque::new(),
        }
    }

    /// Notes a step before it is done.
    pub fn note(&mut self, action: &Action) {
        let now = &self.model.now;
        let line = format!("epoch {} slot {}: {action:?}", now.epoch, now.slot);
        self.trace.push_back(line);
        if self.trace.len() > TRACE {
            self.trace.pop_front();
        }
        self.statistics.steps += 1;
        if !action.is_transaction() {
            self.statistics.count_effective(action);
        }
    }

    /// The last steps, for a report.
    pub fn trace(&self) -> String {
        let mut lines: Vec<_> = self.trace.iter().cloned().collect();
        lines.push(format!("{:?}", self.character));
        lines.join("\n")
    }

    /// Goes on with the model after a step that was accepted.
    pub fn accept(&mut self, action: &Action, next: Model) {
        let asks = action.is_view() || matches!(action, Action::Donate { .. });
        if asks || next.differs(&self.model) {
            self.statistics.count_effective(action);
        }
        self.ticket_number += u64::from(matches!(action, Action::Request { .. }));
        self.model = next;
    }

    /// The ticket that a user's next request makes.
    pub fn next_ticket(&self, user: usize) -> Pubkey {
        self.addresses.ticket(user, self.ticket_number)
    }

    /// Where a gift goes.
    pub fn gift_address(&self, gift: &Gift) -> Pubkey {
        self.model
            .gift_address(gift, &*self.addresses, self.ticket_number)
    }

    /// What the program must make of an action.
    pub fn predict(&self, model: &mut Model, action: &Action) -> Outcome {
        model.apply(action, &*self.addresses, self.ticket_number)
    }

    /// What the runtime or a disaster does to a stake account, past the program.
    pub fn intervene(&mut self, action: &Action) {
        let (Action::ForceDeactivate { slot, kind }
        | Action::Reset { slot, kind }
        | Action::Slash { slot, kind, .. }) = action
        else {
            return;
        };
        let epoch = self.model.now.epoch;
        let Some(slot) = self.model.slots.get_mut(slot) else {
            return;
        };
        slot.slashed |= matches!(action, Action::Slash { .. }) && at(*kind) == 0;
        let account = &mut slot.stakes[at(*kind)].account;
        match action {
            Action::Reset { .. } => account.kind = StakeKind::Uninitialized,
            Action::Slash { lamports, .. } => {
                account.lamports -= lamports;
                if let StakeKind::Delegated(delegation) = &mut account.kind {
                    delegation.stake -= lamports;
                }
            }
            _ => account.deactivate(epoch),
        }
        self.prices = Prices::of_model(&self.model);
    }
}
