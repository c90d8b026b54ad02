//! What the cranks that move stake change, and no more: every account is compared before and after.

use sluice::{
    events::{StakeCollected, StakeDelegated, StakeReclaimed, StakeUndelegated},
    state::{PoolConfig, StakeAccountKind},
};
use sluice_math::{Bps, Flows, Lamports, Lst, queue_lamports};
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    scenario::two_pools::{Acted, Stage, TwoPools, content, lamports},
};
use solana_stake_interface::state::{Authorized, StakeStateV2};

const ONE: i128 = SOL as i128;

#[tokio::test]
async fn collecting_sweeps_what_is_free_and_was_booked_into_the_reserve() {
    let (pools, acted) = TwoPools::acted(Stage::Fresh, "collect").await;
    let addresses = pools.pool.addresses;
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
        vote: pools.pool.vote(0),
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
async fn reclaiming_initializes_the_account_and_moves_no_lamport() {
    let (mut pools, acted) = TwoPools::acted(Stage::Reset, "reclaim").await;
    let addresses = pools.pool.addresses;
    let stake = acted.before.pages[0].slots[0].main;
    acted.assert_changes(&[(stake, content(0))]);
    let StakeStateV2::Initialized(meta) = pools.pool.cluster.stake_state(&stake).await else {
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
    let spendable = Lamports::new(pool.reserve_lamports - rent);
    let deactivating = Lamports::new(pool.deactivating_lamports);
    let minimum_delegation = Lamports::new(SOL);
    let cap = Bps::new(pool.config.movement_cap_bps).unwrap();
    Flows {
        full,
        reserve_target: Lamports::new(full.get() / 100),
        queue: queue_lamports(locked, full, ledger.supply).unwrap(),
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
    let (mut pools, acted) = TwoPools::acted(Stage::Window, "delegate").await;
    let addresses = pools.pool.addresses;
    let rent = u64::try_from(pools.rent(0).await).unwrap();
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
    let delegation = pools.pool.cluster.delegation(&slot.transient).await;
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
    let (mut pools, acted) = TwoPools::acted(Stage::Window, "undelegate").await;
    let addresses = pools.pool.addresses;
    let rent = u64::try_from(pools.rent(0).await).unwrap();
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
    let delegation = pools.pool.cluster.delegation(&slot.transient).await;
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
