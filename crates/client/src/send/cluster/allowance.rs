//! How long all questions of a client may keep it waiting, together.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// What an answer may take without being late.
pub(super) const USUAL: Duration = Duration::from_millis(500);
/// An allowance comes back by one part of so many of the time that passes, so that what runs for days
/// does not use it up.
const RECOVERY_PARTS: u32 = 10;

/// The time for which questions may be waited for beyond [`USUAL`], all of them together.
pub(super) struct Allowance {
    most: Duration,
    left: Mutex<Left>,
}

#[derive(Clone, Copy)]
struct Left {
    time: Duration,
    at: Instant,
}

impl Allowance {
    pub fn new(most: Duration) -> Self {
        let left = Left {
            time: most,
            at: Instant::now(),
        };
        Self {
            most,
            left: Mutex::new(left),
        }
    }

    /// How long a question may take that begins `now`.
    pub fn for_next(&self, now: Instant) -> Duration {
        self.recovered(now).time + USUAL
    }

    /// Takes off what a question took that began then and ends `now`.
    pub fn spend(&self, began: Instant, now: Instant) {
        let late = now.duration_since(began).saturating_sub(USUAL);
        let mut left = self.recovered(now);
        left.time = left.time.saturating_sub(late);
    }

    fn recovered(&self, now: Instant) -> MutexGuard<'_, Left> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let recovered = now.duration_since(left.at) / RECOVERY_PARTS;
        *left = Left {
            time: self.most.min(left.time + recovered),
            at: now,
        };
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = Duration::from_secs(10);

    /// Questions that take so long each, one after the other; when the last one ended.
    fn ask(allowance: &Allowance, times: u32, took: Duration) -> Instant {
        let mut now = allowance.left.lock().unwrap().at;
        for _ in 0..times {
            allowance.spend(now, now + took);
            now += took;
        }
        now
    }

    #[test]
    fn late_answers_use_it_up_and_prompt_ones_do_not() {
        let allowance = Allowance::new(MOST);
        let now = ask(&allowance, 100, USUAL);
        assert_eq!(allowance.for_next(now), MOST + USUAL);
        let now = ask(&allowance, 20, Duration::from_secs(1));
        // The first one found it full; to each of the others a tenth of a second came back.
        let left = MOST - Duration::from_millis(500 + 19 * 400);
        assert_eq!(allowance.for_next(now), left + USUAL);
        let now = ask(&allowance, 1, Duration::from_secs(60));
        assert_eq!(allowance.for_next(now), USUAL);
    }

    #[test]
    fn it_comes_back_with_time_and_never_beyond_what_it_was() {
        let allowance = Allowance::new(MOST);
        let now = ask(&allowance, 1, Duration::from_secs(60));
        let later = now + Duration::from_secs(50);
        assert_eq!(allowance.for_next(later), Duration::from_secs(5) + USUAL);
        let much_later = later + Duration::from_secs(3_600);
        assert_eq!(allowance.for_next(much_later), MOST + USUAL);
    }
}
