use proptest::prelude::*;
use sluice_math::{Bps, Drip, EntryCharge, Lamports, Ledger, Lst, MathError};

use crate::{
    entry::entry_terms,
    exact::{ceil, fits, floor, price_holds},
    worlds::{MOST, amounts, drips, exit_price, full_price, ledgers, shares, up_to},
};

/// Lamports that are handed out leave the reserve, or where it is short a stake account.
fn pay(ledger: Ledger, lamports: Lamports) -> Ledger {
    let from_reserve = ledger.reserve.min(lamports);
    Ledger {
        reserve: ledger.reserve.sub(from_reserve).unwrap(),
        staked: ledger
            .staked
            .sub(lamports.sub(from_reserve).unwrap())
            .unwrap(),
        ..ledger
    }
}

proptest! {
    #[test]
    fn full(staked in amounts(), reserve in amounts(), locked in amounts()) {
        let ledger = Ledger {
            staked: Lamports::new(staked),
            reserve: Lamports::new(reserve),
            locked: Lamports::new(locked),
            ..Ledger::default()
        };
        let booked = fits(u128::from(staked) + u128::from(reserve));
        let owned = booked.map(|booked| Lamports::new(booked.saturating_sub(locked)));
        prop_assert_eq!(ledger.full(), owned);
    }

    #[test]
    fn withheld((drip, slot) in drips(u64::MAX), later in 0..1_u64 << 24) {
        let now = drip.withheld_at(slot).unwrap();
        let length = drip.end_slot - drip.start_slot;
        let left = drip.end_slot.saturating_sub(slot).min(length);
        prop_assert_eq!(u128::from(now.get()), ceil(drip.withheld.get(), left, length));
        prop_assert_eq!(drip.withheld_at(drip.start_slot).unwrap(), drip.withheld);
        prop_assert_eq!(drip.withheld_at(drip.end_slot).unwrap(), Lamports::ZERO);

        prop_assert!(drip.withheld_at(slot + later).unwrap() <= now, "a drip only falls");
        let next = drip.withheld_at(slot + 1).unwrap();
        let step = u128::from(now.sub(next).unwrap().get());
        prop_assert!(step <= ceil(drip.withheld.get(), 1, length), "a drip never jumps");
    }

    #[test]
    fn value((ledger, slot) in ledgers(), pending in amounts()) {
        let ledger = Ledger { pending: Lamports::new(pending), ..ledger };
        let withheld = ledger.drip.withheld_at(slot).unwrap().get();
        let unreleased = fits(u128::from(withheld) + u128::from(pending));
        let owned = ledger.full().unwrap().get();
        let value = unreleased.map(|unreleased| Lamports::new(owned.saturating_sub(unreleased)));
        prop_assert_eq!(ledger.value(slot), value);
        if let (Ok(has_value), Ok(value)) = (ledger.has_value(slot), value) {
            prop_assert_eq!(has_value, !value.is_zero());
        }
    }

    #[test]
    fn deposit_fee(lamports in up_to(MOST), part in 0..=1_000_u64, fee in shares()) {
        let ledger = Ledger {
            reserve: Lamports::new(MOST),
            supply: Lst::new(1),
            ..Ledger::default()
        };
        let charged = |lamports: u64| {
            let quote = ledger.deposit(Lamports::new(lamports), fee, EntryCharge::NONE, 0);
            quote.unwrap().fee.get()
        };
        let whole = charged(lamports);
        prop_assert_eq!(u128::from(whole), ceil(lamports, u64::from(fee.get()), 10_000));
        let first = u64::try_from(floor(lamports, part, 1_000)).unwrap();
        prop_assert!(charged(first) + charged(lamports - first) >= whole, "splitting saves nothing");
    }

    #[test]
    fn minted(
        (ledger, slot) in ledgers(),
        lamports in up_to(MOST),
        (fee, charge) in entry_terms(),
    ) {
        let deposited = ledger.deposit(Lamports::new(lamports), fee, charge, slot);
        let (owned, supply) = full_price(&ledger);
        if ledger.value(slot).unwrap().is_zero() {
            prop_assert_eq!(deposited, Err(MathError::NoValue));
            return Ok(());
        }
        let parts = u64::from(fee.get()) * 100_000 + u64::from(charge.get());
        let kept = u64::try_from(ceil(lamports, parts, 1_000_000_000)).unwrap();
        let bought = floor(lamports - kept, supply, owned);
        if u64::try_from(bought + u128::from(supply)).is_err() {
            prop_assert_eq!(deposited, Err(MathError::Overflow));
            return Ok(());
        }
        let quote = deposited.unwrap();
        prop_assert_eq!(u128::from(quote.minted.get()), bought);
        prop_assert_eq!(quote.ledger.full().unwrap().get(), owned + lamports);
        prop_assert_eq!(quote.ledger.pending.get(), ledger.pending.get() + kept);
        prop_assert!(price_holds(full_price(&ledger), full_price(&quote.ledger)));
        prop_assert!(price_holds(exit_price(&ledger, slot), exit_price(&quote.ledger, slot)));
    }

    #[test]
    fn splitting_a_deposit_never_mints_more(
        (ledger, slot) in ledgers(),
        lamports in up_to(MOST),
        part in 0..=1_000_u64,
        (fee, charge) in entry_terms(),
    ) {
        let first = u64::try_from(floor(lamports, part, 1_000)).unwrap();
        let Ok(whole) = ledger.deposit(Lamports::new(lamports), fee, charge, slot) else {
            return Ok(());
        };
        let one = ledger.deposit(Lamports::new(first), fee, charge, slot).unwrap();
        let rest = Lamports::new(lamports - first);
        let other = one.ledger.deposit(rest, fee, charge, slot).unwrap();
        prop_assert!(one.minted.get() + other.minted.get() <= whole.minted.get());
    }

    #[test]
    fn a_deposit_redeemed_at_once_never_gains(
        (ledger, slot) in ledgers(),
        lamports in up_to(MOST),
        (fee, charge) in entry_terms(),
    ) {
        let Ok(deposited) = ledger.deposit(Lamports::new(lamports), fee, charge, slot) else {
            return Ok(());
        };
        let back = deposited.ledger.redeem(deposited.minted, slot).unwrap();
        prop_assert!(back.lamports.get() <= lamports);
    }

    #[test]
    fn redeemed((ledger, slot) in ledgers(), lst in amounts()) {
        let redeemed = ledger.redeem(Lst::new(lst), slot);
        let (value, supply) = exit_price(&ledger, slot);
        if lst > supply {
            prop_assert!(redeemed.is_err());
            return Ok(());
        }
        let redeemed = redeemed.unwrap();
        prop_assert_eq!(u128::from(redeemed.lamports.get()), floor(lst, value, supply));
        let after = pay(redeemed.ledger, redeemed.lamports);
        prop_assert_eq!(after.supply.get(), supply - lst);
        prop_assert_eq!(after.value(slot).unwrap().get(), value - redeemed.lamports.get());
        prop_assert!(price_holds(full_price(&ledger), full_price(&after)));
        prop_assert!(price_holds((value, supply), exit_price(&after, slot)));
    }

    /// Only who leaves last takes what they would forgo, and nobody who stays pays for it.
    #[test]
    fn settled_last(
        (ledger, slot) in ledgers(),
        mille in 900..=1_000_u64,
        spendable in amounts(),
        seed in prop_oneof![Just(0), up_to(MOST)],
    ) {
        let lst = Lst::new(u64::try_from(floor(ledger.supply.get(), mille, 1_000)).unwrap());
        let redeemed = ledger.redeem(lst, slot).unwrap();
        let settled = ledger.settle(lst, slot, Lamports::new(spendable), Lst::new(seed)).unwrap();
        let left = redeemed.ledger.supply.get();
        if u128::from(left) > 10 * u128::from(seed) {
            prop_assert_eq!(settled, redeemed);
            return Ok(());
        }
        let forgone = redeemed.ledger.pending.sub(ledger.pending).unwrap().get();
        let share = floor(lst.get(), ledger.drip.withheld_at(slot).unwrap().get(), ledger.supply.get());
        let there = spendable.saturating_sub(redeemed.lamports.get());
        let more = settled.lamports.sub(redeemed.lamports).unwrap().get();
        prop_assert_eq!(u128::from(more), share.min(u128::from(forgone.min(there))));
        prop_assert_eq!(settled.ledger.pending.get() + more, redeemed.ledger.pending.get());
        if redeemed.ledger.reserve >= settled.lamports {
            let after = pay(settled.ledger, settled.lamports);
            prop_assert!(price_holds(full_price(&ledger), full_price(&after)));
            prop_assert!(price_holds(exit_price(&ledger, slot), exit_price(&after, slot)));
        }
    }

    #[test]
    fn splitting_an_exit_never_pays_more(
        (ledger, slot) in ledgers(),
        share in 0..=1_000_u64,
        part in 0..=1_000_u64,
    ) {
        let lst = u64::try_from(floor(ledger.supply.get(), share, 1_000)).unwrap();
        let first = u64::try_from(floor(lst, part, 1_000)).unwrap();
        let whole = ledger.redeem(Lst::new(lst), slot).unwrap();
        let one = ledger.redeem(Lst::new(first), slot).unwrap();
        let between = pay(one.ledger, one.lamports);
        if between.supply.is_zero() {
            return Ok(());
        }
        let other = between.redeem(Lst::new(lst - first), slot).unwrap();
        prop_assert!(one.lamports.add(other.lamports).unwrap() <= whole.lamports);
    }

    #[test]
    fn forgone((ledger, slot) in ledgers(), share in 0..=1_000_u64, later in 0..1_u64 << 23) {
        let supply = ledger.supply.get();
        let lst = u64::try_from(floor(supply, share, 1_000)).unwrap();
        let redeemed = ledger.redeem(Lst::new(lst), slot).unwrap();
        let after = pay(redeemed.ledger, redeemed.lamports);

        let scaled = floor(ledger.drip.withheld.get(), supply - lst, supply);
        prop_assert_eq!(u128::from(after.drip.withheld.get()), scaled);
        let unreleased = |ledger: &Ledger| {
            ledger.drip.withheld_at(slot).unwrap().add(ledger.pending).unwrap()
        };
        prop_assert_eq!(unreleased(&after), unreleased(&ledger), "nothing is lost or released");

        // Whoever stays gets, within the running drip, what would have been theirs anyway, and no
        // more than rounding gives: what was paid, the value untouched, and twice what is withheld
        // are each less than a lamport off, so together they are at most three.
        let then = slot + later;
        let untouched = floor(exit_price(&ledger, then).0, supply - lst, supply);
        prop_assert!(u128::from(exit_price(&after, then).0) <= untouched + 3);
    }
}

/// A drip whose start lies ahead, or that has no length, releases nothing early and nothing twice.
#[test]
fn a_drip_without_length_holds_nothing_back_from_its_end() {
    let drip = Drip {
        withheld: Lamports::new(7),
        start_slot: 100,
        end_slot: 100,
    };
    assert_eq!(drip.withheld_at(99), Ok(Lamports::new(7)));
    assert_eq!(drip.withheld_at(100), Ok(Lamports::ZERO));
    assert_eq!(Bps::new(10_001), Err(MathError::TooManyBps));
}
