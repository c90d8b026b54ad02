//! Cranking again and again: the whole pool is read only when something can be due.

use std::{
    thread,
    time::{Duration, Instant},
};

use solana_pubkey::Pubkey;

use super::CrankReport;
use crate::{ClientError, Executor, Outlook, Pending, PoolAddresses, PoolSnapshot, plan::crank};

/// How often the whole pool is read in any case: a validator's misconduct does not show in the pool.
const WHOLE_LOOK: Duration = Duration::from_secs(600);
/// Keepers begin at different times, so that the first one spares the others their fees.
const KEEPER_STEP: Duration = Duration::from_millis(400);
const KEEPER_STEPS: u32 = 8;

/// A pool that is cranked whenever something is due.
pub struct Watch {
    pool: PoolAddresses,
    last: Option<Look>,
}

/// What came of a turn.
#[derive(Debug)]
pub enum Turn {
    /// Nothing can be due: the pool, without its stakes.
    Quiet(Box<PoolSnapshot>),
    /// All that was due was tried.
    Cranked(Box<CrankReport>),
}

/// The pool after the last look at all of it.
struct Look {
    at: Instant,
    pool: PoolSnapshot,
    /// Whether something was left undone.
    has_failed: bool,
}

impl Look {
    fn is_enough(&self, now: &PoolSnapshot) -> crate::Result<bool> {
        let is_recent = !self.has_failed && self.at.elapsed() < WHOLE_LOOK;
        // A node that was further than the cluster would keep the watch quiet until that is reached.
        let is_later = now.cluster.clock.slot >= self.pool.cluster.clock.slot;
        Ok(is_recent && is_later && !crank::can_be_due(&self.pool, now)?)
    }
}

impl Watch {
    /// A watch that has seen nothing yet: its first turn cranks.
    pub fn new(pool: PoolAddresses) -> Self {
        Self { pool, last: None }
    }

    /// The pool.
    pub fn pool(&self) -> &PoolAddresses {
        &self.pool
    }

    /// Looks at the pool, and calls `crank` where something can be due, with what became of transactions
    /// that were left undecided: the journal of a keeper must not grow for ever.
    ///
    /// An error ends the turn alone: the next one looks at all of the pool again.
    pub fn turn<E: From<ClientError>>(
        &mut self,
        executor: &Executor<'_>,
        crank: impl FnOnce(&[(Pending, Outlook)]) -> Result<CrankReport, E>,
    ) -> Result<Turn, E> {
        if let Some(look) = self.last.take() {
            let mut now = PoolSnapshot::load(executor.rpc, &self.pool)?;
            // A view without stakes does not ask for it, and it does not change.
            now.cluster.minimum_delegation = look.pool.cluster.minimum_delegation;
            if look.is_enough(&now)? {
                self.last = Some(look);
                return Ok(Turn::Quiet(Box::new(now)));
            }
            thread::sleep(own_delay(&executor.payer.pubkey()));
        }
        let pending = executor.settle_pending()?;
        let report = crank(&pending)?;
        self.last = Some(Look {
            at: Instant::now(),
            pool: report.snapshot.clone(),
            has_failed: !report.failures.is_empty(),
        });
        Ok(Turn::Cranked(Box::new(report)))
    }
}

/// A delay of a few slots that depends on the key alone.
fn own_delay(keeper: &Pubkey) -> Duration {
    let sum = keeper
        .as_array()
        .iter()
        .map(|byte| u32::from(*byte))
        .sum::<u32>();
    KEEPER_STEP * (sum % KEEPER_STEPS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::fixture::{EPOCH_START, Fixture, SOL};

    #[test]
    fn a_view_that_is_further_than_the_cluster_keeps_no_watch_quiet() {
        let calm = Fixture::new(2, 10 * SOL, 50 * SOL);
        let at = |slot| calm.clone().at(slot).snapshot();
        let look = |pool| Look {
            at: Instant::now(),
            pool,
            has_failed: false,
        };
        let (early, late) = (EPOCH_START + 10, EPOCH_START + 20);
        assert!(look(at(early)).is_enough(&at(late)).unwrap());
        assert!(!look(at(late)).is_enough(&at(early)).unwrap());
    }

    #[test]
    fn keepers_begin_within_a_few_slots_of_each_other_and_hardly_at_once() {
        let keepers: Vec<Pubkey> = (0..64).map(|_| Pubkey::new_unique()).collect();
        let delays: BTreeSet<Duration> = keepers.iter().map(own_delay).collect();
        assert_eq!(delays.len(), KEEPER_STEPS as usize, "of all lengths");
        assert!(
            delays
                .iter()
                .all(|delay| *delay < KEEPER_STEP * KEEPER_STEPS)
        );
        assert_eq!(own_delay(&keepers[0]), own_delay(&keepers[0]));
    }
}
