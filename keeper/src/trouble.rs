//! What does not work, and when the log says so: one line when it begins, and one when it ends.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// A trouble that comes and goes is said again only after it has stayed away for so long.
const QUIET: Duration = Duration::from_secs(600);
/// One that was not said when it came back is said once it lasts.
const LASTING: Duration = Duration::from_secs(60);

/// Something that does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What, as a sentence.
    pub what: String,
    /// Since when.
    pub since: Instant,
}

/// Whether something works, and what was said of it.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    trouble: Option<Trouble>,
    /// When each kind of trouble was last there.
    known: BTreeMap<String, Instant>,
    is_told: bool,
}

impl Condition {
    /// What does not work now.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// It does not work: whether that is to be said. Sentences that differ only in their numbers are one
    /// trouble.
    pub fn is_ill(&mut self, what: String, now: Instant) -> bool {
        let kind: String = what.chars().filter(|one| !one.is_ascii_digit()).collect();
        self.known
            .retain(|_, at| now.saturating_duration_since(*at) < QUIET);
        let since = self.trouble.as_ref().map_or(now, |trouble| trouble.since);
        let goes_on = self.trouble.as_ref().is_some_and(|trouble| {
            let before = trouble.what.chars().filter(|one| !one.is_ascii_digit());
            before.eq(kind.chars())
        });
        self.trouble = Some(Trouble { what, since });
        let is_known = self.known.insert(kind, now).is_some() || goes_on;
        let lasts = now.saturating_duration_since(since) >= LASTING;
        let is_to_be_told = !is_known || (lasts && !self.is_told);
        self.is_told |= is_to_be_told;
        is_to_be_told
    }

    /// It works: what did not, where that was said.
    pub fn is_well(&mut self) -> Option<Trouble> {
        let trouble = self.trouble.take()?;
        std::mem::take(&mut self.is_told).then_some(trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn a_trouble_is_said_when_it_begins_and_when_it_ends_however_its_numbers_change() {
        let (mut node, start) = (Condition::default(), Instant::now());
        for second in 0..5_000 {
            let what = format!("It is {second} slots behind");
            let is_said = node.is_ill(what, after(start, second));
            assert_eq!(is_said, second == 0, "second {second}");
        }
        assert!(node.is_ill("It is silent".to_owned(), after(start, 5_000)));
        let ended = node.is_well().unwrap();
        assert_eq!(ended.what, "It is silent", "what it was last");
        assert_eq!(ended.since, start, "since it began");
        assert_eq!(node.is_well(), None, "once");
    }

    #[test]
    fn a_trouble_that_comes_and_goes_is_said_once_and_again_where_it_lasts() {
        let (mut node, start) = (Condition::default(), Instant::now());
        let ill = |node: &mut Condition, second| {
            node.is_ill("It is silent".to_owned(), after(start, second))
        };
        assert!(ill(&mut node, 0));
        assert!(node.is_well().is_some());
        for second in (2..400).step_by(2) {
            assert!(!ill(&mut node, second), "it flaps");
            assert_eq!(node.is_well(), None, "its beginning was not said");
        }
        assert!(!ill(&mut node, 400));
        assert!(!ill(&mut node, 459));
        assert!(ill(&mut node, 460), "now it stays away");
        assert!(!ill(&mut node, 461));
        assert!(node.is_well().is_some());
        assert!(ill(&mut node, 1_100), "that was long ago");
    }

    #[test]
    fn a_look_that_comes_seldom_does_not_say_the_same_trouble_each_time() {
        let (mut node, start) = (Condition::default(), Instant::now());
        let said =
            (0..5).map(|hour| node.is_ill("It is full".to_owned(), after(start, hour * 3_600)));
        assert_eq!(said.filter(|said| *said).count(), 1);
    }
}
