//! What the properties draw from.

use proptest::prelude::*;
use sluice_math::{Bps, Drip, Lamports, Ledger, Lst};

pub(crate) const SOL: u64 = 1_000_000_000;

/// More lamports than exist, few enough that sums of two fit 64 bits.
pub(crate) const MOST: u64 = 1 << 62;

/// Any 64-bit amount, often at the edges: nothing, dust, whole SOL, all there is.
pub(crate) fn amounts() -> impl Strategy<Value = u64> {
    prop_oneof![
        2 => any::<u64>(),
        2 => 0..=20_u64,
        2 => (0..=3_u64, 0..=4_u64).prop_map(|(whole, around)| (whole * SOL + around).saturating_sub(2)),
        2 => (0..=63_u32, 0..=2_u64).prop_map(|(bits, around)| ((1_u64 << bits) + around).saturating_sub(1)),
        1 => (0..=20_u64).prop_map(|missing| u64::MAX - missing),
    ]
}

/// Amounts up to `most`, with the same edges.
pub(crate) fn up_to(most: u64) -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => amounts().prop_map(move |amount| if amount > most { amount % (most + 1) } else { amount }),
        1 => 0..=most,
        1 => (0..=20_u64).prop_map(move |missing| most.saturating_sub(missing)),
    ]
}

/// Any share.
pub(crate) fn shares() -> impl Strategy<Value = Bps> {
    prop_oneof![Just(0), Just(1), Just(10_000), 0..=10_000_u16]
        .prop_map(|bps| Bps::new(bps).unwrap())
}

/// Any share up to a program's bound.
pub(crate) fn shares_up_to(most: u16) -> impl Strategy<Value = Bps> {
    prop_oneof![Just(0), Just(most), 0..=most].prop_map(|bps| Bps::new(bps).unwrap())
}

/// Any drip and a slot before, within or after it.
pub(crate) fn drips(most: u64) -> impl Strategy<Value = (Drip, u64)> {
    (up_to(most), 0..1_u64 << 40, 1..4_320_000_u64, 0..=1_200_u64).prop_map(
        |(withheld, start_slot, length, mille)| {
            let drip = Drip {
                withheld: Lamports::new(withheld),
                start_slot,
                end_slot: start_slot + length,
            };
            (drip, start_slot + length * mille / 1_000)
        },
    )
}

/// A ledger as a program can book it: what is unreleased is part of what the pool owns.
/// With it a slot.
pub(crate) fn ledgers() -> impl Strategy<Value = (Ledger, u64)> {
    let owned = (up_to(MOST), 0..=1_000_u64, up_to(10 * SOL));
    let unreleased = (0..=1_000_u64, 0..=1_000_u64);
    (owned, unreleased, drips(MOST), 1..=MOST, any::<bool>()).prop_map(
        |(owned, unreleased, (drip, slot), supply, at_par)| {
            let (full, staked, locked) = owned;
            let part = |whole: u64, mille: u64| {
                u64::try_from(u128::from(whole) * u128::from(mille) / 1_000).unwrap()
            };
            let booked = full + locked;
            let withheld = part(full, unreleased.0);
            let ledger = Ledger {
                staked: Lamports::new(part(booked, staked)),
                reserve: Lamports::new(booked - part(booked, staked)),
                locked: Lamports::new(locked),
                drip: Drip {
                    withheld: Lamports::new(withheld),
                    ..drip
                },
                pending: Lamports::new(part(full - withheld, unreleased.1)),
                supply: Lst::new(if at_par { full.max(1) } else { supply }),
            };
            (ledger, slot)
        },
    )
}

/// The pair that is the full price.
pub(crate) fn full_price(ledger: &Ledger) -> (u64, u64) {
    (ledger.full().unwrap().get(), ledger.supply.get())
}

/// The pair that is the exit price at a slot.
pub(crate) fn exit_price(ledger: &Ledger, slot: u64) -> (u64, u64) {
    (ledger.value(slot).unwrap().get(), ledger.supply.get())
}
