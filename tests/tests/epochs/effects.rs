//! What the cranks that make prices change, and no more: every account is compared before and after.

use sluice::{
    events::{EpochFinalized, FeesPaid, StakeObserved},
    state::PoolConfig,
};
use sluice_tests::scenario::two_pools::{Stage, TwoPools, content, lst};
use solana_signer::Signer;

#[tokio::test]
async fn observing_writes_the_page_and_nothing_else() {
    let (mut pools, acted) = TwoPools::acted(Stage::Unobserved, "observe").await;
    let addresses = pools.pool.addresses;
    acted.assert_changes(&[(addresses.page(0), content(0))]);
    let page = &acted.after.pages[0];
    for slot in acted.after.slots() {
        assert!(slot.is_observed(acted.after.epoch));
        let main = pools.pool.cluster.lamports(&slot.main).await;
        let transient = pools.pool.cluster.lamports(&slot.transient).await;
        assert_eq!(
            (slot.main_lamports, slot.transient_lamports),
            (main, transient)
        );
    }
    assert!(
        page.staked_lamports > acted.before.pages[0].staked_lamports,
        "rewards"
    );
    acted.assert_event(&StakeObserved {
        pool: addresses.pool,
        page: 0,
        observed: 4,
        occupied: 4,
        staked_lamports: page.staked_lamports,
    });
}

#[tokio::test]
async fn finalizing_books_the_gain_and_mints_the_fee() {
    let (pools, acted) = TwoPools::acted(Stage::Observed, "finalize_epoch").await;
    let addresses = pools.pool.addresses;
    let (before, after) = (&acted.before, &acted.after);
    let (old, new) = (before.prices(), after.prices());
    let gain = new.full - old.full;
    let fee = (gain * 500).div_ceil(10_000);
    let exact = u128::from(fee) * u128::from(old.supply) / u128::from(new.full - fee);
    let fee_lst = u64::try_from(exact).unwrap();
    assert!(fee_lst > 0);
    acted.assert_changes(&[
        (addresses.pool, content(0)),
        (addresses.history, content(0)),
        (addresses.mint, lst(fee_lst.into())),
        (addresses.fees, lst(fee_lst.into())),
    ]);
    let pool = &after.pool;
    assert_eq!(pool.withheld_lamports, before.unreleased() + gain - fee);
    assert_eq!(pool.pending_lamports, 0);
    assert_eq!(pool.drip_start_slot, after.slot);
    assert_eq!(pool.finalized_epoch, after.epoch);
    assert_eq!(
        (pool.high_water_lamports, pool.high_water_lst),
        (new.full, new.supply)
    );
    assert_eq!(pool.last_gain_lamports, gain);
    let bound = u128::from(new.value) * u128::from(PoolConfig::RECOMMENDED.drip_bound_bps);
    let epochs = (u128::from(pool.withheld_lamports) * 10_000)
        .div_ceil(bound)
        .clamp(1, 10);
    let drip_epochs = u64::try_from(epochs).unwrap();
    let schedule = pools.pool.cluster.epoch_schedule();
    let slots = schedule.get_slots_in_epoch(after.epoch);
    let end = after.slot + drip_epochs * slots;
    assert_eq!(pool.drip_end_slot, end.max(before.pool.drip_end_slot));
    acted.assert_event(&EpochFinalized {
        pool: addresses.pool,
        epoch: after.epoch,
        epoch_start_timestamp: pool.epoch_start_timestamp,
        slot: after.slot,
        full_before_lamports: old.full,
        value_before_lamports: old.value,
        supply_before_lst: old.supply,
        burned_lst: 0,
        gain_lamports: gain,
        loss_lamports: 0,
        fall_lamports: 0,
        restored_lamports: 0,
        fee_lamports: fee,
        fee_kept_lamports: 0,
        fee_lst,
        drip_epochs,
        tripped: false,
        books: pool.into(),
    });
}

#[tokio::test]
async fn the_history_remembers_what_was_finalized() {
    let (mut pools, acted) = TwoPools::acted(Stage::Observed, "finalize_epoch").await;
    let history = pools.pool.history().await;
    let last = history.iter().last().expect("this epoch");
    let new = acted.after.prices();
    assert_eq!(last.epoch, acted.after.epoch);
    assert_eq!(
        (last.full_lamports, last.lst_supply),
        (new.full, new.supply)
    );
    assert_eq!(last.gain_lamports, acted.after.pool.last_gain_lamports);
    let epochs: Vec<u64> = history.iter().map(|rate| rate.epoch).collect();
    assert!(
        epochs.is_sorted_by(|one, next| one + 1 == *next),
        "{epochs:?}"
    );
}

#[tokio::test]
async fn fees_go_to_the_treasury_whole() {
    let (pools, acted) = TwoPools::acted(Stage::Fresh, "pay_fees").await;
    let addresses = pools.pool.addresses;
    let treasury_account = pools.pool.lst_account(&pools.pool.treasury().pubkey());
    let fees = acted.before.fees_lst;
    assert!(fees > 0);
    acted.assert_changes(&[
        (addresses.fees, lst(-i128::from(fees))),
        (treasury_account, lst(fees.into())),
    ]);
    acted.assert_event(&FeesPaid {
        pool: addresses.pool,
        treasury_account,
        lst: fees,
    });
}
