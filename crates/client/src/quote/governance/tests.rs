//! Decisions of admin and guardian, as the program would take them.

use sluice::state::{EpochRate, PAUSE_EPOCHS};
use sluice_math::Lamports;

use super::*;
use crate::fixture::{EPOCH, Fixture, SOL};

const CODE_PARAMETER_OUT_OF_BOUNDS: u32 = 6019;
const CODE_NOTHING_TO_CHANGE: u32 = 6064;

fn fixture() -> Fixture {
    Fixture::new(4, 10 * SOL, SOL)
}

#[test]
fn a_planned_change_tells_what_scheduling_it_does() {
    let mut fixture = fixture();
    let plan = |fixture: &Fixture, value| {
        let snapshot = fixture.snapshot();
        snapshot.plan_change(Parameter::RewardFeeBps, value)
    };
    let raise = plan(&fixture, 700).unwrap();
    assert_eq!(
        raise,
        PlannedChange {
            before: 500,
            value: 700,
            from_epoch: EPOCH + 2,
            can_cost: true,
            replaces: None,
            fits: true,
        }
    );
    let cut = plan(&fixture, 300).unwrap();
    assert_eq!((cut.from_epoch, cut.can_cost), (EPOCH + 1, false));

    let scheduled = fixture
        .pool
        .schedule_change(Parameter::RewardFeeBps, 700, EPOCH);
    assert_eq!(scheduled.unwrap(), EPOCH + 2);
    let replaced = plan(&fixture, 600).unwrap().replaces.unwrap();
    assert_eq!((replaced.value, replaced.from_epoch), (700, EPOCH + 2));
    assert_eq!(fixture.snapshot().pending_changes(), 1);
}

#[test]
fn what_the_program_would_refuse_is_not_planned() {
    let snapshot = fixture().snapshot();
    let code = |value| {
        let refused = snapshot.plan_change(Parameter::RewardFeeBps, value);
        refused.unwrap_err().sluice_code()
    };
    assert!(snapshot.plan_change(Parameter::RewardFeeBps, 1_000).is_ok());
    assert_eq!(code(1_001), Some(CODE_PARAMETER_OUT_OF_BOUNDS));
    assert_eq!(code(500), Some(CODE_NOTHING_TO_CHANGE));
}

#[test]
fn a_change_that_would_be_dropped_is_known() {
    let mut fixture = fixture();
    // The lowest fee is not above the highest: raised alone, it would be dropped.
    let pool = &mut fixture.pool;
    let most = u64::from(pool.config.instant_fee_max_bps);
    pool.schedule_change(Parameter::InstantFeeMaxBps, most + 100, EPOCH)
        .unwrap();
    pool.schedule_change(Parameter::InstantFeeMinBps, most + 1, EPOCH)
        .unwrap();
    let most = Parameter::InstantFeeMaxBps;
    let change = pool.governance.pending_change(most).unwrap();
    pool.cancel_change(most, change).unwrap();
    let snapshot = fixture.snapshot();
    let waiting = snapshot.pending_change_fits(Parameter::InstantFeeMinBps);
    assert_eq!(waiting.unwrap(), Some(false));
    let none = snapshot.pending_change_fits(Parameter::RewardFeeBps);
    assert_eq!(none.unwrap(), None);
}

#[test]
fn a_pause_tells_its_end_and_what_is_left() {
    let mut fixture = fixture();
    let open = fixture.snapshot().pause_status();
    assert_eq!(
        open,
        PauseStatus {
            until_epoch: None,
            available_epochs: PAUSE_EPOCHS,
            available_from_epoch: EPOCH,
        }
    );
    fixture.pool.pause(EPOCH).unwrap();
    let paused = fixture.snapshot().pause_status();
    assert_eq!(paused.until_epoch, Some(EPOCH + PAUSE_EPOCHS));

    // Used up as a whole: the first paused epoch leaves the window first.
    fixture.pool.paused_until_epoch = EPOCH;
    let used_up = fixture.snapshot().pause_status();
    let first_paused = EPOCH - PAUSE_EPOCHS;
    assert_eq!(
        used_up,
        PauseStatus {
            until_epoch: None,
            available_epochs: 0,
            available_from_epoch: first_paused + PAUSE_WINDOW_EPOCHS,
        }
    );
}

#[test]
fn a_loss_is_what_is_restored_and_what_is_not() {
    let mut fixture = fixture();
    assert_eq!(fixture.snapshot().loss_mode().unwrap(), None);
    fixture.pool.breaker_epoch = EPOCH - 3;
    fixture.pool.unrestored_lamports = 7 * SOL;
    let mut snapshot = fixture.snapshot();
    for (epoch, gain_lamports) in [
        (EPOCH - 4, 100 * SOL),
        (EPOCH - 3, 50 * SOL),
        (EPOCH - 2, 2 * SOL),
        (EPOCH, SOL),
    ] {
        snapshot.history.record(EpochRate {
            epoch,
            gain_lamports,
            ..EpochRate::default()
        });
    }
    let loss = snapshot.loss_mode().unwrap().unwrap();
    let sol = |sol| Lamports::new(sol * SOL);
    assert_eq!(
        loss,
        LossMode {
            epoch: EPOCH - 3,
            lost: Some(sol(10)),
            restored: Some(sol(3)),
            unrestored: sol(7),
            settles_from_epoch: EPOCH - 1,
            ends_epoch: EPOCH + 7,
        }
    );
    snapshot.pool.unrestored_lamports = 0;
    let whole = snapshot.loss_mode().unwrap().unwrap();
    assert_eq!((whole.lost, whole.restored), (None, None));
}
