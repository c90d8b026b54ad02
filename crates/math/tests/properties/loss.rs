use proptest::prelude::*;
use sluice_math::{Holding, Lamports, MissingStake, StakeKind, is_abnormal};

use crate::{
    exact::{ceil, floor},
    slot_moves::slots::slots,
    worlds::{amounts, ledgers, shares},
};

proptest! {
    /// What is gone is reported once; what was reset waits to be reclaimed and observed.
    #[test]
    fn missing_stake(slot in slots()) {
        let accounts = [slot.main.holding, slot.transient.holding];
        let missing = MissingStake::of(&accounts[0], &accounts[1], slot.rent).unwrap();
        let mut lost = 0;
        let mut left = accounts;
        for (account, still) in left.iter_mut().zip([missing.main, missing.transient]) {
            let there = match account.kind {
                StakeKind::Foreign => 0,
                StakeKind::Reset if account.lamports >= slot.rent => account.booked.get(),
                _ => account.lamports.min(account.booked).get(),
            };
            prop_assert_eq!(still.get(), there);
            lost += account.booked.get() - there;
            *account = Holding { booked: still, ..*account };
        }
        prop_assert_eq!(missing.lost.get(), lost);
        let again = MissingStake::of(&left[0], &left[1], slot.rent).unwrap();
        prop_assert_eq!(again, MissingStake { lost: Lamports::ZERO, ..missing });
    }

    #[test]
    fn reported_loss(
        (ledger, slot) in ledgers(),
        mille in 0..=1_000_u64,
        dust in 0..=3_u64,
        later in 0..1_u64 << 23,
    ) {
        let staked = ledger.staked.get();
        let lost = u64::try_from(floor(staked, mille, 1_000)).unwrap();
        let lost = lost.saturating_add(dust).min(staked);
        let reported = ledger.lose(Lamports::new(lost), slot).unwrap();
        let after = reported.ledger;
        let withheld = ledger.drip.withheld_at(slot).unwrap().get();
        let (owned, value) = (ledger.full().unwrap().get(), ledger.value(slot).unwrap().get());

        // What was paid in for rent is not the holders': it does not count as their loss.
        let loss = lost.min(owned);
        prop_assert_eq!(after.staked.get(), staked - lost);
        prop_assert_eq!((after.reserve, after.locked, after.supply), (ledger.reserve, ledger.locked, ledger.supply));
        prop_assert_eq!(after.full().unwrap().get(), owned - loss);

        let from_pending = loss.min(ledger.pending.get());
        prop_assert_eq!(after.pending.get(), ledger.pending.get() - from_pending, "pending first");
        let from_withheld = (loss - from_pending).min(withheld);
        let kept = after.drip.withheld_at(slot).unwrap().get();
        let rounding = kept - (withheld - from_withheld);
        prop_assert!(rounding <= 1, "then what is withheld, its rest rounded up");
        prop_assert_eq!(reported.fall.get(), loss - from_pending - from_withheld, "then the value");

        let fallen = value - after.value(slot).unwrap().get();
        prop_assert_eq!(fallen, reported.fall.get() + rounding, "leavers gain nothing by rounding");
        if !reported.fall.is_zero() {
            prop_assert_eq!(fallen, reported.fall.get());
            prop_assert!(after.pending.is_zero() && kept == 0, "not before all that is unreleased");
        }

        // The schedule stays: later slots release what is left in the same proportion.
        prop_assert_eq!((after.drip.start_slot, after.drip.end_slot), (ledger.drip.start_slot, ledger.drip.end_slot));
        if withheld > 0 {
            let then = slot + later;
            let untouched = ledger.drip.withheld_at(then).unwrap().get();
            let scaled = ceil(untouched, withheld - from_withheld, withheld);
            let left = u128::from(after.drip.withheld_at(then).unwrap().get());
            prop_assert!(left <= scaled + 1 && left + 1 >= scaled, "{} is not {}", left, scaled);
        }
    }

    /// Reports in parts book what one report of the whole would, but for roundings that stay
    /// withheld.
    #[test]
    fn a_loss_reported_in_parts_is_the_same_loss(
        (ledger, slot) in ledgers(),
        mille in 0..=1_000_u64,
        part in 0..=1_000_u64,
    ) {
        let lost = u64::try_from(floor(ledger.staked.get(), mille, 1_000)).unwrap();
        let first = u64::try_from(floor(lost, part, 1_000)).unwrap();
        let whole = ledger.lose(Lamports::new(lost), slot).unwrap();
        let one = ledger.lose(Lamports::new(first), slot).unwrap();
        let other = one.ledger.lose(Lamports::new(lost - first), slot).unwrap();
        let falls = one.fall.get() + other.fall.get();
        prop_assert!(falls <= whole.fall.get() && whole.fall.get() <= falls + 1);
        let value = |ledger: &sluice_math::Ledger| ledger.value(slot).unwrap().get();
        prop_assert!(value(&other.ledger) <= value(&whole.ledger));
        prop_assert!(value(&other.ledger) + 2 >= value(&whole.ledger));
    }

    #[test]
    fn breaker_bound(fall in amounts(), value in amounts(), bound in shares()) {
        let beyond = u128::from(fall) * 10_000 > u128::from(value) * u128::from(bound.get());
        prop_assert_eq!(is_abnormal(Lamports::new(fall), Lamports::new(value), bound), beyond);
        let allowed = floor(value, u64::from(bound.get()), 10_000);
        let allowed = Lamports::new(u64::try_from(allowed).unwrap());
        prop_assert!(!is_abnormal(allowed, Lamports::new(value), bound), "at the bound it is not");
        if let Ok(more) = allowed.add(Lamports::new(1)) {
            prop_assert!(is_abnormal(more, Lamports::new(value), bound), "one lamport above it is");
        }
    }
}
