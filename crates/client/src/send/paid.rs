//! What was paid for already: a node that goes on to show a pool as it was before a transaction must not
//! have the same paid for again.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use solana_instruction::Instruction;
use solana_signature::Signature;

use crate::PoolSnapshot;

/// What failed on the cluster is tried again after this time, though the pool is shown as it was: why it
/// failed need not stand in the pool.
const AFTER_FAILURE: Duration = Duration::from_secs(600);

/// So many are remembered, before those of epochs that are over are forgotten.
const MOST_PAYMENTS: usize = 1_000;

/// Transactions that were executed, by what they were for: these instructions, in a pool that was shown so.
#[derive(Debug, Default)]
pub(super) struct Paid(Mutex<HashMap<Purpose, Payment>>);

/// Instructions in a pool that is shown so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Purpose {
    epoch: u64,
    digest: u64,
}

#[derive(Clone, Copy, Debug)]
struct Payment {
    signature: Signature,
    at: Instant,
    has_failed: bool,
}

impl Purpose {
    /// What these instructions are for. Everything counts that the program writes into a pool; what drips
    /// with time does not.
    pub fn of(shown: &PoolSnapshot, instructions: &[Instruction]) -> Self {
        let mut hasher = DefaultHasher::new();
        bytemuck::bytes_of(&shown.pool).hash(&mut hasher);
        for page in &shown.pages {
            bytemuck::bytes_of(page).hash(&mut hasher);
        }
        for batch in &shown.batches {
            bytemuck::bytes_of(batch).hash(&mut hasher);
        }
        let (reserve, vault) = (shown.reserve.get(), shown.claims_vault.get());
        let fees = shown.fees.map(sluice_math::Lst::get);
        (reserve, vault, fees).hash(&mut hasher);
        for instruction in instructions {
            instruction.data.hash(&mut hasher);
            let accounts = instruction.accounts.iter().map(|meta| meta.pubkey);
            accounts.for_each(|address| address.hash(&mut hasher));
        }
        Self {
            epoch: shown.cluster.clock.epoch,
            digest: hasher.finish(),
        }
    }
}

impl Paid {
    /// The transaction that was executed for this before the pool was read: the same again would be paid in
    /// vain.
    pub fn before(&self, read: Instant, purpose: &Purpose) -> Option<Signature> {
        let paid = self.lock();
        let payment = paid.get(purpose)?;
        let since = read.checked_duration_since(payment.at)?;
        let is_over = payment.has_failed && since >= AFTER_FAILURE;
        (!since.is_zero() && !is_over).then_some(payment.signature)
    }

    /// A transaction was executed for this, and did it or failed.
    pub fn note(&self, purpose: Purpose, signature: Signature, has_failed: bool) {
        let payment = Payment {
            signature,
            at: Instant::now(),
            has_failed,
        };
        let mut paid = self.lock();
        if paid.len() >= MOST_PAYMENTS {
            paid.retain(|known, _| known.epoch >= purpose.epoch);
        }
        paid.insert(purpose, payment);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Purpose, Payment>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{EPOCH_START, Fixture, SOL};

    fn now(paid: &Paid, purpose: &Purpose) -> Option<Signature> {
        paid.before(Instant::now(), purpose)
    }

    #[test]
    fn the_same_for_a_pool_that_is_shown_as_before_is_paid_for_once() {
        let fixture = Fixture::new(2, 10 * SOL, 50 * SOL);
        let (paid, signature) = (Paid::default(), Signature::from([1; 64]));
        let instruction = |byte| Instruction::new_with_bytes(sluice::ID, &[byte], Vec::new());
        let read = Instant::now();
        let shown = fixture.clone().at(EPOCH_START + 10).snapshot();
        let purpose = Purpose::of(&shown, &[instruction(1)]);
        assert_eq!(now(&paid, &purpose), None);
        paid.note(purpose, signature, false);
        assert_eq!(paid.before(read, &purpose), None, "it was not read since");
        let later = fixture.at(EPOCH_START + 20).snapshot();
        let same = Purpose::of(&later, &[instruction(1)]);
        assert_eq!(now(&paid, &same), Some(signature), "only time has passed");
        let other = Purpose::of(&later, &[instruction(2)]);
        assert_eq!(now(&paid, &other), None);
        let mut changed = later;
        changed.pool.head_batch += 1;
        let changed_pool = Purpose::of(&changed, &[instruction(1)]);
        assert_eq!(now(&paid, &changed_pool), None);
        changed.pool = shown.pool;
        changed.reserve = sluice_math::Lamports::new(7);
        assert_ne!(Purpose::of(&changed, &[]), Purpose::of(&shown, &[]));
    }

    #[test]
    fn what_has_failed_is_tried_again_after_a_while_and_what_was_done_is_not() {
        let shown = Fixture::new(2, 10 * SOL, 50 * SOL).snapshot();
        let purpose = Purpose::of(&shown, &[]);
        let paid = Paid::default();
        for has_failed in [true, false] {
            paid.note(purpose, Signature::default(), has_failed);
            assert!(now(&paid, &purpose).is_some());
            let later = Instant::now() + AFTER_FAILURE;
            assert_eq!(paid.before(later, &purpose).is_none(), has_failed);
        }
    }
}
