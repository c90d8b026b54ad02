//! Layout versions.

use sluice::state::v0;
use sluice_tests::pool::{Pool, Watch};

use super::Outcome;

/// `migrations` has the real ones.
pub async fn a_pool_of_an_older_layout_waits_for_its_migration() -> Outcome {
    let mut pool = Pool::start().await;
    pool.watch = Watch::Off;
    let address = pool.addresses.pool;
    let age = |account: &mut solana_account::Account| account.data[8] = v0::VERSION;
    pool.cluster.change_account(&address, age).await;
    let rate = pool.addresses.rate();
    pool.send(&[rate], &[]).await
}
