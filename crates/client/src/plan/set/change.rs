//! One change of a pool.

use sluice::state::{Parameter, PendingChange};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent;
use strum::Display;

use super::{RoleKey, SetView};
use crate::{LATER_VALIDATORS, SlotAddress, TokenName};

/// A change that can be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changes.
    pub kind: Kind,
    /// Who signs it.
    pub authority: Authority,
    /// The first epoch in which it acts, if it were made now; none where it acts at once.
    pub from_epoch: Option<u64>,
}

/// Who decides something about a pool, and who that is now.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
#[strum(serialize_all = "snake_case")]
pub enum Authority {
    /// The admin.
    Admin(Pubkey),
    /// Who is nominated as admin.
    NominatedAdmin(Pubkey),
    /// The curator.
    Curator(Pubkey),
    /// Who may change what the token is called.
    UpdateAuthority(Pubkey),
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A parameter gets another value, with notice.
    Schedule {
        /// Which one.
        parameter: Parameter,
        /// The value in force.
        before: u64,
        /// The value to come.
        value: u64,
        /// The value that was decided last, whose place it takes.
        replaces: u64,
        /// Whether the change that waits is replaced.
        replaces_waiting: bool,
        /// Whether it can cost holders, and so waits an epoch longer.
        can_cost: bool,
    },
    /// An announced change is taken back, so that the value in force stays.
    Cancel {
        /// Of which parameter.
        parameter: Parameter,
        /// The value that stays.
        stays: u64,
        /// What waits.
        waits: PendingChange,
    },
    /// A validator comes.
    Add {
        /// Its vote account.
        vote: Pubkey,
        /// Its weight.
        weight: u16,
        /// The page with a free slot.
        page: u16,
        /// The serial that it gets.
        serial: u64,
    },
    /// A validator gets another weight.
    Weigh {
        /// Its slot.
        place: SlotAddress,
        /// The weight that was decided last.
        before: u16,
        /// Its weight from then on.
        weight: u16,
        /// Whether it was ejected, and is taken back.
        reinstates: bool,
    },
    /// A validator leaves.
    Retire {
        /// Its slot.
        place: SlotAddress,
        /// The weight that was decided last.
        before: u16,
    },
    /// The token is called otherwise.
    Rename {
        /// What it is called, as it can be shown.
        before: [String; 3],
        /// What it will be called.
        name: TokenName,
    },
    /// Another key may change what the token is called.
    HandOver {
        /// Who may now.
        before: Pubkey,
        /// Who will.
        to: Pubkey,
    },
    /// Another key has a role, or is nominated for one. The zero key is nobody.
    Give {
        /// Which one.
        role: RoleKey,
        /// Who has it now.
        before: Pubkey,
        /// Who will have it.
        to: Pubkey,
    },
    /// Who is nominated becomes admin.
    Accept {
        /// Who is admin now.
        before: Pubkey,
    },
}

impl Authority {
    /// Whose signature it takes.
    pub fn key(&self) -> Pubkey {
        match self {
            Self::Admin(key)
            | Self::NominatedAdmin(key)
            | Self::Curator(key)
            | Self::UpdateAuthority(key) => *key,
        }
    }
}

impl Change {
    /// What is sent for it; `payer` pays for a token account that the treasury may lack. A message that
    /// waits for signatures works also after others have added some validators.
    pub fn instructions(&self, view: &SetView, payer: &Pubkey, waits: bool) -> Vec<Instruction> {
        let (pool, by) = (&view.snapshot.addresses, self.authority.key());
        let later = if waits { LATER_VALIDATORS } else { 0 };
        match &self.kind {
            Kind::Schedule {
                parameter,
                value,
                replaces,
                ..
            } => vec![pool.schedule_change(by, *parameter, *value, *replaces)],
            Kind::Cancel {
                parameter, waits, ..
            } => vec![pool.cancel_change(by, *parameter, *waits)],
            Kind::Add {
                vote,
                weight,
                page,
                serial,
            } => vec![pool.add_validator_later(by, *vote, (*page, *serial), *weight, later)],
            Kind::Weigh {
                place,
                before,
                weight,
                ..
            } => vec![pool.set_weight(by, place, *weight, *before)],
            Kind::Retire { place, .. } => vec![pool.retire_validator(by, place)],
            Kind::Rename { name, .. } => {
                let token = view.token.iter();
                token.map(|token| token.set(name)).collect()
            }
            Kind::HandOver { to, .. } => {
                let token = view.token.iter();
                token.map(|token| token.hand_over(*to)).collect()
            }
            Kind::Give { role, before, to } => self.give(view, payer, *role, (*before, *to)),
            Kind::Accept { .. } => vec![pool.accept_admin(by)],
        }
    }

    fn give(
        &self,
        view: &SetView,
        payer: &Pubkey,
        role: RoleKey,
        (before, to): (Pubkey, Pubkey),
    ) -> Vec<Instruction> {
        let (pool, admin) = (&view.snapshot.addresses, self.authority.key());
        match role {
            RoleKey::Curator => vec![pool.set_curator(admin, to, before)],
            RoleKey::Guardian => vec![pool.set_guardian(admin, to, before)],
            RoleKey::Admin | RoleKey::NominatedAdmin => {
                vec![pool.nominate_admin(admin, to, before)]
            }
            // Without its token account the fees would wait.
            RoleKey::Treasury => vec![
                create_associated_token_account_idempotent(
                    payer,
                    &to,
                    &pool.mint,
                    &spl_token_interface::ID,
                ),
                pool.set_treasury(admin, to, before),
            ],
        }
    }
}
