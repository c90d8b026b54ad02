use {
    super::scene::{Acted, content, lamports, lst},
    crate::world::{Stage, World},
    sluice::{
        events::{
            EpochFinalized, FeesPaid, StakeCollected, StakeDelegated, StakeObserved,
            StakeReclaimed, StakeUndelegated,
        },
        state::{PoolConfig, StakeAccountKind},
    },
    sluice_math::{Bps, Flows, Lamports, Lst, queue_lamports},
    sluice_tests::cluster::LAMPORTS_PER_SOL as SOL,
    solana_signer::Signer,
    solana_stake_interface::state::{Authorized, StakeStateV2},
};

const ONE: i128 = SOL as i128;

#[tokio::test]
async fn observing_writes_the_page_and_nothing_else() {
    let (mut world, acted) = World::acted(Stage::Unobserved, "observe").await;
    let addresses = world.pool.addresses;
    acted.assert_changes(&[(addresses.page(0), content(0))]);
    let page = &acted.after.pages[0];
    for slot in acted.after.slots() {
        assert!(slot.is_observed(acted.after.epoch));
        let main = world.pool.cluster.lamports(&slot.main).await;
        let transient = world.pool.cluster.lamports(&slot.transient).await;
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
        observed: 3,
        occupied: 3,
        staked_lamports: page.staked_lamports,
    });
}

#[tokio::test]
async fn finalizing_books_the_gain_and_mints_the_fee() {
    let (world, acted) = World::acted(Stage::Observed, "finalize_epoch").await;
    let addresses = world.pool.addresses;
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
    let schedule = world.pool.cluster.epoch_schedule();
    let slots = schedule.get_slots_in_epoch(after.epoch);
    assert_eq!(pool.drip_end_slot, after.slot + drip_epochs * slots);
    acted.assert_event(&EpochFinalized {
        pool: addresses.pool,
        epoch: after.epoch,
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
    let (mut world, acted) = World::acted(Stage::Observed, "finalize_epoch").await;
    let history = world.pool.history().await;
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
async fn collecting_sweeps_what_is_free_and_was_booked_into_the_reserve() {
    let (world, acted) = World::acted(Stage::Fresh, "collect").await;
    let addresses = world.pool.addresses;
    let slot = acted.before.pages[0].slots[0];
    let main = lamports_left(&acted, 0, StakeAccountKind::Main);
    let transient = lamports_left(&acted, 0, StakeAccountKind::Transient);
    assert_eq!(main, ONE, "the donation");
    let mut expected = vec![
        (slot.main, lamports(-main)),
        (addresses.reserve, lamports(main + transient)),
        (addresses.page(0), content(0)),
        (addresses.pool, content(0)),
    ];
    if transient > 0 {
        expected.push((slot.transient, lamports(-transient)));
    }
    acted.assert_changes(&expected);
    let returned = u64::try_from(main + transient).unwrap();
    let coming = slot.deactivating_lamports - acted.after.pages[0].slots[0].deactivating_lamports;
    acted.assert_pool(|pool| {
        pool.staked_lamports -= returned;
        pool.reserve_lamports += returned;
        pool.deactivating_lamports -= coming;
    });
    acted.assert_event(&StakeCollected {
        pool: addresses.pool,
        vote: world.pool.vote(0),
        activated_lamports: 0,
        returned_lamports: returned,
        books: (&acted.after.pool).into(),
    });
}

/// Booked lamports that left one of a slot's stake accounts.
fn lamports_left(acted: &Acted, slot: usize, kind: StakeAccountKind) -> i128 {
    let booked = |books: &sluice_tests::pool::Books| {
        i128::from(books.pages[0].slots[slot].booked(kind).get())
    };
    booked(&acted.before) - booked(&acted.after)
}

#[tokio::test]
async fn fees_go_to_the_treasury_whole() {
    let (world, acted) = World::acted(Stage::Fresh, "pay_fees").await;
    let addresses = world.pool.addresses;
    let treasury_account = world.pool.lst_account(&world.pool.treasury().pubkey());
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

#[tokio::test]
async fn reclaiming_initializes_the_account_and_moves_no_lamport() {
    let (mut world, acted) = World::acted(Stage::Reset, "reclaim").await;
    let addresses = world.pool.addresses;
    let stake = acted.before.pages[0].slots[0].main;
    acted.assert_changes(&[(stake, content(0))]);
    let StakeStateV2::Initialized(meta) = world.pool.cluster.stake_state(&stake).await else {
        panic!("not initialized");
    };
    assert_eq!(
        meta.authorized,
        Authorized::auto(&addresses.stake_authority)
    );
    acted.assert_event(&StakeReclaimed {
        pool: addresses.pool,
        stake,
    });
}

/// The pool-wide amounts, from the books alone; the cluster's minimum delegation is 1 SOL.
fn flows(acted: &Acted, rent: u64) -> Flows {
    let pool = &acted.before.pool;
    let ledger = pool.ledger();
    let full = ledger.full().unwrap();
    // The open batch has locked by now, though nobody has rolled it yet.
    let locked = Lst::new(pool.locked_lst + pool.open_lst);
    let value = ledger.value(acted.before.slot).unwrap();
    let spendable = Lamports::new(pool.reserve_lamports - rent);
    let deactivating = Lamports::new(pool.deactivating_lamports);
    let minimum_delegation = Lamports::new(SOL);
    let cap = Bps::new(PoolConfig::RECOMMENDED.movement_cap_bps).unwrap();
    Flows {
        full,
        reserve_target: Lamports::new(full.get() / 100),
        queue: queue_lamports(locked, value, ledger.supply).unwrap(),
        spendable,
        deactivating,
        delegated: full.saturating_sub(spendable).saturating_sub(deactivating),
        spread: pool.spread().unwrap(),
        minimum_delegation,
        tolerance: Bps::new(PoolConfig::RECOMMENDED.tolerance_bps).unwrap(),
        movement_cap: Flows::movement_cap(full, cap, minimum_delegation).unwrap(),
        moved: Lamports::new(pool.moved_lamports),
    }
}

#[tokio::test]
async fn delegating_moves_what_the_reserve_can_spare_into_the_transient() {
    let (mut world, acted) = World::acted(Stage::Window, "delegate").await;
    let addresses = world.pool.addresses;
    let rent = u64::try_from(world.rent(0).await).unwrap();
    let slot = acted.before.pages[0].slots[0];
    let stake = slot.stake(acted.before.epoch).unwrap();
    let due = flows(&acted, rent).delegation(&stake).unwrap();
    let due = due.expect("v0 is below its target");
    let moved = i128::from(due.get());
    acted.assert_changes(&[
        (addresses.reserve, lamports(-moved)),
        (slot.transient, content(moved)),
        (addresses.page(0), content(0)),
        (addresses.pool, content(0)),
    ]);
    let delegation = world.pool.cluster.delegation(&slot.transient).await;
    assert_eq!(
        (delegation.stake, delegation.voter_pubkey),
        (due.get(), slot.vote)
    );
    assert_eq!(delegation.activation_epoch, acted.after.epoch);
    acted.assert_pool(|pool| {
        pool.reserve_lamports -= due.get();
        pool.staked_lamports += due.get();
        pool.roll_queue(acted.before.slot).unwrap();
    });
    acted.assert_event(&StakeDelegated {
        pool: addresses.pool,
        vote: slot.vote,
        lamports: due.get(),
        books: (&acted.after.pool).into(),
    });
}

#[tokio::test]
async fn undelegating_moves_the_excess_into_the_transient_and_deactivates_it() {
    let (mut world, acted) = World::acted(Stage::Window, "undelegate").await;
    let addresses = world.pool.addresses;
    let rent = u64::try_from(world.rent(0).await).unwrap();
    let slot = acted.before.pages[0].slots[1];
    let stake = slot.stake(acted.before.epoch).unwrap();
    let flows = flows(&acted, rent);
    let due = flows.undelegation(&stake).unwrap();
    let due = due.expect("v1 has no weight any more");
    assert!(due.rebalancing, "nobody waits for it");
    assert_eq!(due.lamports, flows.movement_cap, "within the epoch's cap");
    let moved = i128::from(due.lamports.get());
    acted.assert_changes(&[
        (slot.main, content(-moved)),
        (slot.transient, content(moved)),
        (addresses.page(0), content(0)),
        (addresses.pool, content(0)),
    ]);
    let delegation = world.pool.cluster.delegation(&slot.transient).await;
    assert_eq!(delegation.stake, due.lamports.get());
    assert_eq!(delegation.deactivation_epoch, acted.after.epoch);
    acted.assert_pool(|pool| {
        pool.deactivating_lamports += due.lamports.get();
        pool.moved_lamports += due.lamports.get();
        pool.roll_queue(acted.before.slot).unwrap();
    });
    acted.assert_event(&StakeUndelegated {
        pool: addresses.pool,
        vote: slot.vote,
        account: StakeAccountKind::Transient,
        lamports: due.lamports.get(),
        at_once: false,
        books: (&acted.after.pool).into(),
    });
}
