//! What a migration moves, and that it moves no price.

use anchor_lang::Discriminator;
use sluice::{
    SluiceError,
    state::{
        EpochRate, HISTORY_EPOCHS, NEVER, POOL_PREFIX_BYTES, Pool, PoolLimits, RateHistory,
        VERSION, v0,
    },
};
use sluice_client::Yield;
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::frozen::FrozenPool;

/// Compute that anybody can afford: a migration is one transaction per page and one for the pool.
const PAGE_COMPUTE_UNITS: u64 = 20_000;
const POOL_COMPUTE_UNITS: u64 = 25_000;

#[tokio::test]
async fn every_field_is_where_the_new_layout_has_it_and_nothing_else_changed() {
    let mut frozen = FrozenPool::start().await;
    let addresses = frozen.pool.addresses;
    let before = frozen.snapshot().await;
    let prices = frozen.pool.prices().await;
    frozen.migrate().await;
    assert_eq!(frozen.pool.prices().await, prices);

    let old: Pool = bytemuck::pod_read_unaligned(frozen.frozen_fields::<Pool>(&addresses.pool));
    let rest = &frozen.frozen_fields::<Pool>(&addresses.pool)[POOL_PREFIX_BYTES..];
    let rest: v0::PoolRest = bytemuck::pod_read_unaligned(rest);
    let pool = frozen.pool.account().await;
    let prefix = |pool: &Pool| bytemuck::bytes_of(pool)[1..POOL_PREFIX_BYTES].to_vec();
    assert_eq!(prefix(&pool), prefix(&old));
    assert_eq!(pool.ledger(), old.ledger());
    assert_eq!(pool.instant_paid_lamports, rest.instant_paid_lamports);
    assert_eq!(pool.reserve_rent_lamports, rest.reserve_rent_lamports);
    assert_eq!((pool.reward_rate_e12, pool.fallen_lamports), (0, 0));
    assert_eq!((pool.ejection_epoch, pool.ejected_weight), (NEVER, 0));
    assert_eq!(pool.config.holder_share_bps, 0);
    assert_eq!((pool.config.entry_charge_bps, pool.paid_rate_e12), (0, 0));
    assert_eq!((pool.window_from_epoch, pool.window_bps_before), (0, 0));
    assert_eq!(pool.spread_weight, pool.total_weight);
    assert_eq!((pool.cut_count, pool.spread_cap_bps), (0, 10_000));
    assert_eq!(pool.governance.limits, PoolLimits::NONE);
    assert_eq!(pool.governance.pause_record, 0);
    assert!(
        pool.governance
            .pending
            .iter()
            .all(|change| change.from_epoch == 0)
    );
    assert_eq!(pool.config.least_credits_bps, 5_000);
    assert_eq!(pool.earlier_commission_until_epoch, 0);
    assert_eq!(pool.epoch_start_timestamp, 0);
    assert_eq!((pool.finalized_value_lamports, pool.finalized_lst), (0, 0));
    assert_eq!(pool.reserved, [0; 56]);

    let after = frozen.snapshot().await;
    let mut changed: Vec<Pubkey> = before
        .changes(&after)
        .iter()
        .map(|change| change.address)
        .collect();
    let mut expected = vec![
        addresses.pool,
        addresses.history,
        addresses.page(0),
        addresses.page(1),
    ];
    changed.sort();
    expected.sort();
    assert_eq!(changed, expected);
}

fn frozen_epochs(frozen: &FrozenPool) -> Vec<v0::EpochRate> {
    let history = frozen.frozen_fields::<RateHistory>(&frozen.pool.addresses.history);
    let history: v0::RateHistory = bytemuck::pod_read_unaligned(history);
    history.epochs[..usize::from(history.count)].to_vec()
}

fn converted(old: &v0::EpochRate) -> EpochRate {
    EpochRate {
        epoch: old.epoch,
        full_lamports: old.full_lamports,
        lst_supply: old.lst_supply,
        gain_lamports: old.gain_lamports,
        ..EpochRate::default()
    }
}

#[tokio::test]
async fn the_history_grows_and_whoever_migrates_pays_its_rent() {
    let mut frozen = FrozenPool::start().await;
    let address = frozen.pool.addresses.history;
    let payer = frozen.pool.cluster.funded("stranger", 1_000_000_000).await;
    frozen.migrate_page(1).await;
    frozen.migrate_page(0).await;
    let migrate = frozen.pool.addresses.migrate_pool(payer.pubkey(), 2);
    frozen.pool.must_send(&[migrate], &[&payer]).await;

    let rent = frozen
        .pool
        .cluster
        .rent_exempt_lamports(RateHistory::SPACE)
        .await;
    let account = frozen.pool.cluster.account(&address).await;
    assert_eq!(account.data.len(), RateHistory::SPACE);
    assert_eq!(account.lamports, rent);
    let paid = 1_000_000_000 - frozen.pool.cluster.lamports(&payer.pubkey()).await;
    assert_eq!(paid, rent - frozen.frozen[&address].lamports);
    assert!(paid > 0);

    let history = frozen.pool.history().await;
    let expected: Vec<EpochRate> = frozen_epochs(&frozen).iter().map(converted).collect();
    let epochs: Vec<EpochRate> = history.iter().copied().collect();
    assert_eq!(epochs, expected);
    assert_eq!(
        (history.version, history.pool),
        (VERSION, frozen.pool.addresses.pool)
    );
    let unused = &history.epochs[epochs.len()..];
    assert!(unused.iter().all(|rate| *rate == EpochRate::default()));
}

/// A ring that went round once and a half: the last epochs stay, in order.
fn fill_history(account: &mut Account) {
    let fields = &mut account.data[RateHistory::DISCRIMINATOR.len()..];
    let mut history: v0::RateHistory = bytemuck::pod_read_unaligned(fields);
    for epoch in 0..384 {
        let at = usize::from(history.next);
        history.epochs[at] = v0::EpochRate {
            epoch,
            full_lamports: epoch + 1_000,
            lst_supply: epoch + 2_000,
            gain_lamports: epoch + 3_000,
        };
        history.next = ((at + 1) % v0::HISTORY_EPOCHS) as u16;
    }
    history.count = v0::HISTORY_EPOCHS as u16;
    fields.copy_from_slice(bytemuck::bytes_of(&history));
}

#[tokio::test]
async fn of_a_full_history_the_last_epochs_stay() {
    let is_history = |account: &Account| account.data.starts_with(RateHistory::DISCRIMINATOR);
    let mut frozen = FrozenPool::start_with(|_, account| {
        if is_history(account) {
            fill_history(account);
        }
    })
    .await;
    let pages = [frozen.migrate_page(1).await, frozen.migrate_page(0).await];
    let pool = frozen.migrate_pool().await;
    for page in pages {
        assert!(
            page.compute_units < PAGE_COMPUTE_UNITS,
            "{}",
            page.compute_units
        );
        println!("migrate_page: {} compute units", page.compute_units);
    }
    assert!(
        pool.compute_units < POOL_COMPUTE_UNITS,
        "{}",
        pool.compute_units
    );
    println!("migrate_pool: {} compute units", pool.compute_units);

    let history = frozen.pool.history().await;
    assert_eq!(usize::from(history.count), HISTORY_EPOCHS);
    for (rate, epoch) in history.iter().zip(384 - HISTORY_EPOCHS as u64..) {
        assert_eq!(rate.epoch, epoch);
        assert_eq!(rate.full_lamports, epoch + 1_000);
        assert_eq!(rate.lst_supply, epoch + 2_000);
        assert_eq!(rate.gain_lamports, epoch + 3_000);
        assert_eq!((rate.fee_lamports, rate.fee_kept_lamports), (0, 0));
        assert_eq!(rate.epoch_start_timestamp, 0, "it was not recorded");
    }
    // The next epoch takes the place of the oldest.
    frozen.pool.cluster.next_epoch().await;
    frozen.pool.price().await;
    let history = frozen.pool.history().await;
    assert_eq!(usize::from(history.count), HISTORY_EPOCHS);
    let first = history.iter().next().expect("an epoch");
    assert_eq!(first.epoch, 384 - HISTORY_EPOCHS as u64 + 1);
}

#[tokio::test]
async fn a_migrated_pool_has_a_yield_once_two_epochs_have_their_time() {
    let mut frozen = FrozenPool::start().await;
    frozen.migrate().await;
    let mut yields = Vec::new();
    for epochs in 0..3 {
        let history = frozen.pool.history().await;
        let known = history.iter().filter(|rate| rate.epoch_start_timestamp > 0);
        assert_eq!(known.count(), epochs);
        yields.push(Yield::over(&history, 1).map(|over| (over.epochs(), over.seconds)));
        let start = 1_800_000_000 + 172_800 * i64::try_from(epochs).unwrap();
        frozen.pool.cluster.next_epoch().await;
        frozen.pool.cluster.set_epoch_start(start).await;
        frozen.pool.price().await;
        assert_eq!(frozen.pool.rate().await.epoch_start_timestamp, start);
    }
    assert_eq!(yields, [None, None, Some((1, 172_800))]);
}

/// The one who goes on knows nothing of the one who began: everything is sent again.
#[tokio::test]
async fn twice_is_once_and_an_interrupted_migration_goes_on() {
    let mut frozen = FrozenPool::start().await;
    frozen.migrate_page(1).await;
    let interrupted = frozen.snapshot().await;
    frozen.migrate_page(1).await;
    interrupted.assert_identical(&frozen.snapshot().await);

    frozen.migrate().await;
    let done = frozen.snapshot().await;
    frozen.migrate().await;
    done.assert_identical(&frozen.snapshot().await);
    let events = frozen
        .migrate_pool()
        .await
        .events::<sluice::events::PoolMigrated>();
    assert!(events.is_empty());
}

#[tokio::test]
async fn the_pool_comes_last() {
    let mut frozen = FrozenPool::start().await;
    frozen.migrate_page(1).await;
    let before = frozen.snapshot().await;
    let failure = frozen.try_migrate_pool().await.expect_err("page 0 is old");
    let code = u32::from(SluiceError::MigrationNeeded);
    assert_eq!(failure.custom_code, Some(code), "{failure}");
    before.assert_identical(&frozen.snapshot().await);
}

#[tokio::test]
async fn events_tell_what_was_migrated() {
    let mut frozen = FrozenPool::start().await;
    let prices = frozen.pool.prices().await;
    let page = frozen.migrate_page(1).await;
    let [page] = &page.events::<sluice::events::PageMigrated>()[..] else {
        panic!("one event")
    };
    assert_eq!((page.page, page.from_version), (1, v0::VERSION));
    frozen.migrate_page(0).await;
    let pool = frozen.migrate_pool().await;
    let [pool] = &pool.events::<sluice::events::PoolMigrated>()[..] else {
        panic!("one event")
    };
    assert_eq!(pool.from_version, v0::VERSION);
    assert_eq!(pool.books.lst_supply, prices.supply);
}
