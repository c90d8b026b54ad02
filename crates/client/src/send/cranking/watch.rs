//! Cranking again and again: the whole pool is read only when something can be due.

use std::time::{Duration, Instant};

use super::{CrankReport, own_delay};
use crate::{ClientError, Executor, Outlook, Pending, PoolAddresses, PoolSnapshot, plan::crank};

/// How often the whole pool is read in any case: a validator's misconduct does not show in the pool.
const WHOLE_LOOK: Duration = Duration::from_secs(600);

/// A pool that is cranked whenever something is due.
pub struct Watch {
    pool: PoolAddresses,
    last: Option<Look>,
    /// This keeper's moment, once it was seen that something can be due.
    begins: Option<Instant>,
    /// Whether the last turn ended early for somebody else.
    gave_way: bool,
}

/// What came of a turn.
#[derive(Debug)]
pub enum Turn {
    /// Nothing can be due, or it is not this keeper's moment yet: the pool, without its stakes.
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
        Self {
            pool,
            last: None,
            begins: None,
            gave_way: false,
        }
    }

    /// The pool.
    pub fn pool(&self) -> &PoolAddresses {
        &self.pool
    }

    /// When the next turn cranks, where something can be due: turn then, not much later, or keepers whose
    /// moments differ crank at once.
    pub fn begins(&self) -> Option<Instant> {
        self.begins
    }

    /// Looks at the pool, and calls `crank` where something can be due, with an executor that gives way to
    /// other keepers, and with what became of transactions that were left undecided: the journal of a
    /// keeper must not grow for ever. A turn after one that gave way does not, so that what always fails
    /// holds nothing up.
    ///
    /// An error ends the turn alone: the next one looks at all of the pool again.
    pub fn turn<E: From<ClientError>>(
        &mut self,
        executor: &Executor<'_>,
        crank: impl FnOnce(&Executor<'_>, &[(Pending, Outlook)]) -> Result<CrankReport, E>,
    ) -> Result<Turn, E> {
        if let Some(look) = self.last.take() {
            let mut now = PoolSnapshot::load(executor.rpc, &self.pool)?;
            // A view without stakes does not ask for it, and it does not change.
            now.cluster.minimum_delegation = look.pool.cluster.minimum_delegation;
            if look.is_enough(&now)? {
                (self.last, self.begins) = (Some(look), None);
                return Ok(Turn::Quiet(Box::new(now)));
            }
            let moment = || Instant::now() + own_delay(&executor.payer(), &now);
            if Instant::now() < *self.begins.get_or_insert_with(moment) {
                self.last = Some(look);
                return Ok(Turn::Quiet(Box::new(now)));
            }
        }
        self.begins = None;
        let pending = executor.settle_pending()?;
        let executor = match std::mem::take(&mut self.gave_way) {
            true => executor.clone(),
            false => executor.clone().giving_way(),
        };
        let report = crank(&executor, &pending)?;
        self.gave_way = report.gave_way;
        self.last = Some(Look {
            at: Instant::now(),
            pool: report.snapshot.clone(),
            has_failed: !report.failures.is_empty() || report.gave_way,
        });
        Ok(Turn::Cranked(Box::new(report)))
    }
}

#[cfg(test)]
mod tests {
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
}
