//! Layout versions.

use sluice::state::v0;
use sluice_tests::pool::{Pool, Watch};
use solana_signer::Signer;

use super::Outcome;

/// A page of version 0 with a validator in its last place, and no other page.
pub async fn a_page_with_validators_where_the_new_one_has_no_place_is_refused() -> Outcome {
    let mut pool = Pool::start().await;
    pool.watch = Watch::Off;
    pool.add_validators(&[(0, 1)]).await;
    pool.age_page(0).await;
    let fill = |page: &mut v0::ValidatorPage| page.slots[v0::SLOTS_PER_PAGE - 1] = page.slots[0];
    pool.change_old_page(0, fill).await;
    let payer = pool.cluster.payer().pubkey();
    let migrate = pool.addresses.migrate_page(payer, 0, None);
    pool.send(&[migrate], &[]).await
}

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
