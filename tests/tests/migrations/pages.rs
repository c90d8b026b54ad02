//! Pages: from 64 small slots to 56 larger ones.

use anchor_lang::Discriminator;
use bytemuck::Zeroable;
use sluice::{
    SluiceError,
    state::{Slot, ValidatorPage, v0},
};
use sluice_tests::scenario::assert_refused;
use solana_account::Account;
use solana_signer::Signer;

use crate::frozen::FrozenPool;

/// What a slot has in both layouts.
macro_rules! common {
    ($slot:expr) => {{
        let slot = $slot;
        (
            slot.vote,
            u64::from(slot.serial),
            [
                slot.main_lamports,
                slot.transient_lamports,
                slot.deactivating_lamports,
            ],
            [slot.weight, slot.next_weight],
            [
                slot.rent_lamports,
                slot.observed_epoch,
                slot.due_epoch,
                slot.moved_epoch,
            ],
            [slot.state, slot.flags],
        )
    }};
}

#[tokio::test]
async fn every_validator_keeps_its_slot_and_those_without_a_place_go_to_the_other_page() {
    let mut frozen = FrozenPool::start().await;
    let addresses = frozen.pool.addresses;
    let old: Vec<v0::ValidatorPage> = (0..2)
        .map(|page| frozen.frozen_fields::<ValidatorPage>(&addresses.page(page)))
        .map(bytemuck::pod_read_unaligned)
        .collect();
    let sum = |field: fn(&ValidatorPage) -> u64, pages: &[ValidatorPage]| {
        pages.iter().map(field).sum::<u64>()
    };
    let fronts: Vec<ValidatorPage> = old
        .iter()
        .map(|old| {
            let mut front = ValidatorPage::zeroed();
            let bytes = bytemuck::bytes_of(&old.front);
            bytemuck::bytes_of_mut(&mut front)[..bytes.len()].copy_from_slice(bytes);
            front
        })
        .collect();
    frozen.migrate().await;
    let pages = frozen.pool.pages().await;
    for field in [
        (|page| page.staked_lamports) as fn(&ValidatorPage) -> u64,
        |page| page.deactivating_lamports,
        |page| page.total_weight,
        |page| page.earning_lamports,
        |page| u64::from(page.occupied),
        |page| u64::from(page.observed),
    ] {
        assert_eq!(sum(field, &pages), sum(field, &fronts));
    }
    assert_eq!((pages[0].occupied, pages[1].occupied), (56, 10));
    let places = old[0].slots[..56].iter().chain(&old[1].slots[..2]);
    let before = places.chain(&old[0].slots[56..]).map(|slot| common!(slot));
    let after = pages[0].slots.iter().chain(&pages[1].slots[..10]);
    assert!(before.eq(after.clone().map(|slot| common!(slot))));
    assert!(after.clone().all(|slot| slot.unjudged_epochs == 3));
    assert!(
        pages[1].slots[10..]
            .iter()
            .all(|slot| *slot == Slot::zeroed())
    );
    for page in [addresses.page(0), addresses.page(1)] {
        let account = frozen.pool.cluster.account(&page).await;
        let rent = frozen
            .pool
            .cluster
            .rent_exempt_lamports(account.data.len())
            .await;
        assert_eq!(
            (account.data.len(), account.lamports),
            (ValidatorPage::SPACE, rent)
        );
    }
}

#[tokio::test]
async fn a_full_page_waits_for_another_one_with_room() {
    let mut frozen = FrozenPool::start().await;
    let payer = frozen.pool.cluster.payer().pubkey();
    let addresses = frozen.pool.addresses;
    let before = frozen.snapshot().await;
    let refused = frozen
        .pool
        .send(&[addresses.migrate_page(payer, 0, None)], &[])
        .await;
    assert_refused(refused, SluiceError::SlotsDoNotFit);
    let refused = frozen.try_migrate_page(0).await;
    assert_refused(refused, SluiceError::MigrationNeeded);
    before.assert_identical(&frozen.snapshot().await);
    frozen.migrate_page(1).await;
    let before = frozen.snapshot().await;
    let address = addresses.page(1);
    let roomy = frozen.pool.cluster.account(&address).await;
    let fill = |account: &mut Account| {
        let body = &mut account.data[ValidatorPage::DISCRIMINATOR.len()..];
        let page: &mut ValidatorPage = bytemuck::from_bytes_mut(body);
        let slot = page.slots[0];
        page.slots[3..].fill(slot);
    };
    frozen.pool.cluster.change_account(&address, fill).await;
    let refused = frozen.try_migrate_page(0).await;
    assert_refused(refused, SluiceError::SlotsDoNotFit);
    frozen.pool.cluster.set_account(&address, roomy);
    before.assert_identical(&frozen.snapshot().await);
    frozen.migrate_page(0).await;
}
