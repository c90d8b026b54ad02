//! Slots in any state that the chain can bring about, and flows around them.

use proptest::prelude::*;
use sluice_math::{
    Bps, Flows, Holding, Lamports, SlotNow, SlotStake, Spread, StakeKind, StakeNow, StakeStatus,
};

use crate::worlds::{SOL, shares, up_to};

/// Rent of a stake account.
pub(super) const RENT: u64 = 2_282_880;
/// The minimum delegation.
pub(super) const MINIMUM: u64 = SOL;
/// Large enough for every lamport that there is, few enough that sums of some fit 64 bits.
const LARGEST: u64 = 1 << 58;

/// Stake around the minimum delegation and its multiples, or any.
fn staked() -> impl Strategy<Value = u64> {
    prop_oneof![
        2 => (0..=3_u64, 0..=4_u64).prop_map(|(whole, around)| (whole * SOL + around).saturating_sub(2)),
        1 => (0..=3_u64, 0..=4_u64).prop_map(|(whole, around)| (whole * SOL / 2 + around).saturating_sub(2)),
        2 => 1..100 * SOL,
        1 => up_to(LARGEST),
    ]
    .prop_map(|lamports| lamports.max(1))
}

/// Every combination of kind and status that is possible.
fn states() -> impl Strategy<Value = (StakeKind, StakeStatus)> {
    use StakeKind::{Foreign, Reset, Returning, Staying, Unknown};
    use StakeStatus::{Activating, Active, Between, Inactive};
    prop_oneof![
        1 => prop::sample::select(vec![Foreign, Unknown, Reset]).prop_map(|kind| (kind, Inactive)),
        4 => Just((Returning, Inactive)),
        2 => Just((Returning, Between)),
        1 => Just((Staying, Between)),
        2 => Just((Staying, Activating)),
        5 => Just((Staying, Active)),
    ]
}

/// A stake account: rent may have risen since it was made, strangers may have sent lamports that
/// nobody has booked, and lamports may be missing.
fn stakes() -> impl Strategy<Value = StakeNow> {
    let rents = prop_oneof![3 => Just(RENT), 1 => 0..RENT];
    let free = prop_oneof![3 => Just(0), 1 => 0..=5_u64, 1 => up_to(10 * SOL)];
    let gifts = prop_oneof![3 => Just(0), 1 => up_to(10 * SOL)];
    let lost = prop_oneof![4 => Just(0), 1 => up_to(10 * SOL)];
    (states(), staked(), rents, free, gifts, lost).prop_map(
        |((kind, status), staked, rent, free, gift, lost)| {
            let staked = if status == StakeStatus::Inactive {
                0
            } else {
                staked
            };
            let lamports = rent + staked + free;
            StakeNow {
                holding: Holding {
                    kind,
                    lamports: Lamports::new(lamports + gift),
                    booked: Lamports::new(lamports + lost),
                },
                status,
                staked: Lamports::new(staked),
            }
        },
    )
}

pub(crate) fn slots() -> impl Strategy<Value = SlotNow> {
    (stakes(), stakes()).prop_map(|(main, transient)| SlotNow {
        main,
        transient,
        rent: Lamports::new(RENT),
    })
}

/// A validator of any weight that stays or leaves; what it has follows from its slot.
pub(super) fn slot_stakes() -> impl Strategy<Value = SlotStake> {
    (0..=3_u16, 0..4_u32).prop_map(|(weight, leaving)| SlotStake {
        weight: if leaving < 2 { 0 } else { weight },
        leaving: leaving < 2,
        ejected: leaving == 0,
        ..SlotStake::default()
    })
}

/// The validator's stake as the books of its slot say.
pub(super) fn stake_of(slot: &SlotNow, validator: SlotStake) -> SlotStake {
    let has = slot
        .booked()
        .unwrap()
        .saturating_sub(Lamports::new(2 * RENT))
        .saturating_sub(slot.returning().unwrap());
    let activating = if slot.transient.status == StakeStatus::Activating {
        slot.transient.holding.booked
    } else {
        Lamports::ZERO
    };
    SlotStake {
        has,
        activating,
        ..validator
    }
}

/// Pool-wide amounts that need not fit each other.
pub(super) fn any_flows() -> impl Strategy<Value = Flows> {
    let amount = || prop_oneof![1 => Just(0), 2 => up_to(100 * SOL), 1 => up_to(LARGEST)];
    let money = prop::collection::vec(amount(), 7);
    let rent = prop_oneof![2 => Just(None), 1 => (0..=2 * RENT).prop_map(Some)];
    (money, rent, shares()).prop_map(|(money, rent, tolerance)| {
        let at = |index: usize| Lamports::new(money[index]);
        Flows {
            full: at(0),
            reserve_target: at(1),
            queue: at(2),
            spendable: rent.map_or(at(3), Lamports::new),
            deactivating: at(4),
            delegated: at(5),
            spread: Spread {
                weight: 6,
                cut_count: 0,
                cap: Bps::ALL,
            },
            minimum_delegation: Lamports::new(MINIMUM),
            tolerance,
            movement_cap: at(6).max(Lamports::new(2 * MINIMUM)),
            moved: Lamports::ZERO,
        }
    })
}
