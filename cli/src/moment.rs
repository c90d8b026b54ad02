//! Slots as people read them: how long until one comes.

use anyhow::Result;
use sluice_client::SlotTime;
use solana_rpc_client::rpc_client::RpcClient;

/// Seconds that this many slots take at the pace just measured; none where no slot passes.
pub fn seconds_for(slots: u64, rpc: &RpcClient) -> Result<Option<u64>> {
    Ok(SlotTime::measure(rpc)?.map(|time| time.times(slots).as_secs()))
}

/// `in about 3 hours`, in the largest unit of which there are at least two.
pub fn in_about(seconds: u64) -> String {
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let (amount, unit) = units
        .into_iter()
        .find(|(length, _)| seconds >= 2 * length)
        .map_or((seconds, "seconds"), |(length, unit)| {
            ((seconds + length / 2) / length, unit)
        });
    format!("in about {amount} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_to_readable_units() {
        assert_eq!(in_about(45), "in about 45 seconds");
        assert_eq!(in_about(150), "in about 3 minutes");
        assert_eq!(in_about(7_300), "in about 2 hours");
        assert_eq!(in_about(200_000), "in about 2 days");
    }
}
