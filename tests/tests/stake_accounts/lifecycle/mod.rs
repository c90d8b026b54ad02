//! Every state that a stake account can be in, and every instruction that touches stake: what each
//! pair of them comes to.
//!
//! The tables below are the whole truth: a row is an instruction, a column is a state. Every cell
//! is done on the compiled program, from the same pool: it works and moves no lamport out of the
//! world, or finds nothing to do and changes no byte, or is refused with this error and changes no
//! byte.

mod cells;
mod state;

use sluice::{SluiceError, state::StakeAccountKind};

use crate::lifecycle::{
    cells::{CellPool, Timing},
    state::{STATES, State},
};

/// What comes of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// It does its work.
    Works,
    /// It succeeds and finds nothing to do.
    Nothing,
    /// It is refused with this error.
    Refused(SluiceError),
}

use Cell::{Nothing as NONE, Works as OK};
const NOT_ACTIVE: Cell = Cell::Refused(SluiceError::MainNotActive);
const NO_BREACH: Cell = Cell::Refused(SluiceError::NoBreach);
const RESET: Cell = Cell::Refused(SluiceError::StakeNotInitialized);
const HELD: Cell = Cell::Refused(SluiceError::SlotNotDrained);
const NO_STAKE: Cell = Cell::Refused(SluiceError::NotStakeAccount);
const IDLE: Cell = Cell::Refused(SluiceError::StakeNotDelegated);
const WARMING: Cell = Cell::Refused(SluiceError::StakeActivating);
const COOLING: Cell = Cell::Refused(SluiceError::StakeDeactivating);

/// The instructions that touch stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    DepositStake,
    WithdrawStake,
    Collect,
    Delegate,
    Undelegate,
    Observe,
    Reclaim,
    CloseSlot,
    ReportLoss,
    EjectValidator,
}

type Row = (Flow, [Cell; STATES.len()]);

/// The stake account that a holder offers is in this state.
#[rustfmt::skip]
const OFFERED: [Row; 1] = [
    //                        uninitialized initialized activating  partially   active      deactivating inactive   closed
    (Flow::DepositStake,     [NO_STAKE,     IDLE,       WARMING,    WARMING,    OK,         COOLING,     IDLE,      NO_STAKE]),
];

/// A validator's main stake account is in this state, and its transient is idle.
#[rustfmt::skip]
const MAIN: [Row; 10] = [
    //                        uninitialized initialized activating  partially   active      deactivating inactive    closed
    (Flow::DepositStake,     [NOT_ACTIVE,   NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, OK,         NOT_ACTIVE,  NOT_ACTIVE, NOT_ACTIVE]),
    // Main only takes in what is fully active: were it partly so, the leaver would get such stake.
    (Flow::WithdrawStake,    [NOT_ACTIVE,   NOT_ACTIVE, NOT_ACTIVE, OK,         OK,         NOT_ACTIVE,  NOT_ACTIVE, NOT_ACTIVE]),
    (Flow::Collect,          [NONE,         OK,         NONE,       NONE,       NONE,       NONE,        OK,         NONE]),
    (Flow::Delegate,         [NONE,         OK,         OK,         OK,         OK,         OK,          OK,         NONE]),
    (Flow::Undelegate,       [NONE,         NONE,       NONE,       NONE,       OK,         NONE,        NONE,       NONE]),
    (Flow::Observe,          [NONE,         OK,         OK,         OK,         OK,         OK,          OK,         OK]),
    (Flow::Reclaim,          [OK,           NONE,       NONE,       NONE,       NONE,       NONE,        NONE,       NONE]),
    (Flow::CloseSlot,        [RESET,        OK,         HELD,       HELD,       HELD,       HELD,        OK,         OK]),
    (Flow::ReportLoss,       [NONE,         NONE,       NONE,       NONE,       NONE,       NONE,        NONE,       OK]),
    (Flow::EjectValidator,   [NO_BREACH,    NO_BREACH,  NO_BREACH,  OK,         OK,         OK,          NO_BREACH,  NO_BREACH]),
];

/// A validator's transient stake account is in this state and holds stake, and main is active.
#[rustfmt::skip]
const TRANSIENT: [Row; 10] = [
    //                        uninitialized initialized activating  partially   active      deactivating inactive   closed
    (Flow::DepositStake,     [OK,           OK,         OK,         OK,         OK,         OK,          OK,        OK]),
    (Flow::WithdrawStake,    [OK,           OK,         OK,         OK,         OK,         OK,          OK,        OK]),
    (Flow::Collect,          [NONE,         OK,         NONE,       NONE,       OK,         NONE,        OK,        NONE]),
    (Flow::Delegate,         [NONE,         NONE,       OK,         NONE,       NONE,       NONE,        NONE,      NONE]),
    // Main as a whole, where the transient is not the pool's to take a part.
    (Flow::Undelegate,       [OK,           NONE,       OK,         NONE,       NONE,       NONE,        NONE,      OK]),
    (Flow::Observe,          [NONE,         OK,         OK,         OK,         OK,         OK,          OK,        OK]),
    (Flow::Reclaim,          [OK,           NONE,       NONE,       NONE,       NONE,       NONE,        NONE,      NONE]),
    (Flow::CloseSlot,        [RESET,        OK,         HELD,       HELD,       HELD,       HELD,        OK,        OK]),
    (Flow::ReportLoss,       [NONE,         NONE,       NONE,       NONE,       NONE,       NONE,        NONE,      OK]),
    (Flow::EjectValidator,   [OK,           OK,         OK,         OK,         OK,         OK,          OK,        OK]),
];

impl Flow {
    /// When it can have something to do.
    fn timing(self) -> Timing {
        match self {
            Self::Observe => Timing::Stale,
            Self::Delegate => Timing::WindowWithSurplus,
            Self::Undelegate => Timing::WindowWithNeed,
            _ => Timing::Fresh,
        }
    }
}

/// Does every cell of the rows whose time it is, for main or transient.
async fn check(pool: &mut CellPool, rows: &[Row], kind: Option<StakeAccountKind>) -> usize {
    let (mut done, timing) = (0, pool.timing);
    for (flow, cells) in rows.iter().filter(|(flow, _)| flow.timing() == timing) {
        for (state, expected) in STATES.iter().zip(cells) {
            let cell = pool.cell(*flow, *state, kind).await;
            assert_eq!(cell, *expected, "{flow:?} where {kind:?} is {state:?}");
            done += 1;
        }
    }
    done
}

async fn check_all(rows: &[Row], kind: Option<StakeAccountKind>, timings: &[Timing]) {
    let mut done = 0;
    for timing in timings {
        let moving = kind == Some(StakeAccountKind::Transient);
        let mut pool = CellPool::at(*timing, moving).await;
        done += check(&mut pool, rows, kind).await;
    }
    assert_eq!(done, rows.len() * STATES.len(), "every cell of the table");
}

const TIMINGS: [Timing; 4] = [
    Timing::Fresh,
    Timing::WindowWithSurplus,
    Timing::WindowWithNeed,
    Timing::Stale,
];

#[tokio::test]
async fn an_offered_stake_account_in_every_state() {
    check_all(&OFFERED, None, &[Timing::Fresh]).await;
}

#[tokio::test]
async fn the_main_stake_account_in_every_state_and_every_instruction() {
    check_all(&MAIN, Some(StakeAccountKind::Main), &TIMINGS).await;
}

#[tokio::test]
async fn the_transient_stake_account_in_every_state_and_every_instruction() {
    check_all(&TRANSIENT, Some(StakeAccountKind::Transient), &TIMINGS).await;
}

/// The states are what they are called, by the stake program's own arithmetic.
#[tokio::test]
async fn the_states_are_what_they_are_called() {
    let mut pool = CellPool::at(Timing::Fresh, true).await;
    for state in STATES {
        let (effective, activating, deactivating) = pool.activation_in(state).await;
        let [some, none] = [true, false];
        let expected = match state {
            State::Activating => (none, some, none),
            State::PartiallyActive => (some, some, none),
            State::Active => (some, none, none),
            State::Deactivating => (some, none, some),
            _ => (none, none, none),
        };
        let found = (effective > 0, activating > 0, deactivating > 0);
        assert_eq!(found, expected, "{state:?}");
    }
}
