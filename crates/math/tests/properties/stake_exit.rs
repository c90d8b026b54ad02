use num_bigint::BigUint;
use proptest::prelude::*;
use sluice_math::{Bps, EntryCharge, Lamports, Lst, MathError, RewardRate};

use crate::{
    exact::{ceil, fits, floor, price_holds},
    worlds::{MOST, amounts, exit_price, full_price, ledgers, shares, shares_up_to, up_to},
};

const PARTS: u64 = 1_000_000_000_000;

/// Rates as they come: nothing, dust, of an epoch, of a year, impossible ones.
fn rates() -> impl Strategy<Value = RewardRate> {
    prop_oneof![
        amounts(),
        0..=PARTS / 200,
        (0..=4_u64).prop_map(|around| PARTS / 2 + around - 2)
    ]
    .prop_map(RewardRate::new)
}

proptest! {
    #[test]
    fn reward_rate(before in rates(), gain in amounts(), stake in amounts(), epochs in amounts()) {
        let after = before.after(Lamports::new(gain), Lamports::new(stake), epochs).unwrap();
        if gain == 0 || stake == 0 {
            prop_assert_eq!(after, before);
            return Ok(());
        }
        let parts = BigUint::from(gain) * PARTS;
        let earned_on = BigUint::from(stake) * epochs.max(1);
        let earned = (parts + &earned_on - 1_u32) / earned_on;
        let earned = u64::try_from(earned).unwrap_or(u64::MAX);
        let decayed = u64::try_from(ceil(before.get(), 7, 8)).unwrap();
        prop_assert_eq!(after.get(), earned.max(decayed));
        prop_assert!(!after.is_unknown(), "a rate that was known stays known");
        prop_assert!(after.get() >= earned, "it is never below what was earned");
    }

    #[test]
    fn reward_rate_bound(rate in rates(), bound in shares()) {
        let exceeds = u128::from(rate.get()) * 10_000 > u128::from(bound.get()) * u128::from(PARTS);
        prop_assert_eq!(rate.exceeds(bound), exceeds);
        prop_assert_eq!(rate.is_unknown(), rate.get() == 0);
    }

    #[test]
    fn stake_exit(
        (ledger, slot) in ledgers(),
        part in 0..=1_000_u64,
        configured in shares_up_to(20),
        rate in rates(),
        most in amounts(),
    ) {
        let lst = u64::try_from(floor(ledger.supply.get(), part, 1_000)).unwrap();
        let redeemed = ledger.redeem(Lst::new(lst), slot).unwrap();
        let worth = redeemed.lamports.get();
        let share = ceil(worth, u64::from(configured.get()), 10_000);
        let twice_the_reward = (BigUint::from(worth) * rate.get() * 2_u32 + (PARTS - 1)) / PARTS;
        let fee = BigUint::from(share).max(twice_the_reward.min(BigUint::from(worth)));
        let fee = u64::try_from(fee).unwrap();

        let exit = ledger.stake_exit(Lst::new(lst), slot, configured, rate);
        if worth - fee > ledger.staked.get() {
            prop_assert_eq!(exit, Err(MathError::Underflow));
            return Ok(());
        }
        let exit = exit.unwrap();
        prop_assert_eq!((exit.lamports.get(), exit.fee.get()), (worth - fee, fee));
        let limited = exit.limited_to(Lamports::new(most)).unwrap();
        prop_assert_eq!(limited.lamports.get(), exit.lamports.get().min(most));
        prop_assert_eq!(limited.lamports.add(limited.fee).unwrap().get(), worth);
        for exit in [exit, limited] {
            let after = exit.ledger;
            prop_assert_eq!(after.supply.get(), ledger.supply.get() - lst);
            prop_assert_eq!(after.reserve, ledger.reserve);
            prop_assert_eq!(after.staked, ledger.staked.sub(exit.lamports).unwrap());
            prop_assert_eq!(after.value(slot).unwrap().get(), ledger.value(slot).unwrap().get() - worth);
            prop_assert!(price_holds(full_price(&ledger), full_price(&after)));
            prop_assert!(price_holds(exit_price(&ledger, slot), exit_price(&after, slot)));
        }
    }

    /// The fee is at least what the stake that leaves earns in the running epoch, at the rate that
    /// was booked, on top of the reward that stays withheld from it.
    #[test]
    fn a_stake_exit_never_pays_the_reward_twice(
        (ledger, slot) in ledgers(),
        part in 0..=1_000_u64,
        rate in 0..=PARTS / 200,
    ) {
        let lst = u64::try_from(floor(ledger.supply.get(), part, 1_000)).unwrap();
        let rate = RewardRate::new(rate);
        let Ok(exit) = ledger.stake_exit(Lst::new(lst), slot, Bps::ZERO, rate) else {
            return Ok(());
        };
        let earns = ceil(exit.lamports.get(), rate.get(), PARTS);
        prop_assert!(2 * earns <= u128::from(exit.fee.get()) + 2);
    }

    /// An exit of so many LST takes all of the stake, and pays a fee on nothing else.
    #[test]
    fn lst_for_stake(
        (ledger, slot) in ledgers(),
        lamports in up_to(MOST),
        configured in shares_up_to(20),
        rate in prop_oneof![0..=PARTS / 200, 0..PARTS],
    ) {
        let (value, supply) = exit_price(&ledger, slot);
        prop_assume!(value > 0);
        let left = PARTS.saturating_sub((2 * rate).max(u64::from(configured.get()) * PARTS / 10_000));
        let wanted = Lamports::new(lamports);
        let lst = ledger.lst_for_stake(wanted, slot, configured, RewardRate::new(rate));
        if left == 0 {
            prop_assert_eq!(lst, Err(MathError::NoValue));
            return Ok(());
        }
        let worth = ceil(lamports + 1, PARTS, left);
        let exact = fits(worth).and_then(|worth| fits(ceil(worth, supply, value)));
        prop_assert_eq!(lst, exact.map(Lst::new));
        let Ok(lst) = lst else {
            return Ok(());
        };
        if lst > ledger.supply {
            return Ok(());
        }
        let Ok(exit) = ledger.stake_exit(lst, slot, configured, RewardRate::new(rate)) else {
            return Ok(());
        };
        prop_assert!(exit.lamports >= wanted);
        // One unit of LST may be worth many lamports; beyond it, hardly a lamport is paid for nothing.
        let unit = ceil(1, value, supply);
        prop_assert!(u128::from(exit.lamports.get()) <= u128::from(lamports) + 2 + unit);
    }

    #[test]
    fn stake_deposited(
        (ledger, slot) in ledgers(),
        lamports in up_to(MOST),
        fee in shares_up_to(20),
    ) {
        let by_stake = ledger.deposit_stake(Lamports::new(lamports), fee, slot);
        let by_sol = ledger.deposit(Lamports::new(lamports), fee, EntryCharge::NONE, slot);
        let Ok(quote) = by_stake else {
            prop_assert_eq!(by_stake, by_sol, "refused for the same reason");
            return Ok(());
        };
        let by_sol = by_sol.unwrap();
        prop_assert_eq!((quote.minted, quote.fee), (by_sol.minted, by_sol.fee));
        prop_assert_eq!(quote.charge, Lamports::ZERO);
        prop_assert_eq!(quote.ledger.reserve, ledger.reserve);
        prop_assert_eq!(quote.ledger.staked.get(), ledger.staked.get() + lamports);
        prop_assert_eq!(quote.ledger.pending, by_sol.ledger.pending);
        prop_assert!(price_holds(full_price(&ledger), full_price(&quote.ledger)));
        prop_assert!(price_holds(exit_price(&ledger, slot), exit_price(&quote.ledger, slot)));
    }

    /// In with stake and out again, at any price and within one epoch, never gains.
    #[test]
    fn stake_deposited_and_withdrawn_at_once_never_gains(
        (ledger, slot) in ledgers(),
        lamports in up_to(MOST),
        fee in shares_up_to(20),
        rate in rates(),
    ) {
        let Ok(deposited) = ledger.deposit_stake(Lamports::new(lamports), fee, slot) else {
            return Ok(());
        };
        let exit = deposited.ledger.stake_exit(deposited.minted, slot, Bps::ZERO, rate).unwrap();
        prop_assert!(exit.lamports.get() <= lamports);
    }
}
