//! What a deposit of SOL leaves to those whose stake earns the epoch.

use proptest::prelude::*;
use sluice_math::{Bps, EntryCharge, Lamports, Ledger, Lst, MOST_ENTRY_BPS, RewardRate};

use crate::{
    exact::ceil,
    worlds::{MOST, amounts, shares, shares_up_to, up_to},
};

/// Rates of rewards: none, ordinary ones, and any.
pub(crate) fn reward_rates() -> impl Strategy<Value = RewardRate> {
    prop_oneof![
        Just(0),
        1..=1_000_000_000_u64,
        300_000_000..=400_000_000_u64,
        amounts()
    ]
    .prop_map(RewardRate::new)
}

/// A deposit fee, and a charge beside it.
pub(crate) fn entry_terms() -> impl Strategy<Value = (Bps, EntryCharge)> {
    (shares_up_to(MOST_ENTRY_BPS), reward_rates(), shares())
        .prop_map(|(fee, rate, part)| (fee, EntryCharge::of(rate, part, fee)))
}

fn kept(lamports: u64, fee: Bps, charge: EntryCharge) -> (u64, u64) {
    let ledger = Ledger {
        reserve: Lamports::new(MOST),
        supply: Lst::new(1),
        ..Ledger::default()
    };
    let quote = ledger
        .deposit(Lamports::new(lamports), fee, charge, 0)
        .unwrap();
    assert_eq!(quote.ledger.pending, quote.fee.add(quote.charge).unwrap());
    (quote.fee.get(), quote.charge.get())
}

proptest! {
    /// The last reward per stake and epoch, as it was added to delegations.
    #[test]
    fn paid_rate(
        before in reward_rates(),
        paid in amounts(),
        rewarded in amounts(),
        epochs in 1..=20_u64,
    ) {
        let rate = before.measured(Lamports::new(paid), Lamports::new(rewarded), epochs);
        if rewarded == 0 {
            prop_assert_eq!(rate, before, "nothing was measured");
            return Ok(());
        }
        let earned_on = u128::from(rewarded) * u128::from(epochs);
        let exact = (u128::from(paid) * 1_000_000_000_000).div_ceil(earned_on);
        prop_assert_eq!(u128::from(rate.get()), exact.min(u128::from(u64::MAX)));
    }

    /// Rounded up in the holders' favour, once for fee and charge together; never beyond the bound.
    #[test]
    fn entry_charge(
        rate in reward_rates(),
        part in shares(),
        fee in shares(),
        lamports in up_to(MOST),
    ) {
        let charge = EntryCharge::of(rate, part, fee);
        let room = u32::from(MOST_ENTRY_BPS.saturating_sub(fee.get())) * 100_000;
        let exact = (u128::from(rate.get()) * u128::from(part.get())).div_ceil(10_000_000);
        prop_assert_eq!(u128::from(charge.get()), exact.min(u128::from(room)));

        let (fee_lamports, charge_lamports) = kept(lamports, fee, charge);
        let both = u128::from(fee_lamports) + u128::from(charge_lamports);
        let parts = u64::from(fee.get()) * 100_000 + u64::from(charge.get());
        prop_assert_eq!(u128::from(fee_lamports), ceil(lamports, fee.get().into(), 10_000));
        prop_assert_eq!(both, ceil(lamports, parts, 1_000_000_000));
        let most = u64::from(fee.get().max(MOST_ENTRY_BPS));
        prop_assert!(both <= ceil(lamports, most, 10_000));
        if rate.is_unknown() || part == Bps::ZERO {
            prop_assert_eq!(charge_lamports, 0);
        }
    }

    #[test]
    fn splitting_a_deposit_saves_no_charge(
        (fee, charge) in entry_terms(),
        lamports in up_to(MOST),
        part in 0..=1_000_u64,
    ) {
        let first = u64::try_from(u128::from(lamports) * u128::from(part) / 1_000).unwrap();
        let both = |lamports: u64| {
            let (fee, charge) = kept(lamports, fee, charge);
            fee + charge
        };
        prop_assert!(both(first) + both(lamports - first) >= both(lamports));
    }
}
