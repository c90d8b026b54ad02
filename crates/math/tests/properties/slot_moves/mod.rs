//! Which way stake goes: properties of the choice, whatever the stake accounts of a slot are.

mod edges;
mod rest;
pub(crate) mod slots;

use proptest::prelude::*;
use sluice_math::{
    DepartureReason, Flows, Lamports, SlotNow, StakeKind, StakeNow, StakeStatus, WayOut,
};

use self::slots::{MINIMUM, RENT, any_flows, slot_stakes, slots, stake_of};

/// Real and booked lamports of both accounts.
fn sums(slot: &SlotNow) -> (u64, u64) {
    let of = |part: fn(&StakeNow) -> Lamports| part(&slot.main).get() + part(&slot.transient).get();
    (
        of(|stake| stake.holding.lamports),
        of(|stake| stake.holding.booked),
    )
}

/// What an account keeps at least: its stake and rent, or what it has if that is less.
fn keeps(before: &StakeNow, after: &StakeNow) -> bool {
    let least = before.holding.lamports.get().min(RENT + after.staked.get());
    after.holding.lamports.get() >= least
}

fn is_settled(stake: &StakeNow) -> bool {
    matches!(stake.status, StakeStatus::Active | StakeStatus::Inactive)
}

fn active(stake: &StakeNow) -> u64 {
    if stake.status == StakeStatus::Active {
        stake.staked.get()
    } else {
        0
    }
}

/// Both together reach the minimum delegation.
fn main_takes(slot: &SlotNow) -> bool {
    slot.main.is_ours()
        && is_settled(&slot.main)
        && active(&slot.main) + active(&slot.transient) >= MINIMUM
}

proptest! {
    #[test]
    fn collected(slot in slots(), spendable in 0..=2 * RENT) {
        let spendable = Lamports::new(spendable);
        let collection = slot.collection(spendable, Lamports::new(MINIMUM)).unwrap();
        let returned = collection.returned().unwrap().get();
        let after = &collection.after;
        prop_assert_eq!(collection.moves(), *after != slot, "it moves something, or nothing");
        prop_assert!(keeps(&slot.main, &after.main) && keeps(&slot.transient, &after.transient));
        for (before, after) in [(&slot.main, &after.main), (&slot.transient, &after.transient)] {
            prop_assert!(before.is_ours() || before == after, "what is not the pool's stays");
            prop_assert!(after.free(slot.rent).unwrap().is_zero(), "all that is not staked returns");
        }
        let paid = collection.merge.map_or(0, |merge| merge.missing_rent.get());
        let ((lamports, booked), (left, left_booked)) = (sums(&slot), sums(after));
        prop_assert_eq!((left + returned, left_booked + returned), (lamports + paid, booked + paid));
        if let Some(merge) = collection.merge {
            prop_assert!(slot.has_activated() && main_takes(&slot) && merge.missing_rent <= spendable);
            prop_assert_eq!(after.main.staked.get(), active(&slot.main) + slot.transient.staked.get());
            prop_assert!(collection.leaves_idle() && after.transient.staked.is_zero());
        }
    }

    /// What it returns may pay for the rent that a merge lacked; then nothing is left to collect.
    #[test]
    fn collecting_ends(slot in slots(), spendable in 0..=2 * RENT) {
        let (mut slot, mut spendable) = (slot, Lamports::new(spendable));
        for turn in 0..3 {
            let collection = slot.collection(spendable, Lamports::new(MINIMUM)).unwrap();
            if !collection.moves() {
                return Ok(());
            }
            prop_assert!(turn < 2);
            let booked = (slot.booked().unwrap(), collection.after.booked().unwrap());
            spendable = spendable.add(booked.0).and_then(|sum| sum.sub(booked.1)).unwrap();
            slot = collection.after;
        }
    }

    #[test]
    fn departed(
        slot in slots(),
        stake in slot_stakes(),
        flows in any_flows(),
        takes_stake in any::<bool>(),
    ) {
        let stake = stake_of(&slot, stake);
        let Some(departure) = slot.departure(&flows, &stake, takes_stake).unwrap() else {
            return Ok(());
        };
        let after = departure.after;
        let changed = [(slot.main, after.main), (slot.transient, after.transient)];
        let changed: Vec<_> = changed.iter().filter(|(before, after)| before.status != after.status).collect();
        let again = match departure.way {
            WayOut::AtOnce { again } => again.get(),
            _ => 0,
        };
        prop_assert_eq!(changed.len(), usize::from(again == 0), "one account deactivates, never both");
        for (before, after) in changed {
            prop_assert!(before.is_ours() && after.holding.kind == StakeKind::Returning);
        }
        let at_once = matches!(departure.way, WayOut::AtOnce { .. });
        let gone = if at_once { departure.lamports.get() } else { 0 };
        let ((lamports, booked), (left, left_booked)) = (sums(&slot), sums(&after));
        prop_assert_eq!((left + gone, left_booked + gone), (lamports, booked), "nothing else moves");
        let left = after.main.staked.get();
        match departure.way {
            WayOut::Part(lamports) => {
                let due = flows.undelegation(&stake).unwrap().unwrap();
                let most = slot.main.staked.get().saturating_sub(MINIMUM);
                let keeps_minimum = stake.leaving && most.min(due.lamports.get()) >= MINIMUM;
                let due = due.lamports.get();
                prop_assert_eq!(lamports.get(), if keeps_minimum { most.min(due) } else { due });
                prop_assert!(left >= MINIMUM && lamports.get() >= MINIMUM, "no crumbs on either side");
                prop_assert!(slot.transient.is_ours() && slot.transient.status == StakeStatus::Inactive);
                prop_assert!(slot.transient.free(slot.rent).unwrap().is_zero());
            }
            WayOut::Main => {
                let due = flows.undelegation(&stake).unwrap().unwrap();
                let stays = slot.main.staked.saturating_sub(due.lamports).get();
                prop_assert!(stays < MINIMUM || !slot.transient.is_ours(), "a part could not leave");
                let idle = slot.transient.is_ours()
                    && slot.transient.status == StakeStatus::Inactive
                    && slot.transient.free(slot.rent).unwrap().is_zero();
                let could_keep = stake.leaving && idle && slot.main.staked.get() >= 2 * MINIMUM;
                prop_assert!(!could_keep, "it leaves all but the minimum");
                prop_assert!(slot.main.status == StakeStatus::Active);
            }
            WayOut::Transient => {
                let stuck = slot.transient.shortfall(slot.rent).unwrap() > flows.spendable;
                let stranded = is_settled(&slot.main) && !main_takes(&slot);
                prop_assert!(slot.transient.status == StakeStatus::Active && (stuck || stranded));
                prop_assert_eq!(stranded, departure.reason == DepartureReason::Stranded);
            }
            WayOut::AtOnce { .. } => {
                let due = flows.undelegation(&stake).unwrap().unwrap();
                prop_assert!(slot.transient.status == StakeStatus::Activating, "nothing else is free at once");
                prop_assert!(after.transient.free(slot.rent).unwrap().is_zero());
                let rest = (departure.lamports.get() + again).saturating_sub(due.lamports.get());
                let stays = takes_stake && !stake.leaving && rest >= MINIMUM;
                prop_assert_eq!(again, if stays { rest } else { 0 }, "no more than is due comes back");
            }
        }
    }

    /// The movement cap holds for what moves in parts, and for nothing that must leave.
    #[test]
    fn departure_reasons(slot in slots(), stake in slot_stakes(), flows in any_flows()) {
        let stake = stake_of(&slot, stake);
        let due = flows.undelegation(&stake).unwrap();
        let Some(departure) = slot.departure(&flows, &stake, true).unwrap() else {
            return Ok(());
        };
        match departure.reason {
            DepartureReason::Stranded => prop_assert!(slot.has_activated()),
            DepartureReason::Leaving => prop_assert!(stake.leaving),
            DepartureReason::Rebalancing => {
                prop_assert!(due.unwrap().rebalancing && departure.way != WayOut::Transient);
                if let WayOut::Part(lamports) = departure.way {
                    prop_assert!(lamports <= flows.movement_cap.saturating_sub(flows.moved));
                }
            }
            DepartureReason::Need => {
                prop_assert!(!due.unwrap().rebalancing && !flows.need().unwrap().is_zero());
            }
        }
    }

    /// An active transient merges, or returns because main can never take it, or waits for main to
    /// settle or for rent; whatever is due elsewhere.
    #[test]
    fn a_stranded_transient_always_returns(
        slot in slots(),
        stake in slot_stakes(),
        flows in any_flows(),
        spendable in 0..=2 * RENT,
    ) {
        let flows = Flows { spendable: Lamports::new(spendable), ..flows };
        let collection = slot.collection(flows.spendable, flows.minimum_delegation).unwrap();
        let departure = slot.departure(&flows, &stake_of(&slot, stake), true).unwrap();
        let returns = departure.is_some_and(|departure| {
            (departure.way, departure.reason) == (WayOut::Transient, DepartureReason::Stranded)
        });
        let stranded = slot.has_activated() && is_settled(&slot.main) && !main_takes(&slot);
        prop_assert_eq!(returns, stranded);
        prop_assert!(!(stranded && collection.merge.is_some()), "never both");
        let waits = !is_settled(&slot.main)
            || slot.transient.shortfall(slot.rent).unwrap() > flows.spendable;
        let merges = slot.has_activated() && !stranded && !waits;
        prop_assert_eq!(collection.merge.is_some(), merges);
    }

    #[test]
    fn arrived(slot in slots(), stake in slot_stakes(), flows in any_flows()) {
        let stake = stake_of(&slot, stake);
        let Some(arrival) = slot.arrival(&flows, &stake).unwrap() else {
            return Ok(());
        };
        let (before, after) = (slot.transient, arrival.after.transient);
        prop_assert!(slot.can_delegate().unwrap() && slot.main.is_ours() && before.is_ours());
        prop_assert_eq!(Some(arrival.lamports), flows.delegation(&stake).unwrap());
        prop_assert!(arrival.funding >= arrival.lamports && arrival.funding <= flows.spendable);
        prop_assert_eq!(arrival.after.main, slot.main, "main is not touched");
        prop_assert_eq!(after.status, StakeStatus::Activating);
        prop_assert_eq!(after.holding.kind, StakeKind::Staying);
        prop_assert!(after.staked.get() >= arrival.lamports.get());
        prop_assert_eq!(after.staked.get() + RENT, after.holding.lamports.get(), "all above rent");
        let given = after.holding.booked.sub(before.holding.booked).unwrap();
        prop_assert_eq!(given, arrival.funding, "booked as paid");
    }

    /// Stake that has not become active is the first to leave, and all that was booked returns.
    #[test]
    fn what_arrived_can_leave_at_once(slot in slots(), stake in slot_stakes(), flows in any_flows()) {
        let Some(arrival) = slot.arrival(&flows, &stake_of(&slot, stake)).unwrap() else {
            return Ok(());
        };
        let leaving = stake_of(&arrival.after, sluice_math::SlotStake { leaving: true, ejected: true, ..stake });
        prop_assume!(!leaving.has.is_zero());
        let departure = arrival.after.departure(&flows, &leaving, true).unwrap().unwrap();
        prop_assert_eq!(departure.way, WayOut::AtOnce { again: Lamports::ZERO });
        let back = departure.after.transient.holding;
        prop_assert!(back.booked.get() <= RENT || back.lamports.get() <= RENT);
        prop_assert!(!departure.lamports.is_zero());
    }

    #[test]
    fn returning(slot in slots()) {
        let mut expected = 0;
        for stake in [slot.main, slot.transient] {
            if stake.holding.kind == StakeKind::Returning {
                expected += stake.holding.booked.get().saturating_sub(RENT);
            }
        }
        prop_assert_eq!(slot.returning().unwrap().get(), expected);
    }
}
