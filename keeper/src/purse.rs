//! What counts the fees of a pool's transactions before they are sent.

use std::cell::RefCell;

use sluice_client::{ClientError, Purse};
use sluice_math::Lamports;
use solana_signature::Signature;

use crate::{chronicle::Chronicle, claims::Budget, outcome::Purpose};

/// Pays for the transactions of one pool, all for one purpose.
pub struct PoolPurse<'a> {
    /// Where it is noted.
    pub chronicle: &'a Chronicle<'a>,
    /// What for.
    pub purpose: Purpose,
    /// What they may cost in this epoch; without one as much as they do.
    pub budget: Option<&'a RefCell<Budget>>,
}

impl Purse for PoolPurse<'_> {
    fn pool(&self) -> Option<&str> {
        Some(&self.chronicle.pool)
    }

    fn open(&self, signature: &Signature, fee: Lamports) -> Result<(), ClientError> {
        if let Some(budget) = self.budget {
            budget.borrow_mut().spend(fee)?;
        }
        self.chronicle
            .note(|pool| pool.sums.open(*signature, fee, self.purpose));
        Ok(())
    }

    fn never_arrived(&self, signature: &Signature) {
        self.chronicle
            .note(|pool| pool.sums.never_arrived(signature));
    }
}
