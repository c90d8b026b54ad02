//! What one more validator costs in `observe`.

use sluice_tests::pool::Pool;

use super::Samples;

/// The slots that two instructions of different length observe, after one has begun the page.
const FEW: u8 = 2;
const MANY: u8 = 10;

/// Measures what one more validator costs: the difference between instructions that observe two
/// and ten, divided by eight and rounded up. The page must have thirteen validators that nobody
/// has observed in this epoch.
pub async fn measure_observe(pool: &mut Pool, page: u16, samples: &mut Samples) {
    pool.observe(page, 0, 1).await;
    let few = pool.observe(page, 1, FEW).await.compute_units;
    let many = pool.observe(page, 1 + FEW, MANY).await.compute_units;
    let more = u64::from(MANY - FEW);
    samples.compute("observe_per_validator", (many - few).div_ceil(more));
}
