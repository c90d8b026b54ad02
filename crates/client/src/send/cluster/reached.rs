//! How far pools have come, as nodes have shown. A pool that is shown later as it was before is old.

use std::{
    collections::HashMap,
    ops::RangeInclusive,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use solana_pubkey::Pubkey;
use tokio::time::Instant;

use crate::pool::progress::Progress;

/// So many pools are remembered.
const MOST_POOLS: usize = 64;

/// The furthest that each pool was seen, in this process.
#[derive(Debug)]
pub(super) struct Reached {
    /// How long answers may contradict it: then it may never have been.
    memory: Duration,
    pools: Mutex<HashMap<Pubkey, Furthest>>,
}

#[derive(Debug)]
struct Furthest {
    progress: Progress,
    /// The slot at which it was first seen so.
    slot: u64,
    /// Since when all answers contradict it.
    denied: Option<Instant>,
}

impl Reached {
    /// Nothing yet; what was seen is remembered for so long against answers that contradict it.
    pub fn new(memory: Duration) -> Self {
        Self {
            memory,
            pools: Mutex::default(),
        }
    }

    /// Takes note of what is shown `now` as of one of these slots: a pool, or none. Fails with the age of what
    /// is shown, in slots, where the pool was already further.
    pub fn take(
        &self,
        address: Pubkey,
        shown: Option<Progress>,
        slots: &RangeInclusive<u64>,
        now: Instant,
    ) -> Result<(), u64> {
        let (earliest, latest) = (*slots.start(), *slots.end());
        let mut pools = self.lock();
        let Some(known) = pools.get_mut(&address) else {
            if let Some(progress) = shown.filter(|_| pools.len() < MOST_POOLS) {
                let denied = None;
                pools.insert(
                    address,
                    Furthest {
                        progress,
                        slot: latest,
                        denied,
                    },
                );
            }
            return Ok(());
        };
        match shown {
            Some(progress) if !progress.falls_behind(&known.progress) => {
                known.denied = None;
                if progress != known.progress {
                    (known.progress, known.slot) = (progress, latest);
                }
                return Ok(());
            }
            // An honest answer of an earlier slot.
            _ if earliest < known.slot => return Ok(()),
            _ => {}
        }
        let denied = *known.denied.get_or_insert(now);
        if now.duration_since(denied) < self.memory {
            return Err(earliest - known.slot);
        }
        pools.remove(&address);
        Ok(())
    }

    /// The pools that were seen.
    pub fn pools(&self) -> Vec<Pubkey> {
        self.lock().keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Pubkey, Furthest>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, SOL};

    fn progress(finalized_epoch: u64) -> Progress {
        let mut pool = Fixture::new(1, SOL, SOL).snapshot().pool;
        pool.finalized_epoch = finalized_epoch;
        Progress::of(&pool)
    }

    #[test]
    fn a_pool_that_is_shown_as_it_was_before_is_old_and_one_of_an_earlier_slot_is_not() {
        let (reached, pool) = (Reached::new(Duration::from_secs(60)), Pubkey::new_unique());
        let take = |shown: Option<u64>, slot| {
            reached.take(pool, shown.map(progress), &(slot..=slot), Instant::now())
        };
        assert_eq!(take(None, 50), Ok(()), "it is not there yet");
        assert_eq!(take(Some(7), 100), Ok(()));
        assert_eq!(take(Some(8), 200), Ok(()));
        assert_eq!(take(Some(7), 199), Ok(()), "so it was");
        assert_eq!(take(Some(7), 200), Err(0));
        assert_eq!(take(Some(7), 210), Err(10));
        assert_eq!(take(None, 210), Err(10), "a pool stays");
        assert_eq!(take(Some(8), 211), Ok(()));
        let perhaps_before = reached.take(pool, None, &(199..=240), Instant::now());
        assert_eq!(perhaps_before, Ok(()));
    }

    #[test]
    fn what_all_contradict_for_long_is_forgotten() {
        let (reached, pool) = (Reached::new(Duration::from_secs(60)), Pubkey::new_unique());
        let start = Instant::now();
        let take = |epoch, slot, second| {
            let now = start + Duration::from_secs(second);
            reached.take(pool, Some(progress(epoch)), &(slot..=slot), now)
        };
        take(1_000, 10, 0).unwrap();
        assert_eq!(take(8, 20, 1), Err(10));
        take(1_000, 30, 40).unwrap();
        assert_eq!(take(8, 90, 41), Err(80), "somebody said so again");
        assert_eq!(take(8, 200, 100), Err(190));
        assert_eq!(take(8, 202, 101), Ok(()));
        assert_eq!(take(9, 210, 102), Ok(()));
        assert_eq!(take(8, 210, 103), Err(0));
    }
}
