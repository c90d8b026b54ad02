//! Dates of slots, with the range in which they lie if slots go on as they were measured.

use std::{
    fmt,
    time::{Duration, UNIX_EPOCH},
};

use serde::Serialize;
use sluice_client::{Pace, PoolSnapshot, SlotTime};

use super::in_about;

/// The last second that has a year of four digits.
const LAST_SECOND: u64 = 253_402_300_799;
/// Letters of `2026-11-29 03:10:05`, of that without seconds, and of the day.
const WITH_SECONDS: usize = 19;
const WITH_MINUTES: usize = 16;
const DAY: usize = 10;
/// From so many seconds on, a date has no seconds.
const SOON_SECONDS: u64 = 7_200;

/// When a slot comes, by the cluster's clock.
#[derive(Clone, Debug, Serialize)]
pub struct Date {
    slot: u64,
    /// None where no slot passes.
    seconds_until: Option<u64>,
    time_utc: Option<String>,
    /// If slots took as long as the shortest and the longest that were measured.
    earliest_utc: Option<String>,
    latest_utc: Option<String>,
}

impl Date {
    /// The date of a slot; of one that is past, the date of now.
    pub fn of(slot: u64, snapshot: &PoolSnapshot, pace: Option<Pace>) -> Self {
        let clock = &snapshot.cluster.clock;
        let slots = slot.saturating_sub(clock.slot);
        let now = u64::try_from(clock.unix_timestamp).ok();
        let at = |time: SlotTime| utc(now?.saturating_add(time.times(slots).as_secs()));
        let alone = |pace: &Pace| pace.measured > 1 || slots == 0;
        Self {
            slot,
            seconds_until: pace.map(|pace| pace.usual.times(slots).as_secs()),
            time_utc: match pace {
                Some(pace) => at(pace.usual),
                None if slots == 0 => now.and_then(utc),
                None => None,
            },
            earliest_utc: pace.filter(alone).and_then(|pace| at(pace.fastest)),
            latest_utc: pace.filter(alone).and_then(|pace| at(pace.slowest)),
        }
    }

    /// Whether it has come.
    fn is_now(&self) -> bool {
        self.seconds_until == Some(0)
    }

    /// `in about 7 hours`.
    pub fn until(&self) -> String {
        match self.seconds_until {
            Some(0) => "now".to_owned(),
            Some(seconds) => in_about(seconds),
            None => "not known".to_owned(),
        }
    }

    /// `2026-11-29 03:10 to 05:20`; the day stands once where it is the same.
    pub fn range(&self) -> String {
        let (Some(earliest), Some(latest)) = (&self.earliest_utc, &self.latest_utc) else {
            return "not known".to_owned();
        };
        if self.is_now() {
            return String::new();
        }
        let (from, to) = (self.short(earliest), self.short(latest));
        let same_day = from.get(..DAY) == to.get(..DAY);
        let rest = if same_day { to.get(DAY + 1..) } else { None };
        format!("{from} to {}", rest.unwrap_or(&to))
    }

    fn short(&self, time: &str) -> String {
        let is_soon = self
            .seconds_until
            .is_some_and(|seconds| seconds < SOON_SECONDS);
        let length = if is_soon { WITH_SECONDS } else { WITH_MINUTES };
        time.get(..length).unwrap_or(time).replace('T', " ")
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.time_utc {
            Some(time) => formatter.write_str(&self.short(time)),
            None => formatter.write_str("not known"),
        }
    }
}

/// `2026-11-29T03:10:05Z`; none from the year 10000 on.
pub fn utc(seconds: u64) -> Option<String> {
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
    (seconds <= LAST_SECOND).then(|| humantime::format_rfc3339_seconds(time).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(seconds: u64, earliest: u64, latest: u64) -> Date {
        let start = 1_800_000_000;
        Date {
            slot: 7,
            seconds_until: Some(seconds),
            time_utc: utc(start + seconds),
            earliest_utc: utc(start + earliest),
            latest_utc: utc(start + latest),
        }
    }

    #[test]
    fn what_comes_soon_has_seconds_and_what_comes_later_has_minutes() {
        let soon = date(90, 80, 100);
        assert_eq!(soon.to_string(), "2027-01-15 08:01:30");
        assert_eq!(soon.range(), "2027-01-15 08:01:20 to 08:01:40");
        let later = date(86_400, 80_000, 90_000);
        assert_eq!(later.to_string(), "2027-01-16 08:00");
        assert_eq!(later.range(), "2027-01-16 06:13 to 09:00");
        assert_eq!(later.until(), "in about 24 hours");
    }

    #[test]
    fn a_range_over_midnight_names_both_days() {
        let over = date(57_600, 57_000, 58_000);
        assert_eq!(over.range(), "2027-01-15 23:50 to 2027-01-16 00:06");
    }

    #[test]
    fn what_has_come_is_now_and_what_nobody_can_date_is_not_known() {
        let now = date(0, 0, 0);
        assert_eq!((now.until(), now.range()), ("now".into(), String::new()));
        assert_eq!(utc(LAST_SECOND).unwrap(), "9999-12-31T23:59:59Z");
        assert_eq!(utc(LAST_SECOND + 1), None);
        assert_eq!(utc(u64::MAX), None);
        let unknown = Date {
            seconds_until: None,
            time_utc: None,
            earliest_utc: None,
            latest_utc: None,
            ..now
        };
        let said = [unknown.until(), unknown.range(), unknown.to_string()];
        assert_eq!(said, ["not known"; 3]);
    }
}
