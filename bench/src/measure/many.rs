//! What it costs to book the epoch of a thousand validators, and of as many as there can be.

use sluice::state::{MAX_PAGES, SLOTS_PER_PAGE};
use sluice_tests::pool::{Pool, Watch};

use super::Samples;

const VALIDATORS: usize = 1_000;
/// Share caps in basis points: one that cuts nobody, one that cuts the heaviest round after
/// round, and one just above an even share, which cuts most.
const CAPS_BPS: [u16; 3] = [10_000, 40, 11];
const CAPS_OF_THE_MOST_BPS: [u16; 3] = [10_000, 20, 6];

/// Measures finalize with a thousand validators, and with as many as there can be.
pub async fn measure_finalize_of_many(samples: &mut Samples) {
    let most = usize::from(MAX_PAGES) * SLOTS_PER_PAGE;
    for (validators, caps_bps, measure) in [
        (VALIDATORS, CAPS_BPS, "finalize_under_a_cap"),
        (
            most,
            CAPS_OF_THE_MOST_BPS,
            "finalize_of_the_most_validators",
        ),
    ] {
        let mut pool = Pool::builder().watch(Watch::Off).start().await;
        for cap_bps in caps_bps {
            let sent = pool.finalize_many(validators, cap_bps).await;
            let cut = pool.account().await.cut_count;
            assert_eq!(cut > 0, cap_bps < 10_000, "{cut} are cut");
            samples.compute(measure, sent.compute_units);
        }
    }
}
