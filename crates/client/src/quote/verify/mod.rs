//! Whether a pool is what it says: its whole book added up again from raw accounts.
//!
//! [`Evidence`] is accounts at one moment, however they were read; [`verify`] only looks at it, so it
//! runs where there is no network. [`examine`] does both on a node.
//!
//! A check that compares two figures never counts one lamport too few as fine. What strangers can
//! change is a bound, as in the program: lamports that somebody sent and LST that somebody burned
//! are no failure.

mod books;
mod check;
mod compare;
mod evidence;
mod holdings;
mod list;
mod name;
mod power;
mod prices;
mod queue;
mod stakes;
mod state;

use books::Books;
pub use check::{Check, Figure, Finding, Subject, Verdict};
pub use compare::confirmed;
pub use evidence::{Evidence, superminority};
pub use power::Expected;
use solana_pubkey::Pubkey;

use crate::{AccountSource, ClientError, PoolAddresses, Result};

/// How often a pool is read whose tickets do not fit its batches: an index may lag behind.
const READINGS: usize = 3;

/// What was checked of a pool, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The pool.
    pub pool: Pubkey,
    /// Nothing that was compared changed from this slot on ...
    pub from_slot: u64,
    /// ... to this one.
    pub slot: u64,
    /// The epoch of both.
    pub epoch: u64,
    /// The checks, always in the same order.
    pub checks: Vec<Check>,
}

impl Report {
    /// The worst verdict of all checks.
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.checks.iter().map(Check::verdict);
        verdicts.max().unwrap_or(Verdict::Ok)
    }

    /// The check of this subject.
    pub fn check(&self, subject: Subject) -> Option<&Check> {
        self.checks.iter().find(|check| check.subject == subject)
    }
}

/// Adds the book of a pool up again and checks everything that must hold of it.
///
/// Fails where the pool or the cluster's sysvars cannot be read.
pub fn verify(evidence: &Evidence, expected: &Expected) -> Result<Report> {
    let books = Books::read(evidence)?;
    Ok(Report {
        pool: evidence.addresses.pool,
        from_slot: evidence.from_slot,
        slot: evidence.slot,
        epoch: books.epoch(),
        checks: match books.waits_for_migration() {
            true => books.checks_in_any_layout(expected),
            false => books.all_checks(expected),
        },
    })
}

impl Books<'_> {
    fn all_checks(&self, expected: &Expected) -> Vec<Check> {
        vec![
            computed(Subject::Backing, self.backing()),
            self.stake_accounts(),
            self.unlisted_stake(),
            self.reserve(),
            self.supply(),
            self.token(),
            self.name(),
            computed(Subject::Prices, self.prices()),
            self.history(),
            self.escrow(),
            self.batches(),
            self.tickets(),
            self.claims(),
            self.fees(),
            self.addresses(),
            self.validators(),
            self.staked(),
            self.deactivating(),
            self.weights(),
            self.locked_rent(),
            self.program(expected),
            self.roles(),
            self.changes(),
            self.parameters(),
            self.open(),
            computed(Subject::Concentration, self.concentration()),
        ]
    }

    /// What no migration moves.
    fn checks_in_any_layout(&self, expected: &Expected) -> Vec<Check> {
        vec![
            self.reserve(),
            self.supply(),
            self.token(),
            self.name(),
            self.escrow(),
            self.fees(),
            self.addresses(),
            self.program(expected),
            self.roles(),
        ]
    }
}

/// A check whose sums fit, or the failure that they do not.
fn computed(subject: Subject, check: Result<Check>) -> Check {
    check.unwrap_or_else(|error| {
        let mut check = Check::new(subject, "");
        let says = format!("No pool of the program can have such figures: {error}");
        check.add(Verdict::Fail, says);
        check
    })
}

/// Reads a pool and verifies it; `complete` adds what accounts do not tell. Where tickets do not fit
/// their batches, the pool is read again, since an index may be behind its node.
///
/// Fails as [`Evidence::gather`] and [`verify`] do.
pub fn examine(
    source: &impl AccountSource,
    addresses: &PoolAddresses,
    expected: &Expected,
    complete: impl Fn(&mut Evidence),
) -> Result<(Evidence, Report)> {
    let read = || {
        let mut evidence = Evidence::gather(source, addresses)?;
        complete(&mut evidence);
        let report = verify(&evidence, expected)?;
        Ok::<_, ClientError>((evidence, report))
    };
    let mut last = read()?;
    for _ in 1..READINGS {
        let tickets = last.1.check(Subject::Tickets).map(Check::verdict);
        if tickets != Some(Verdict::Fail) {
            break;
        }
        last = read()?;
    }
    Ok(last)
}

#[cfg(test)]
mod tests;
