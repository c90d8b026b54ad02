//! Slots as people read them: how long until one comes.

use sluice_client::Cluster;
use solana_clock::Clock;

/// Slots of an epoch that must have passed before their pace means anything.
const SLOTS_TO_MEASURE: u64 = 8;

/// Seconds until a slot; none while the pace of slots is unknown.
pub fn seconds_until(slot: u64, cluster: &Cluster) -> Option<u64> {
    let slots = slot.saturating_sub(cluster.clock.slot);
    seconds_for(slots, &cluster.clock, cluster.epoch_start())
}

/// How long `slots` slots last at the pace of the running epoch; none while that is unknown.
fn seconds_for(slots: u64, clock: &Clock, first_slot_of_epoch: u64) -> Option<u64> {
    let passed = clock.slot.saturating_sub(first_slot_of_epoch);
    let elapsed = clock
        .unix_timestamp
        .saturating_sub(clock.epoch_start_timestamp);
    let elapsed = u64::try_from(elapsed).ok().filter(|seconds| *seconds > 0)?;
    if passed < SLOTS_TO_MEASURE {
        return None;
    }
    slots.checked_mul(elapsed)?.checked_div(passed)
}

/// `in about 3 hours`, in the largest unit of which there are at least two.
pub fn in_about(seconds: u64) -> String {
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let (amount, unit) = units
        .into_iter()
        .find(|(length, _)| seconds >= 2 * length)
        .map_or((seconds, "seconds"), |(length, unit)| ((seconds + length / 2) / length, unit));
    format!("in about {amount} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_last_as_long_as_those_of_this_epoch() {
        let clock = Clock {
            slot: 1_100,
            unix_timestamp: 1_040,
            epoch_start_timestamp: 1_000,
            ..Clock::default()
        };
        assert_eq!(seconds_for(50, &clock, 1_000), Some(20));
        assert_eq!(seconds_for(50, &clock, 1_095), None);
    }

    #[test]
    fn durations_are_rounded_to_readable_units() {
        assert_eq!(in_about(45), "in about 45 seconds");
        assert_eq!(in_about(150), "in about 3 minutes");
        assert_eq!(in_about(7_300), "in about 2 hours");
        assert_eq!(in_about(200_000), "in about 2 days");
    }
}
