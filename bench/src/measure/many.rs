//! What it costs to book the epoch of a thousand validators.

use anchor_lang::Discriminator;
use bytemuck::Zeroable;
use sluice::state::{SLOTS_PER_PAGE, SlotState, ValidatorPage};
use sluice_tests::{
    cluster::Sending,
    pool::{Pool, Watch},
};
use solana_account::Account;

use super::Samples;

const VALIDATORS: usize = 1_000;
/// Share caps in basis points: one that cuts nobody, one that cuts the heaviest round after
/// round, and one just above an even share, which cuts most.
const CAPS_BPS: [u16; 3] = [10_000, 40, 11];

/// Measures finalize with a thousand validators, whose weights are such that each round of cutting
/// leads to another one.
pub async fn measure_finalize_of_many(samples: &mut Samples) {
    let mut pool = Pool::builder().watch(Watch::Off).start().await;
    let page_count = VALIDATORS.div_ceil(SLOTS_PER_PAGE);
    let page_count = u16::try_from(page_count).expect("few pages");
    let finalize = pool.addresses.finalize_epoch(page_count);
    let addresses: Vec<_> = finalize.accounts.iter().map(|meta| meta.pubkey).collect();
    let table = pool.cluster.lookup_table("pages", &addresses).await;
    let sending = Sending::with_tables(&[table]);
    for cap_bps in CAPS_BPS {
        pool.cluster.next_epoch().await;
        write_pages(&mut pool, page_count).await;
        pool.change_pool(|pool| {
            pool.page_count = page_count;
            pool.config.share_cap_bps = cap_bps;
        })
        .await;
        let sent = pool
            .send_as(std::slice::from_ref(&finalize), &[], &sending)
            .await;
        let sent = sent.unwrap_or_else(|failure| panic!("not booked: {failure}"));
        let cut = pool.account().await.cut_count;
        assert_eq!(cut > 0, cap_bps < 10_000, "{cut} are cut");
        samples.compute("finalize_under_a_cap", sent.compute_units);
    }
}

/// Pages of validators without stake that were observed in this epoch.
async fn write_pages(pool: &mut Pool, page_count: u16) {
    let epoch = pool.cluster.epoch().await;
    let rent = pool
        .cluster
        .rent_exempt_lamports(ValidatorPage::SPACE)
        .await;
    let mut validators = 0..VALIDATORS;
    for index in 0..page_count {
        let mut page = ValidatorPage::zeroed();
        page.index = index;
        page.pool = pool.addresses.pool;
        page.observed_epoch = epoch;
        for (slot, number) in page.slots.iter_mut().zip(validators.by_ref()) {
            slot.state = SlotState::Active.code();
            slot.weight = weight(number);
            page.total_weight += u64::from(slot.weight);
            page.occupied += 1;
            page.observed += 1;
        }
        let mut data = ValidatorPage::DISCRIMINATOR.to_vec();
        data.extend_from_slice(bytemuck::bytes_of(&page));
        let account = Account {
            lamports: rent,
            data,
            owner: sluice::ID,
            ..Account::default()
        };
        let address = pool.addresses.page(index);
        pool.cluster.set_account(&address, account);
    }
}

/// From 1 to 2^15, each power of two as often.
fn weight(number: usize) -> u16 {
    1 << (number % 16)
}
