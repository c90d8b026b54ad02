//! What metrics and the page say of a pool: the program's own amounts, computed from one view.

use std::time::{Duration, Instant};

use sluice::state::{Pool, SlotState};
use sluice_client::{PoolSnapshot, Rate, Yield, words::amounts::price_lamports};

use crate::known::KnownPool;

/// A view of a pool with its queue rolled.
pub struct Facts<'a> {
    /// The view.
    pub snapshot: &'a PoolSnapshot,
    /// The pool.
    pub pool: Pool,
    /// Both prices; none where they cannot be computed.
    pub rate: Option<Rate>,
}

impl<'a> Facts<'a> {
    /// The facts of a pool, once it was read.
    pub fn of(known: &'a KnownPool) -> Option<Self> {
        let (_, snapshot) = known.seen.as_ref()?;
        Some(Self {
            snapshot,
            pool: snapshot.rolled_pool().ok()?,
            rate: snapshot.rate().ok(),
        })
    }

    /// The epoch.
    pub fn epoch(&self) -> u64 {
        self.snapshot.cluster.clock.epoch
    }

    /// Lamports that a deposit gives for a whole token.
    pub fn deposit_price(&self) -> Option<u64> {
        let rate = self.rate?;
        price_lamports(rate.full, rate.supply)
    }

    /// Lamports that an exit is paid for a whole token.
    pub fn exit_price(&self) -> Option<u64> {
        let rate = self.rate?;
        price_lamports(rate.value, rate.supply)
    }

    /// Lamports that are withheld now and drip to the holders.
    pub fn dripping(&self) -> Option<u64> {
        let slot = self.snapshot.cluster.clock.slot;
        let withheld = self.pool.ledger().drip.withheld_at(slot).ok()?;
        Some(withheld.get())
    }

    /// Batches that are locked and not settled.
    pub fn locked_batches(&self) -> u64 {
        self.pool.open_batch.saturating_sub(self.pool.head_batch)
    }

    /// Epochs since the oldest unsettled batch was locked; zero where none is.
    pub fn queue_age_epochs(&self) -> u64 {
        let head = self.snapshot.batch(self.pool.head_batch);
        match head.filter(|_| self.locked_batches() > 0) {
            Some(batch) => self.epoch().saturating_sub(batch.lock_epoch),
            None => 0,
        }
    }

    /// How many whole percent of the epoch are over.
    pub fn epoch_percent(&self) -> u64 {
        let (passed, length) = self.epoch_slots();
        passed.saturating_mul(100).checked_div(length).unwrap_or(0)
    }

    /// Slots of the epoch that are over, and all of them.
    pub fn epoch_slots(&self) -> (u64, u64) {
        let snapshot = self.snapshot;
        let (slot, next) = (snapshot.cluster.clock.slot, snapshot.next_epoch_start());
        let start = snapshot.epoch_start(self.epoch());
        (slot.saturating_sub(start), next.saturating_sub(start))
    }

    /// Seconds until an epoch begins, as long as epochs last as the last one did; none where that is not
    /// known.
    pub fn seconds_until_epoch(&self, epoch: u64) -> Option<u64> {
        let last = Yield::over(&self.snapshot.history, 1)?;
        let epoch_seconds = last.seconds.checked_div(last.epochs())?;
        let (passed, length) = self.epoch_slots();
        let passed = epoch_seconds.checked_mul(passed)?.checked_div(length)?;
        let epochs = epoch.saturating_sub(self.epoch());
        Some(epoch_seconds.checked_mul(epochs)?.saturating_sub(passed))
    }

    /// How many validators are in this state.
    pub fn validators(&self, state: SlotState) -> u64 {
        let states = self.snapshot.slots().map(|placed| placed.slot.state());
        let count = states.filter(|other| matches!(other, Ok(other) if *other == state));
        u64::try_from(count.count()).unwrap_or(u64::MAX)
    }

    /// The yield over the last epochs, at least this many, as a year of it, in parts of 10^9.
    pub fn apy_parts_e9(&self, epochs: u64) -> Option<i64> {
        Yield::over(&self.snapshot.history, epochs)?.apy_parts_e9()
    }
}

/// Whole seconds from one moment to another. No clock that is set moves them.
pub fn since(then: Instant, now: Instant) -> u64 {
    now.saturating_duration_since(then).as_secs()
}

/// Why what was `read` then, at a slot that is known since then, is not how it is.
pub fn outdated(
    read: Option<Instant>,
    slot: Option<(u64, Instant)>,
    unread: Duration,
    now: Instant,
) -> Option<String> {
    let Some(read) = read else {
        return Some("It was not read yet".to_owned());
    };
    let is_long = |since: Instant| now.saturating_duration_since(since) > unread;
    if is_long(read) {
        return Some(format!("It was not read for {} seconds", since(read, now)));
    }
    let (slot, stands) = slot.filter(|(_, since)| is_long(*since))?;
    let seconds = since(stands, now);
    Some(format!(
        "The nodes have told no newer slot than {slot} for {seconds} seconds"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_long_ago_or_stands_still_is_outdated() {
        let (minute, start) = (Duration::from_secs(60), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        let outdated = |read, slot, now| outdated(read, slot, minute, after(now));
        assert_eq!(outdated(Some(start), Some((7, start)), 60), None);
        let said = outdated(None, None, 0).unwrap();
        assert!(said.contains("not read yet"), "{said}");
        let said = outdated(Some(start), Some((7, start)), 61).unwrap();
        assert!(said.contains("not read for 61 seconds"), "{said}");
        let said = outdated(Some(after(90)), Some((7, start)), 90).unwrap();
        assert!(
            said.contains("no newer slot than 7 for 90 seconds"),
            "{said}"
        );
        // What was read after `now`, in another thread, is not old.
        assert_eq!(outdated(Some(after(9)), Some((7, after(9))), 0), None);
    }
}
