//! The last lamport on each side of a choice, which random amounts seldom meet.

use sluice_math::{
    Bps, DepartureReason, Flows, Holding, Lamports, SlotNow, SlotStake, Spread, StakeKind,
    StakeNow, StakeStatus, WayOut,
};

use super::slots::{MINIMUM, RENT};
use crate::worlds::SOL;

/// A stake account that holds its rent beside its stake, as booked.
fn account(kind: StakeKind, status: StakeStatus, staked: u64) -> StakeNow {
    let lamports = Lamports::new(RENT + staked);
    StakeNow {
        holding: Holding {
            kind,
            lamports,
            booked: lamports,
        },
        status,
        staked: Lamports::new(staked),
    }
}

fn active(staked: u64) -> StakeNow {
    account(StakeKind::Staying, StakeStatus::Active, staked)
}

fn idle() -> StakeNow {
    account(StakeKind::Returning, StakeStatus::Inactive, 0)
}

fn foreign() -> StakeNow {
    account(StakeKind::Foreign, StakeStatus::Inactive, 0)
}

fn slot(main: StakeNow, transient: StakeNow) -> SlotNow {
    SlotNow {
        main,
        transient,
        rent: Lamports::new(RENT),
    }
}

/// A pool with one validator, whose queue needs so much.
fn needing(lamports: u64) -> Flows {
    Flows {
        queue: Lamports::new(lamports),
        minimum_delegation: Lamports::new(MINIMUM),
        movement_cap: Lamports::MAX,
        spread: Spread {
            weight: 1,
            cut_count: 0,
            cap: Bps::ALL,
        },
        ..Flows::default()
    }
}

fn has(lamports: u64) -> SlotStake {
    SlotStake {
        has: Lamports::new(lamports),
        weight: 1,
        ..SlotStake::default()
    }
}

fn way(slot: &SlotNow, flows: &Flows) -> Option<WayOut> {
    let departure = slot
        .departure(flows, &has(slot.main.staked.get()), true)
        .unwrap();
    departure.map(|departure| departure.way)
}

#[test]
fn main_goes_as_a_whole_where_a_lamport_less_than_the_minimum_would_stay() {
    let slot = slot(active(3 * SOL), idle());
    let two = Lamports::new(2 * SOL);
    assert_eq!(way(&slot, &needing(2 * SOL)), Some(WayOut::Part(two)));
    assert_eq!(way(&slot, &needing(2 * SOL + 1)), Some(WayOut::Main));
}

#[test]
fn a_part_of_just_the_minimum_delegation_leaves() {
    let minimum = Lamports::new(MINIMUM);
    let slot = slot(active(5 * SOL), idle());
    assert_eq!(way(&slot, &needing(1)), Some(WayOut::Part(minimum)));
}

#[test]
fn main_goes_as_a_whole_where_no_part_can_and_never_for_rebalancing_alone() {
    let slot = slot(active(5 * SOL), foreign());
    assert_eq!(way(&slot, &needing(1)), Some(WayOut::Main));
    let rebalancing = Flows {
        full: Lamports::new(3 * SOL),
        ..needing(0)
    };
    let due = rebalancing.undelegation(&has(5 * SOL)).unwrap().unwrap();
    assert!(due.rebalancing);
    assert_eq!(way(&slot, &rebalancing), None);
}

#[test]
fn a_leaving_validator_is_leaving_whatever_the_queue_needs() {
    let leaving = SlotStake {
        leaving: true,
        ejected: true,
        ..has(5 * SOL)
    };
    let slot = slot(active(5 * SOL), idle());
    let departure = slot
        .departure(&needing(1), &leaving, true)
        .unwrap()
        .unwrap();
    assert_eq!(departure.reason, DepartureReason::Leaving);
}

#[test]
fn stake_arrives_only_where_the_reserve_pays_the_missing_rent_too() {
    let mut transient = idle();
    transient.holding.lamports = Lamports::new(RENT - 1);
    let slot = slot(active(5 * SOL), transient);
    let arrives = |full: u64, spendable: u64| {
        let flows = Flows {
            full: Lamports::new(full),
            spendable: Lamports::new(spendable),
            ..needing(0)
        };
        slot.arrival(&flows, &has(5 * SOL)).unwrap()
    };
    assert!(arrives(7 * SOL, 2 * SOL).is_none());
    let arrival = arrives(7 * SOL, 2 * SOL + 1).unwrap();
    assert_eq!(arrival.lamports, Lamports::new(2 * SOL));
    assert_eq!(arrival.funding, Lamports::new(2 * SOL + 1));
}

#[test]
fn a_transient_that_is_not_the_pools_is_not_idle() {
    let collects = |transient| {
        let slot = slot(active(5 * SOL), transient);
        slot.collection(Lamports::MAX, Lamports::new(MINIMUM))
    };
    assert!(collects(idle()).unwrap().leaves_idle());
    assert!(!collects(foreign()).unwrap().leaves_idle());
}

#[test]
fn a_merge_books_no_more_than_was_booked() {
    let mut transient = active(3 * SOL);
    transient.holding.booked = Lamports::new(2 * SOL);
    let before = slot(active(5 * SOL), transient);
    let collection = before.collection(Lamports::ZERO, Lamports::new(MINIMUM));
    let after = collection.unwrap().after;
    assert_eq!(after.booked(), before.booked());
    let lamports = after.main.holding.lamports;
    assert_eq!(lamports, Lamports::new(RENT + 8 * SOL));
    assert_eq!(after.main.holding.booked, Lamports::new(RENT + 7 * SOL));
}

#[test]
fn an_account_is_worth_what_its_kind_says() {
    let [least, most] = [RENT, 2 * RENT].map(Lamports::new);
    let worth = |kind: StakeKind, lamports, booked| kind.worth(lamports, booked, least);
    for (kind, above, below) in [
        (StakeKind::Foreign, Lamports::ZERO, Lamports::ZERO),
        (StakeKind::Unknown, least, least),
        (StakeKind::Staying, most, least),
        (StakeKind::Returning, most, least),
    ] {
        assert_eq!(worth(kind, most, least), Some(above), "{kind:?}");
        assert_eq!(worth(kind, least, most), Some(below), "{kind:?}");
    }
    assert_eq!(
        worth(StakeKind::Reset, least, most),
        None,
        "can be reclaimed"
    );
    let too_little = Lamports::new(RENT - 1);
    assert_eq!(worth(StakeKind::Reset, too_little, most), Some(too_little));
}
