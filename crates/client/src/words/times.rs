//! Times as people read them.

use super::amounts::counted;

/// `in about 3 hours`, in the largest unit of which there are at least two.
pub fn in_about(seconds: u64) -> String {
    format!("in about {}", roughly(seconds))
}

/// `3 hours ago`.
pub fn ago(seconds: u64) -> String {
    format!("{} ago", roughly(seconds))
}

/// `3 hours`.
pub fn roughly(seconds: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let (amount, unit) = units
        .into_iter()
        .find(|(length, _)| seconds >= 2 * length)
        .map_or((seconds, "second"), |(length, unit)| {
            ((seconds + length / 2) / length, unit)
        });
    counted(amount, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_to_readable_units() {
        assert_eq!(in_about(45), "in about 45 seconds");
        assert_eq!(ago(1), "1 second ago");
        assert_eq!(ago(0), "0 seconds ago");
        assert_eq!(in_about(150), "in about 3 minutes");
        assert_eq!(in_about(7_300), "in about 2 hours");
        assert_eq!(in_about(200_000), "in about 2 days");
    }
}
