//! The newest slots that answers were of. What is older is refused, not shown.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use solana_commitment_config::CommitmentLevel;
use tokio::time::Instant;

use super::agreement::MARGIN_SLOTS;

/// No slot of a cluster that goes on takes longer, as far as a memory depends on it.
const SLOWEST_SLOT: Duration = Duration::from_secs(2);

/// The newest slot at each commitment, in this process.
#[derive(Debug)]
pub(super) struct Seen {
    /// How long answers may go on behind it.
    memory: Duration,
    state: Mutex<[Newest; 3]>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Newest {
    slot: u64,
    /// The first of the answers behind it since an answer last reached it, and when it came.
    behind: Option<(u64, Instant)>,
}

/// An answer that is older than what was seen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Behind {
    /// By how many slots.
    pub slots: u64,
    /// Whether answers have gone on behind it for so long that it may never have been.
    pub is_lasting: bool,
}

impl Seen {
    /// Nothing yet; what is seen is remembered for so long against answers that go on behind it.
    pub fn new(memory: Duration) -> Self {
        Self {
            memory,
            state: Mutex::default(),
        }
    }

    /// Takes note of an answer that comes `now`. An answer of an older slot than one of the same or of a higher
    /// commitment is refused with how far it is behind: what is confirmed may not be older than
    /// what was finalized, but well than what was processed.
    pub fn take(&self, commitment: CommitmentLevel, slot: u64, now: Instant) -> Result<(), Behind> {
        let mut newest = self.lock();
        let rank = rank(commitment);
        let known = newest[rank..].iter().map(|newest| newest.slot).max();
        let known = known.unwrap_or_default();
        if slot >= known {
            newest[rank] = Newest { slot, behind: None };
            return Ok(());
        }
        let (first, since) = *newest[rank].behind.get_or_insert((slot, now));
        let time = now.duration_since(since);
        let slots = known - slot;
        // Nearer ones are reached soon.
        let is_far = slots > MARGIN_SLOTS;
        Err(Behind {
            slots,
            is_lasting: is_far && time >= self.memory && goes_on(first, slot, time),
        })
    }

    /// Forgets all slots after this one: they were of a node that cannot be believed.
    pub fn forget_after(&self, slot: u64) {
        for known in self.lock().iter_mut() {
            *known = Newest {
                slot: slot.min(known.slot),
                behind: None,
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, [Newest; 3]> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a cluster that was at `first` and is at `slot` after this time is alive.
fn goes_on(first: u64, slot: u64, time: Duration) -> bool {
    let least = time.as_millis() / SLOWEST_SLOT.as_millis();
    u128::from(slot.saturating_sub(first)) >= least.max(1)
}

fn rank(commitment: CommitmentLevel) -> usize {
    match commitment {
        CommitmentLevel::Processed => 0,
        CommitmentLevel::Confirmed => 1,
        CommitmentLevel::Finalized => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_compared_with_those_of_the_same_or_a_higher_commitment() {
        use CommitmentLevel::{Confirmed, Finalized, Processed};
        let seen = Seen::new(Duration::from_secs(60));
        let take = |commitment, slot| {
            let taken = seen.take(commitment, slot, Instant::now());
            taken.map_err(|behind| (behind.slots, behind.is_lasting))
        };
        assert_eq!(take(Processed, 130), Ok(()));
        assert_eq!(take(Confirmed, 128), Ok(()));
        assert_eq!(take(Finalized, 97), Ok(()));
        assert_eq!(take(Confirmed, 127), Err((1, false)));
        assert_eq!(take(Processed, 129), Err((1, false)));
        assert_eq!(take(Finalized, 90), Err((7, false)));
        assert_eq!(take(Finalized, 140), Ok(()));
        assert_eq!(take(Confirmed, 139), Err((1, false)));
        assert_eq!(take(Confirmed, 140), Ok(()));
    }

    #[test]
    fn what_nobody_reaches_again_is_forgotten_only_where_the_cluster_goes_on() {
        let (seen, start) = (Seen::new(Duration::from_secs(60)), Instant::now());
        let take = |slot, second| {
            let now = start + Duration::from_secs(second);
            seen.take(CommitmentLevel::Confirmed, slot, now)
        };
        let is_lasting = |slot, second| take(slot, second).unwrap_err().is_lasting;
        take(1_000, 0).unwrap();
        assert!(!is_lasting(100, 0));
        assert!(!is_lasting(250, 59), "it may be a node that lags");
        assert!(!is_lasting(101, 61), "the node stands still");
        assert!(is_lasting(255, 62));
        assert!(
            !is_lasting(1_000 - MARGIN_SLOTS, 62),
            "that is reached soon"
        );
        take(1_001, 63).unwrap();
        assert!(!is_lasting(256, 64), "it was reached again");
        seen.forget_after(256);
        assert_eq!(take(257, 65), Ok(()));
    }
}
