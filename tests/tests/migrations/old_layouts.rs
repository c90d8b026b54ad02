//! Layout version 0, and the front of a pool that no version moves.

use std::mem::{offset_of, size_of};

use anchor_lang::Discriminator;
use sluice::state::{
    EpochRate, HISTORY_EPOCHS, Marker, POOL_PREFIX_BYTES, Pool, PoolConfig, RateHistory, Slot,
    Ticket, UnstakeBatch, VERSION, ValidatorPage, v0,
};
use sluice_client::decode;
use solana_account::Account;

use crate::frozen::{FrozenPool, VERSION_BYTE};

#[test]
fn the_layout_of_version_0_is_pinned() {
    assert_eq!(v0::VERSION, 0);
    assert_eq!(size_of::<v0::PoolRest>(), 512);
    assert_eq!(offset_of!(v0::PoolRest, instant_paid_lamports), 0);
    assert_eq!(offset_of!(v0::PoolRest, reserve_rent_lamports), 8);
    assert_eq!(offset_of!(v0::PoolRest, reserved), 16);

    assert_eq!(size_of::<v0::EpochRate>(), 32);
    assert_eq!(offset_of!(v0::EpochRate, epoch), 0);
    assert_eq!(offset_of!(v0::EpochRate, full_lamports), 8);
    assert_eq!(offset_of!(v0::EpochRate, lst_supply), 16);
    assert_eq!(offset_of!(v0::EpochRate, gain_lamports), 24);

    assert_eq!(size_of::<v0::Slot>(), 152);
    assert_eq!(offset_of!(v0::Slot, vote), 0);
    assert_eq!(offset_of!(v0::Slot, main), 32);
    assert_eq!(offset_of!(v0::Slot, transient), 64);
    assert_eq!(offset_of!(v0::Slot, serial), 96);
    assert_eq!(offset_of!(v0::Slot, main_lamports), 104);
    assert_eq!(offset_of!(v0::Slot, transient_lamports), 112);
    assert_eq!(offset_of!(v0::Slot, deactivating_lamports), 120);
    assert_eq!(offset_of!(v0::Slot, rent_lamports), 128);
    assert_eq!(offset_of!(v0::Slot, weight), 132);
    assert_eq!(offset_of!(v0::Slot, next_weight), 134);
    assert_eq!(offset_of!(v0::Slot, observed_epoch), 136);
    assert_eq!(offset_of!(v0::Slot, due_epoch), 140);
    assert_eq!(offset_of!(v0::Slot, moved_epoch), 144);
    assert_eq!(offset_of!(v0::Slot, state), 150);
    assert_eq!(offset_of!(v0::Slot, flags), 151);
    assert_eq!(size_of::<v0::ValidatorPage>(), 9_872);
    assert_eq!(offset_of!(v0::ValidatorPage, slots), 144);

    assert_eq!(size_of::<v0::RateHistory>(), 8_232);
    assert_eq!(offset_of!(v0::RateHistory, version), 0);
    assert_eq!(offset_of!(v0::RateHistory, bump), 1);
    assert_eq!(offset_of!(v0::RateHistory, next), 2);
    assert_eq!(offset_of!(v0::RateHistory, count), 4);
    assert_eq!(offset_of!(v0::RateHistory, pool), 8);
    assert_eq!(offset_of!(v0::RateHistory, epochs), 40);
}

#[test]
fn the_layout_of_version_1_is_pinned_where_it_differs() {
    assert_eq!(VERSION, 1);
    assert_eq!(
        size_of::<Pool>(),
        POOL_PREFIX_BYTES + size_of::<v0::PoolRest>()
    );
    assert_eq!(size_of::<PoolConfig>(), 34);
    assert_eq!(offset_of!(PoolConfig, holder_share_bps), 28);
    assert_eq!(offset_of!(PoolConfig, least_credits_bps), 30);
    assert_eq!(offset_of!(PoolConfig, entry_charge_bps), 32);
    assert_eq!(offset_of!(Pool, spread_cap_bps), 694);
    assert_eq!(offset_of!(Pool, cut_count), 700);
    assert_eq!(offset_of!(Pool, instant_paid_lamports), 704);
    assert_eq!(offset_of!(Pool, reserve_rent_lamports), 712);
    assert_eq!(offset_of!(Pool, governance), 760);
    assert_eq!(offset_of!(Pool, paid_rate_e12), 1_088);
    assert_eq!(size_of::<Slot>(), 176);
    assert_eq!(size_of::<ValidatorPage>(), 10_000);
    assert_eq!(offset_of!(ValidatorPage, slots), 144);
    assert_eq!(size_of::<EpochRate>(), 56);
    assert_eq!(HISTORY_EPOCHS, 180);
    assert_eq!(size_of::<RateHistory>(), 10_120);
    assert_eq!(offset_of!(RateHistory, epochs), 40);
}

/// What the exits read that work on pools of every version. A field may join them at the end; none
/// may ever move.
#[test]
fn the_front_of_a_pool_never_moves() {
    assert_eq!(POOL_PREFIX_BYTES, 688);
    let fields = [
        (offset_of!(Pool, version), 0),
        (offset_of!(Pool, bump), 1),
        (offset_of!(Pool, mint_authority_bump), 3),
        (offset_of!(Pool, claims_vault_bump), 5),
        (offset_of!(Pool, page_count), 6),
        (offset_of!(Pool, mint), 8),
        (offset_of!(Pool, mint_authority), 72),
        (offset_of!(Pool, reserve), 104),
        (offset_of!(Pool, claims_vault), 136),
        (offset_of!(Pool, escrow), 168),
        (offset_of!(Pool, history), 232),
        (offset_of!(Pool, staked_lamports), 424),
        (offset_of!(Pool, reserve_lamports), 432),
        (offset_of!(Pool, locked_lamports), 440),
        (offset_of!(Pool, withheld_lamports), 448),
        (offset_of!(Pool, drip_start_slot), 456),
        (offset_of!(Pool, drip_end_slot), 464),
        (offset_of!(Pool, pending_lamports), 472),
        (offset_of!(Pool, claims_lamports), 480),
        (offset_of!(Pool, lst_supply), 488),
        (offset_of!(Pool, dead_lst), 496),
        (offset_of!(Pool, open_batch), 504),
        (offset_of!(Pool, open_lst), 512),
        (offset_of!(Pool, open_lock_slot), 520),
        (offset_of!(Pool, head_batch), 528),
        (offset_of!(Pool, locked_lst), 536),
        (offset_of!(Pool, finalized_epoch), 560),
        (offset_of!(Pool, config), 660),
        (
            offset_of!(Pool, config) + offset_of!(PoolConfig, window_bps),
            672,
        ),
    ];
    for (offset, pinned) in fields {
        assert_eq!(offset, pinned);
        assert!(offset < POOL_PREFIX_BYTES);
    }
}

/// No version has changed them: they are read as they are, whatever version wrote them.
#[test]
fn tickets_batches_and_markers_are_as_in_version_0() {
    assert_eq!(size_of::<Ticket>(), 144);
    assert_eq!(size_of::<UnstakeBatch>(), 168);
    assert_eq!(size_of::<Marker>(), 112);
    // What a marker of version 0 has there is zero: a place that nobody reads, a serial below 2^32.
    assert_eq!(offset_of!(Marker, wait_epochs), 5);
    assert_eq!(offset_of!(Marker, reinstatable_epoch), 108);
}

#[tokio::test]
async fn the_frozen_pool_is_one_of_version_0_with_everything_in_it() {
    let mut frozen = FrozenPool::start().await;
    let addresses = frozen.pool.addresses;
    let kinds = [
        Pool::DISCRIMINATOR,
        RateHistory::DISCRIMINATOR,
        ValidatorPage::DISCRIMINATOR,
        Marker::DISCRIMINATOR,
        UnstakeBatch::DISCRIMINATOR,
        Ticket::DISCRIMINATOR,
    ];
    for kind in kinds {
        let accounts = frozen.frozen.values();
        let of_kind: Vec<&Account> = accounts
            .filter(|account| account.owner == sluice::ID && account.data.starts_with(kind))
            .collect();
        assert!(!of_kind.is_empty());
        for account in of_kind {
            assert_eq!(account.data[VERSION_BYTE], v0::VERSION);
        }
    }

    let rest = &frozen.frozen_fields::<Pool>(&addresses.pool)[POOL_PREFIX_BYTES..];
    let rest: v0::PoolRest = bytemuck::pod_read_unaligned(rest);
    assert!(rest.instant_paid_lamports > 0, "something to move");
    assert!(rest.reserve_rent_lamports > 0, "something to move");
    assert_eq!(rest.reserved, [0; 496]);
    let history = frozen.frozen_fields::<RateHistory>(&addresses.history);
    let history: v0::RateHistory = bytemuck::pod_read_unaligned(history);
    assert!(history.count >= 3);
    assert!(history.epochs.iter().any(|epoch| epoch.gain_lamports > 0));

    let books = frozen.pool.books().await;
    assert_eq!(books.pages.len(), 2);
    // Clients see the places that a page keeps.
    assert_eq!(books.slots().count(), 58);
    assert!(books.is_fresh());
    assert!(books.pool.pending_lamports > 0 && books.pool.claims_lamports > 0);
    assert!(books.pool.locked_lst > 0 && books.pool.open_lst > 0);
    let now = frozen.snapshot().await;
    for (address, account) in &frozen.frozen {
        assert_eq!(now.get(address), Some(account), "{address} on its way here");
    }
}

#[tokio::test]
async fn clients_read_old_accounts_as_their_migration_will_leave_them() {
    let mut frozen = FrozenPool::start().await;
    let addresses = frozen.pool.addresses;
    let pool = decode::<Pool>(&addresses.pool, &frozen.frozen[&addresses.pool]);
    let history = decode::<RateHistory>(&addresses.history, &frozen.frozen[&addresses.history]);
    let (mut pool, mut history) = (pool.expect("decoded"), history.expect("decoded"));
    assert_eq!((pool.version, history.version), (v0::VERSION, v0::VERSION));
    for ticket in [frozen.paid, frozen.locked, frozen.open] {
        decode::<Ticket>(&ticket.ticket, &frozen.frozen[&ticket.ticket]).expect("decoded");
        decode::<UnstakeBatch>(&ticket.batch, &frozen.frozen[&ticket.batch]).expect("decoded");
    }

    frozen.migrate().await;
    (pool.version, history.version) = (VERSION, VERSION);
    // Counted with the pages at hand.
    pool.most_validators = frozen.pool.account().await.most_validators;
    assert!((1..=66).contains(&pool.most_validators));
    assert_eq!(frozen.pool.account().await, pool);
    assert_eq!(frozen.pool.history().await, history);
}
