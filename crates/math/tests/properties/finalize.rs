use proptest::prelude::*;
use sluice_math::{
    Bps, Drip, Finalize, Finalized, HighWater, Lamports, Ledger, Lst, MAX_DRIP_EPOCHS,
};

use crate::{
    exact::{ceil, floor, price_holds},
    worlds::{MOST, SOL, amounts, exit_price, full_price, ledgers, shares, shares_up_to, up_to},
};

/// Any epoch that a program can come to book: rewards, losses up to everything, burned LST,
/// missed epochs, every state of breaker and high-water mark.
fn epochs() -> impl Strategy<Value = Finalize> {
    let changes = (0..=1_000_u64, any::<bool>(), up_to(MOST), up_to(MOST));
    let mark = (0..=2_000_u64, amounts());
    let time = (1..1_u64 << 20, 1..=1_000_u64);
    let rates = (shares_up_to(1_000), shares(), shares(), shares());
    let breaker = (any::<bool>(), amounts());
    (ledgers(), changes, mark, time, rates, breaker).prop_map(
        |((ledger, slot), changes, mark, time, rates, breaker)| {
            let (burned, is_gain, gain, loss) = changes;
            let booked = ledger.staked.get() + ledger.reserve.get();
            let found = if is_gain {
                booked + gain
            } else {
                booked.saturating_sub(loss)
            };
            let staked = found.min(ledger.staked.get());
            let supply = ledger.supply.get();
            Finalize {
                mint_supply: Lst::new(
                    supply - u64::try_from(floor(supply - 1, burned, 1_000)).unwrap(),
                ),
                observed_staked: Lamports::new(staked),
                observed_reserve: Lamports::new(found - staked),
                slot,
                slots_per_epoch: time.0,
                epochs_elapsed: time.1,
                high_water: HighWater {
                    full: Lamports::new(
                        u64::try_from(floor(ledger.full().unwrap().get(), mark.0, 1_000))
                            .unwrap()
                            .max(1),
                    ),
                    supply: Lst::new(supply),
                },
                reward_fee: rates.0,
                drip_bound: rates.1,
                breaker_bound: rates.2,
                holder_share: rates.3,
                tripped: breaker.0,
                unrestored: Lamports::new(if breaker.0 { breaker.1 } else { 0 }),
                ledger,
            }
        },
    )
}

/// Whether a fall is beyond the bound, of the value that those share whose LST is left.
fn is_beyond(epoch: &Finalize, fall: Lamports) -> bool {
    let (value, supply) = exit_price(&epoch.ledger, epoch.slot);
    let gone = supply - epoch.mint_supply.get();
    let shared = u128::from(value) - floor(gone, value, supply);
    u128::from(fall.get()) * 10_000 > shared * u128::from(epoch.breaker_bound.get())
}

/// What was withheld or pending before, with the value of what strangers burned.
fn unreleased_before(epoch: &Finalize) -> u64 {
    let ledger = &epoch.ledger;
    let (value, supply) = exit_price(ledger, epoch.slot);
    let burned = supply - epoch.mint_supply.get();
    let of_burned = u64::try_from(floor(burned, value, supply)).unwrap();
    ledger.drip.withheld_at(epoch.slot).unwrap().get() + ledger.pending.get() + of_burned
}

/// The full price at which the fee's LST is minted: after the gain, before the fee.
fn observed(epoch: &Finalize) -> Ledger {
    Ledger {
        staked: epoch.observed_staked,
        reserve: epoch.observed_reserve,
        supply: epoch.mint_supply,
        ..epoch.ledger
    }
}

fn is_above(price: (u64, u64), mark: &HighWater) -> bool {
    !price_holds(price, (mark.full.get(), mark.supply.get()))
}

fn book(epoch: &Finalize) -> Finalized {
    epoch.book().unwrap()
}

proptest! {
    #[test]
    fn burned(epoch in epochs(), minted in amounts()) {
        let after = book(&epoch);
        let gone = epoch.ledger.supply.sub(epoch.mint_supply).unwrap();
        prop_assert_eq!(after.burned, gone);
        prop_assert_eq!(
            after.ledger.supply,
            epoch.mint_supply.add(after.fee_lst).unwrap()
        );
        // A mint with more than is booked is no reason to stop, and changes nothing.
        let more = Lst::new(epoch.ledger.supply.get().saturating_add(minted));
        let epoch = Finalize { mint_supply: more, ..epoch };
        prop_assert_eq!(book(&epoch).burned, Lst::ZERO);
    }

    #[test]
    fn booked_sums(epoch in epochs()) {
        let after = book(&epoch);
        let (before, now) = (epoch.ledger.full().unwrap(), observed(&epoch).full().unwrap());
        prop_assert_eq!(after.ledger.full().unwrap(), now);
        prop_assert_eq!(after.gain, now.saturating_sub(before));
        prop_assert_eq!(after.loss, before.saturating_sub(now));
        let kept = u128::from(unreleased_before(&epoch)) + u128::from(after.gain.get())
            - u128::from(after.loss.sub(after.fall).unwrap().get())
            - u128::from(after.restored.get())
            - u128::from(after.fee.get())
            - u128::from(after.fee_kept.get());
        prop_assert_eq!(u128::from(after.ledger.drip.withheld.get()), kept);
        prop_assert_eq!(after.ledger.pending, after.fee_kept);
        prop_assert_eq!(after.ledger.drip.start_slot, epoch.slot);
    }

    #[test]
    fn loss(epoch in epochs()) {
        let after = book(&epoch);
        let covered = unreleased_before(&epoch).min(after.loss.get());
        prop_assert_eq!(after.fall.get(), after.loss.get() - covered);
        if after.fall.is_zero() {
            prop_assert!(
                price_holds(exit_price(&epoch.ledger, epoch.slot), exit_price(&after.ledger, epoch.slot)),
                "the exit price falls by nothing but a loss beyond what is unreleased"
            );
        } else {
            prop_assert!(after.ledger.drip.withheld.is_zero(), "what is unreleased goes first");
        }
    }

    #[test]
    fn restored(epoch in epochs()) {
        let after = book(&epoch);
        prop_assert_eq!(after.restored, after.gain.min(epoch.unrestored));
        let left = epoch.unrestored.sub(after.restored).unwrap();
        if after.trips {
            prop_assert_eq!(after.unrestored, after.fall, "an ended breaker's loss is forgotten");
        } else if epoch.tripped {
            prop_assert_eq!(after.unrestored, left.add(after.fall).unwrap_or(Lamports::MAX));
        } else {
            prop_assert_eq!(after.unrestored, left);
        }
        if !after.restored.is_zero() {
            let (before, now) = (&epoch.ledger, &after.ledger);
            let released = now.full().unwrap().sub(before.full().unwrap()).unwrap();
            let withheld = now.drip.withheld.get() + now.pending.get() - unreleased_before(&epoch);
            let at_once = after.restored.add(after.fee).unwrap().get();
            prop_assert_eq!(released.get() - withheld, at_once, "it reaches the value at once");
        }
    }

    #[test]
    fn reward_fee(epoch in epochs()) {
        let after = book(&epoch);
        let (owned, supply) = full_price(&observed(&epoch));
        let mark = &epoch.high_water;
        let worth = ceil(supply, mark.full.get(), mark.supply.get());
        let above = u128::from(owned).saturating_sub(worth);
        let taxable = after.gain.sub(after.restored).unwrap().get();
        let base = u64::try_from(u128::from(taxable).min(above)).unwrap();
        let fee = ceil(base, u64::from(epoch.reward_fee.get()), 10_000);
        let charged = after.fee.add(after.fee_kept).unwrap();
        prop_assert_eq!(u128::from(charged.get()), fee.min(u128::from(taxable)));
        prop_assert!(charged <= after.gain, "the fee is part of the gain");
        if !is_above((owned, supply), mark) {
            prop_assert!(charged.is_zero(), "no fee at or below the high-water mark");
        }
    }

    #[test]
    fn holder_share(epoch in epochs()) {
        let after = book(&epoch);
        let charged = after.fee.add(after.fee_kept).unwrap().get();
        let share = u64::from(epoch.holder_share.get());
        prop_assert_eq!(u128::from(after.fee_kept.get()), ceil(charged, share, 10_000));
        // It changes who gets the fee, never what is charged; with none of it, all is minted for.
        let to_treasury = book(&Finalize { holder_share: Bps::ZERO, ..epoch });
        prop_assert_eq!(to_treasury.fee.get(), charged);
        prop_assert!(to_treasury.fee_kept.is_zero());
        prop_assert!(after.fee_lst <= to_treasury.fee_lst);
        prop_assert!(
            price_holds(full_price(&to_treasury.ledger), full_price(&after.ledger)),
            "it raises the price for all holders"
        );
        let unreleased = |booked: &Finalized| {
            booked.ledger.drip.withheld.add(booked.ledger.pending).unwrap()
        };
        prop_assert_eq!(
            unreleased(&after),
            unreleased(&to_treasury).add(after.fee_kept).unwrap(),
            "and reaches exits through the drip alone"
        );
        let all = book(&Finalize { holder_share: Bps::new(10_000).unwrap(), ..epoch });
        prop_assert!(all.fee.is_zero() && all.fee_lst.is_zero());
    }

    #[test]
    fn fee_lst(epoch in epochs()) {
        let after = book(&epoch);
        let (owned, supply) = full_price(&observed(&epoch));
        let rest = owned - after.fee.get();
        if rest == 0 {
            prop_assert!(after.fee_lst.is_zero());
            return Ok(());
        }
        let minted = after.fee_lst.get();
        prop_assert_eq!(u128::from(minted), floor(after.fee.get(), supply, rest));
        let (value, supply) = exit_price(&after.ledger, epoch.slot);
        let worth = floor(minted, value, supply);
        prop_assert!(worth <= u128::from(after.fee.get()), "worth at most the fee");
    }

    #[test]
    fn high_water(epoch in epochs()) {
        let after = book(&epoch);
        let (before, mark) = (&epoch.high_water, &after.high_water);
        let pair = |mark: &HighWater| (mark.full.get(), mark.supply.get());
        prop_assert!(price_holds(pair(before), pair(mark)), "the mark never falls");
        prop_assert!(!is_above(full_price(&after.ledger), mark), "and nothing is above it");
        prop_assert!(mark == before || pair(mark) == full_price(&after.ledger));
    }

    #[test]
    fn drip_length(
        withheld in amounts(),
        value in amounts(),
        bound in shares(),
        elapsed in 0..=1_000_u64,
    ) {
        let length = Drip::length_epochs(Lamports::new(withheld), Lamports::new(value), bound, elapsed);
        prop_assert!((1..=MAX_DRIP_EPOCHS).contains(&length), "ten epochs at most, however many passed");
        if value == 0 {
            prop_assert_eq!(length, 1);
            return Ok(());
        }
        prop_assert!(length >= elapsed.clamp(1, MAX_DRIP_EPOCHS));
        let scaled = u128::from(withheld) * 10_000;
        let per_epoch = u128::from(value) * u128::from(bound.get());
        if per_epoch == 0 {
            prop_assert_eq!(length, MAX_DRIP_EPOCHS, "nothing may be released, so it takes longest");
            return Ok(());
        }
        prop_assert!(
            length == MAX_DRIP_EPOCHS || scaled <= per_epoch * u128::from(length),
            "no epoch releases more than the bound"
        );
        let shorter = u128::from(length - 1);
        prop_assert!(
            length == elapsed.clamp(1, MAX_DRIP_EPOCHS) || scaled > per_epoch * shorter,
            "and it is no longer than that takes"
        );
    }

    #[test]
    fn breaker(epoch in epochs()) {
        let after = book(&epoch);
        let beyond = is_beyond(&epoch, after.fall);
        prop_assert_eq!(after.trips, beyond && !epoch.tripped, "it is not re-armed while tripped");
    }

    /// Nothing a stranger can do may stop the one instruction that all others wait for.
    #[test]
    fn finalize_never_fails(epoch in epochs(), total_loss in any::<bool>()) {
        let found = if total_loss { Lamports::ZERO } else { epoch.observed_staked };
        let epoch = Finalize { observed_staked: found, observed_reserve: found, ..epoch };
        let after = epoch.book();
        prop_assert!(after.is_ok(), "{:?}", after);
        let after = after.unwrap();
        prop_assert!((1..=MAX_DRIP_EPOCHS).contains(&after.drip_epochs));
        let running = epoch.ledger.drip;
        let (end, began) = (after.ledger.drip.end_slot, epoch.slot + after.drip_epochs * epoch.slots_per_epoch);
        let runs = !running.withheld_at(epoch.slot).unwrap().is_zero();
        prop_assert_eq!(end, if runs { began.max(running.end_slot) } else { began });
    }

    /// The drip is continuous: booking the same lamports again releases and takes nothing.
    #[test]
    fn a_quiet_epoch_moves_no_price((ledger, slot) in ledgers(), elapsed in 1..=1_000_u64) {
        let epoch = Finalize {
            ledger,
            mint_supply: ledger.supply,
            observed_staked: ledger.staked,
            observed_reserve: ledger.reserve,
            slot,
            slots_per_epoch: 432_000,
            epochs_elapsed: elapsed,
            high_water: HighWater { full: Lamports::new(1), supply: Lst::new(MOST) },
            reward_fee: Bps::new(1_000).unwrap(),
            holder_share: Bps::new(5_000).unwrap(),
            drip_bound: Bps::new(50).unwrap(),
            breaker_bound: Bps::new(10).unwrap(),
            unrestored: Lamports::ZERO,
            tripped: false,
        };
        let after = book(&epoch).ledger;
        prop_assert_eq!(exit_price(&after, slot), exit_price(&ledger, slot));
        prop_assert_eq!(full_price(&after), full_price(&ledger));
    }
}

/// A clamp with crossed bounds would have stopped finalize for ever after eleven missed epochs.
#[test]
fn eleven_missed_epochs_at_every_value_have_a_drip_length() {
    for elapsed in 0..=1_000 {
        for value in [0, 1, SOL, u64::MAX] {
            let bound = Bps::new(50).unwrap();
            let length = Drip::length_epochs(Lamports::MAX, Lamports::new(value), bound, elapsed);
            assert!(
                (1..=MAX_DRIP_EPOCHS).contains(&length),
                "{elapsed} epochs, value {value}"
            );
        }
    }
}
