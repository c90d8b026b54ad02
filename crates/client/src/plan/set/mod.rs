//! The set of a pool as it is wanted: its validators with their weights, parameters, roles and the
//! token's name, and what must change until it is so.
//!
//! The plan is a function of a view and a wish. What a wish does not name stays. A change that waits
//! already and leads to the wish is no change. Impossible wishes are refused before there is a plan.
//!
//! The order is safe, since the changes may be interrupted anywhere: parameters first, then validators
//! that come, weights that rise, weights that fall, validators that leave; then the token's name; roles
//! last, so that those who have them now can do the rest.

mod change;
mod cost;
pub mod optimise;
mod parameters;
mod place;
mod roles;
mod select;
#[cfg(test)]
mod tests;
mod token;
mod validators;
mod wanted;

use std::collections::HashMap;

pub use change::{Authority, Change, Kind};
pub use place::{Impossible, Place, RoleKey, TokenKey};
pub use select::{Rated, Rules, TooFew, select};
use sluice::state::{Marker, Parameter};
use solana_account::Account;
use solana_pubkey::Pubkey;
pub use wanted::{Wanted, WantedRoles, WantedToken, WantedValidator};

use crate::{
    AccountSource, PoolAddresses, PoolSnapshot, Result, TokenMetadata, pool::snapshot::fetch_all,
};

/// What a plan is made from.
#[derive(Clone, Debug)]
pub struct SetView {
    /// The pool.
    pub snapshot: PoolSnapshot,
    /// What its token is called, if it has a name.
    pub token: Option<TokenMetadata>,
    /// Vote accounts of the wanted validators that the pool has not got, by address.
    pub votes: HashMap<Pubkey, Account>,
    /// What the pool remembers of those that it had, by vote account.
    pub markers: HashMap<Pubkey, Marker>,
}

/// What must change.
#[derive(Clone, Debug, Default)]
pub struct SetPlan {
    /// What can be done now, in this order.
    pub changes: Vec<Change>,
    /// Changes of parameters that were announced and lead to the wish.
    pub waiting: Vec<Waiting>,
    /// What cannot be done yet. A later plan has it among its changes.
    pub later: Vec<Later>,
    /// What the wish leads to and may not be meant: sentences without their full stops.
    pub notes: Vec<String>,
}

/// An announced change that leads to the wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What changes.
    pub parameter: Parameter,
    /// The value in force.
    pub before: u64,
    /// The value to come.
    pub value: u64,
    /// The first epoch whose finalize applies it.
    pub from_epoch: u64,
}

/// A wish that cannot be carried out yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// Which one.
    pub place: Place,
    /// What, and why not yet: a sentence without its full stop.
    pub what: String,
}

impl SetView {
    /// Reads what a plan for this wish is made from.
    pub fn load(
        source: &impl AccountSource,
        pool: &PoolAddresses,
        wanted: &Wanted,
    ) -> Result<Self> {
        let snapshot = PoolSnapshot::load(source, pool)?;
        let token = TokenMetadata::load(source, pool)?;
        let wanted = wanted.validators.iter().flatten().map(|one| one.vote);
        let new: Vec<Pubkey> = wanted
            .filter(|vote| snapshot.slot_of(vote).is_none())
            .collect();
        let votes = fetch_all(source, &new, snapshot.slot)?;
        let markers: Vec<Pubkey> = new.iter().map(|vote| pool.marker(vote)).collect();
        let markers = fetch_all(source, &markers, snapshot.slot)?;
        // Somebody may have sent lamports to the address of a marker that does not exist.
        let markers = markers
            .iter()
            .filter(|(_, account)| account.owner == sluice::ID)
            .map(|(address, account)| {
                let marker: Marker = crate::decode(address, account)?;
                Ok((marker.vote, marker))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            snapshot,
            token,
            votes,
            markers,
        })
    }

    /// What must change until the pool is as it is wanted.
    ///
    /// # Errors
    ///
    /// All wishes that no pool can fulfil, or this one never.
    pub fn plan(&self, wanted: &Wanted) -> std::result::Result<SetPlan, Vec<Impossible>> {
        let mut planning = Planning {
            view: self,
            plan: SetPlan::default(),
            impossible: Vec::new(),
        };
        let parameters = planning.parameters(wanted);
        planning.validators(wanted, &parameters);
        planning.token(wanted);
        planning.roles(wanted);
        match planning.impossible.is_empty() {
            true => Ok(planning.plan),
            false => Err(planning.impossible),
        }
    }
}

impl SetPlan {
    /// Whether the pool is as it is wanted, once what was announced is in force.
    pub fn is_done(&self) -> bool {
        self.changes.is_empty() && self.later.is_empty()
    }
}

/// A plan on its way.
struct Planning<'a> {
    view: &'a SetView,
    plan: SetPlan,
    impossible: Vec<Impossible>,
}

impl Planning<'_> {
    fn change(&mut self, kind: Kind, authority: Authority, from_epoch: Option<u64>) {
        self.plan.changes.push(Change {
            kind,
            authority,
            from_epoch,
        });
    }

    fn refuse(&mut self, place: Place, why: impl Into<String>) {
        self.impossible.push(Impossible {
            place,
            why: why.into(),
        });
    }

    fn later(&mut self, place: Place, what: impl Into<String>) {
        self.plan.later.push(Later {
            place,
            what: what.into(),
        });
    }
}
