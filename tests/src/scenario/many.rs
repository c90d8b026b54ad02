//! Pools of more validators than a test could add one by one.

use anchor_lang::Discriminator;
use bytemuck::Zeroable;
use sluice::state::{SLOTS_PER_PAGE, SlotState, ValidatorPage};
use solana_account::Account;

use crate::{
    cluster::{Sending, Sent},
    pool::Pool,
};

impl Pool {
    /// Finalizes the next epoch with so many validators without stake, whose weights are such that
    /// each round of cutting by the share cap leads to another one.
    pub async fn finalize_many(&mut self, validators: usize, share_cap_bps: u16) -> Sent {
        let page_count = validators.div_ceil(SLOTS_PER_PAGE);
        let page_count = u16::try_from(page_count).expect("few pages");
        let finalize = self.addresses.finalize_epoch(page_count);
        let addresses: Vec<_> = finalize.accounts.iter().map(|meta| meta.pubkey).collect();
        let name = format!("pages for {validators} under {share_cap_bps}");
        let table = self.cluster.lookup_table(&name, &addresses).await;
        self.cluster.next_epoch().await;
        self.write_pages(page_count, validators).await;
        self.change_pool(|pool| {
            pool.page_count = page_count;
            pool.config.share_cap_bps = share_cap_bps;
        })
        .await;
        let sending = Sending::with_tables(&[table]);
        let sent = self.send_as(&[finalize], &[], &sending).await;
        sent.unwrap_or_else(|failure| panic!("not booked: {failure}"))
    }

    /// Pages of validators without stake that were observed in this epoch.
    async fn write_pages(&mut self, page_count: u16, validators: usize) {
        let epoch = self.cluster.epoch().await;
        let rent = self
            .cluster
            .rent_exempt_lamports(ValidatorPage::SPACE)
            .await;
        let mut validators = 0..validators;
        for index in 0..page_count {
            let mut page = ValidatorPage::zeroed();
            page.index = index;
            page.pool = self.addresses.pool;
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
            let address = self.addresses.page(index);
            self.cluster.set_account(&address, account);
        }
    }
}

/// From 1 to 2^15, each power of two as often.
fn weight(number: usize) -> u16 {
    1 << (number % 16)
}
