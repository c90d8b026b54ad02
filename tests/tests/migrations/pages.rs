//! Pages: from 64 small slots to 56 larger ones.

use std::mem::offset_of;

use anchor_lang::Discriminator;
use bytemuck::Zeroable;
use sluice::{
    SluiceError,
    state::{SLOTS_PER_PAGE, Slot, ValidatorPage, v0},
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

/// Lamports on their way back from each slot that moves.
const ON_THEIR_WAY_LAMPORTS: u64 = 7;

/// Writes into the first page of the old layout that something comes back from every slot that will move.
fn with_stake_on_its_way(account: &mut Account) {
    let Some(body) = account.data.strip_prefix(ValidatorPage::DISCRIMINATOR) else {
        return;
    };
    let mut page: v0::ValidatorPage = bytemuck::pod_read_unaligned(body);
    let front: &mut [u8] = bytemuck::cast_slice_mut(&mut page.front);
    if front[offset_of!(ValidatorPage, index)] != 0 {
        return;
    }
    let moved = &mut page.slots[SLOTS_PER_PAGE..];
    let more = ON_THEIR_WAY_LAMPORTS * moved.len() as u64;
    for slot in moved {
        slot.deactivating_lamports += ON_THEIR_WAY_LAMPORTS;
    }
    page.front[offset_of!(ValidatorPage, deactivating_lamports) / 8] += more;
    account.data[ValidatorPage::DISCRIMINATOR.len()..].copy_from_slice(bytemuck::bytes_of(&page));
}

#[tokio::test]
async fn what_comes_back_from_slots_that_move_is_counted_on_their_new_page() {
    let mut frozen = FrozenPool::start_with(|_, account| with_stake_on_its_way(account)).await;
    frozen.migrate_page(1).await;
    frozen.migrate_page(0).await;
    for page in frozen.pool.pages().await {
        let slots = page.slots.iter();
        let sum: u64 = slots.map(|slot| slot.deactivating_lamports).sum();
        assert_eq!(page.deactivating_lamports, sum, "page {}", page.index);
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
