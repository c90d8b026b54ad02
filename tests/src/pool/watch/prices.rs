//! How prices may move: only a finalize or a reported loss lowers one, and nothing lifts one by more
//! than it says.
//!
//! F is full, U what is withheld and pending, V = F - U the value, S the supply, all at the slot
//! of the transaction, before and after (').

use sluice::state::{BREAKER_EPOCHS, Pool};
use sluice_math::{Bps, Finalize, Lamports, Lst};

use super::effect::Effect;
use crate::pool::Books;

/// Parts of a whole in the pool's reward rate.
const RATE_PARTS: u128 = 1_000_000_000_000;

/// F, U, V and S, wide enough to multiply any two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Amounts {
    full: u128,
    unreleased: u128,
    value: u128,
    supply: u128,
}

impl Amounts {
    fn of(books: &Books) -> Self {
        let prices = books.prices();
        Self {
            full: prices.full.into(),
            unreleased: books.unreleased().into(),
            value: prices.value.into(),
            supply: prices.supply.into(),
        }
    }

    /// Whether `full / supply` is at least that of `other`.
    fn full_is_at_least(&self, other: &Self) -> bool {
        self.full * other.supply >= other.full * self.supply
    }

    /// Whether `value / supply` is at least that of `other`.
    fn value_is_at_least(&self, other: &Self) -> bool {
        self.value * other.supply >= other.value * self.supply
    }
}

/// The exact rule of a single instruction.
pub(super) fn check_one(effect: Effect, before: &Books, after: &Books, slots_per_epoch: u64) {
    let (old, new) = (Amounts::of(before), Amounts::of(after));
    let context = format!("{effect:?}: {old:?} -> {new:?}");
    match effect {
        Effect::Deposit => {
            let paid = u128::from(after.reserve_lamports - before.reserve_lamports);
            let fee = fee_and_charge(&before.pool, paid);
            deposit(before, after, (&old, &new), paid, fee, &context);
        }
        Effect::StakeDeposit => {
            assert_eq!(after.reserve_lamports, before.reserve_lamports, "{context}");
            let paid = u128::from(after.pool.staked_lamports - before.pool.staked_lamports);
            let share = u128::from(before.pool.config.deposit_fee_bps);
            let fee = (paid * share).div_ceil(10_000);
            deposit(before, after, (&old, &new), paid, fee, &context);
        }
        Effect::StakeExit => stake_exit(before, &old, &new, &context),
        Effect::InstantExit => {
            let paid = u128::from(before.reserve_lamports - after.reserve_lamports);
            exit(&old, &new, paid, &context);
        }
        Effect::Settle => {
            let paid = u128::from(after.pool.claims_lamports - before.pool.claims_lamports);
            let burned = old.supply - new.supply;
            let forgone = old.unreleased - new.unreleased;
            assert!(forgone * old.supply <= old.unreleased * burned, "{context}");
            let last = new.supply <= 10 * u128::from(before.pool.dead_lst);
            assert!(forgone == 0 || last, "it stays with the others: {context}");
            let without = Amounts {
                full: new.full + forgone,
                unreleased: old.unreleased,
                ..new
            };
            exit(&old, &without, paid - forgone, &context);
        }
        Effect::Windfall => {
            // V stays to the lamport: what came in waits in `pending`.
            assert_eq!(new.supply, old.supply, "{context}");
            assert_eq!(new.value, old.value, "{context}");
            assert!(new.full >= old.full, "{context}");
            assert_eq!(
                new.full - old.full,
                pending_gained(before, after),
                "{context}"
            );
        }
        Effect::Finalize => finalize(before, after, slots_per_epoch, &context),
        Effect::Loss => loss(before, after, &context),
        Effect::Observe | Effect::AddValidator | Effect::Neutral | Effect::Stranger => {
            assert_eq!(new, old, "no price moves: {context}");
        }
    }
    if !matches!(effect, Effect::Finalize | Effect::Loss) {
        never_falls(&old, &new, &context);
    }
}

/// Several instructions in one transaction: no price falls, unless an epoch or a loss was booked.
pub(super) fn check_many(effects: &[Effect], before: &Books, after: &Books) {
    let (old, new) = (Amounts::of(before), Amounts::of(after));
    let may_fall = |effect: &Effect| matches!(effect, Effect::Finalize | Effect::Loss);
    if !effects.iter().any(may_fall) {
        never_falls(&old, &new, &format!("{effects:?}: {old:?} -> {new:?}"));
    }
}

fn never_falls(old: &Amounts, new: &Amounts, context: &str) {
    assert!(new.full_is_at_least(old), "full fell: {context}");
    assert!(new.value_is_at_least(old), "the value fell: {context}");
}

fn pending_gained(before: &Books, after: &Books) -> u128 {
    u128::from(after.pool.pending_lamports) - u128::from(before.pool.pending_lamports)
}

/// What stays of a deposit of SOL: the deposit fee, and the part of the last epoch's reward that is
/// charged, in parts of 10^9; both are rounded up together, and are at most 20 bps.
fn fee_and_charge(pool: &Pool, paid: u128) -> u128 {
    let [fee, part] = [pool.config.deposit_fee_bps, pool.config.entry_charge_bps].map(u128::from);
    let reward = (u128::from(pool.paid_rate_e12) * part).div_ceil(10_000_000);
    let kept = (fee * 100_000 + reward).min(fee.max(20) * 100_000);
    (paid * kept).div_ceil(1_000_000_000)
}

/// A deposit of D of which `fee` stays, which becomes pending: F' = F + D, U' = U + fee,
/// and the LST minted is what D - fee buys at full, rounded down by less than one unit. So full
/// stays except for rounding and the fee, and the value rises at most towards full.
fn deposit(
    before: &Books,
    after: &Books,
    (old, new): (&Amounts, &Amounts),
    paid: u128,
    fee: u128,
    context: &str,
) {
    assert_eq!(new.full, old.full + paid, "{context}");
    assert_eq!(new.unreleased, old.unreleased + fee, "{context}");
    assert_eq!(pending_gained(before, after), fee, "{context}");
    let one_more_unit = new.supply + 1;
    assert!(
        (new.full - fee) * old.supply < old.full * one_more_unit,
        "full rose: {context}"
    );
    assert!(
        new.value * old.supply < old.full * one_more_unit,
        "value above full: {context}"
    );
}

/// An exit of L that pays P and keeps `fee`: V' = V - P - fee is what the stayers' LST was worth,
/// rounded up by less than one lamport; what is withheld and pending grows by the fee alone.
fn exit(old: &Amounts, new: &Amounts, paid: u128, context: &str) {
    if new == old {
        return;
    }
    let fee = new.unreleased - old.unreleased;
    assert_eq!(new.full + paid, old.full, "{context}");
    assert_eq!(new.value + paid + fee, old.value, "{context}");
    assert!(new.supply < old.supply, "{context}");
    let worth = new.value * old.supply;
    assert!(
        worth < old.value * new.supply + old.supply,
        "the value rose: {context}"
    );
}

/// An exit with stake is an exit whose fee is at least the configured share, and at least twice
/// what the stake earns in an epoch. What it pays out of stake, and what it tops main's rent up by
/// out of the reserve, is all in `full`; the watcher of the balances sees that it is all there.
fn stake_exit(before: &Books, old: &Amounts, new: &Amounts, context: &str) {
    let paid = old.full - new.full;
    exit(old, new, paid, context);
    let fee = new.unreleased - old.unreleased;
    let redeemed = paid + fee;
    let configured = u128::from(before.pool.config.stake_exit_fee_bps);
    assert!(fee * 10_000 >= redeemed * configured, "{context}");
    let rate = u128::from(before.pool.reward_rate_e12);
    assert!(rate > 0, "no reward yet: {context}");
    assert!(fee * RATE_PARTS >= redeemed * 2 * rate, "{context}");
}

/// An epoch is booked exactly as the math crate says, from what the accounts hold. Without a loss
/// no price falls, and the value rises by what was restored and by the fee alone.
fn finalize(before: &Books, after: &Books, slots_per_epoch: u64, context: &str) {
    if before.is_fresh() {
        assert_eq!(before, after, "a second finalize does nothing: {context}");
        return;
    }
    let pool = &before.pool;
    let staked = before.pages.iter().map(|page| page.staked_lamports).sum();
    let bps = |bps: u16| Bps::new(bps).expect("a share");
    let booked = Finalize {
        ledger: pool.ledger(),
        mint_supply: Lst::new(before.mint_supply),
        observed_staked: Lamports::new(staked),
        observed_reserve: Lamports::new(before.reserve_lamports),
        slot: before.slot,
        slots_per_epoch,
        epochs_elapsed: before.epoch - pool.finalized_epoch,
        high_water: pool.high_water(),
        reward_fee: bps(pool.config.reward_fee_bps),
        holder_share: bps(pool.config.holder_share_bps),
        drip_bound: bps(pool.config.drip_bound_bps),
        breaker_bound: bps(pool.config.breaker_bound_bps),
        unrestored: Lamports::new(pool.unrestored_lamports),
        tripped: pool.is_tripped() && before.epoch - pool.breaker_epoch < BREAKER_EPOCHS,
    }
    .book()
    .expect("every epoch can be booked");
    assert_eq!(after.pool.ledger(), booked.ledger, "{context}");
    assert_eq!(after.pool.high_water(), booked.high_water, "{context}");
    assert_eq!(
        after.fees_lst - before.fees_lst,
        booked.fee_lst.get(),
        "{context}"
    );
    assert_eq!(after.pool.finalized_epoch, after.epoch, "{context}");
    if booked.loss.is_zero() {
        let (old, new) = (Amounts::of(before), Amounts::of(after));
        never_falls(&old, &new, context);
        let lift = u128::from(booked.restored.get()) + u128::from(booked.fee.get());
        assert!(new.value <= old.value + lift, "the value jumped: {context}");
    }
}

/// A loss is what the stake accounts hold less than booked, taken from what is pending, withheld
/// and the value as the math crate says; never a gain, and the breaker as its bound says.
fn loss(before: &Books, after: &Books, context: &str) {
    let lost = before
        .pool
        .staked_lamports
        .checked_sub(after.pool.staked_lamports)
        .unwrap_or_else(|| panic!("a loss is no gain: {context}"));
    if lost == 0 {
        assert_eq!(before, after, "nothing to report: {context}");
        return;
    }
    let ledger = before.pool.ledger();
    let booked = ledger.lose(Lamports::new(lost), before.slot);
    let booked = booked.expect("every loss can be booked");
    assert_eq!(after.pool.ledger(), booked.ledger, "{context}");
    let earlier = before.pool.fallen_lamports;
    let fallen = earlier + booked.fall.get();
    assert_eq!(after.pool.fallen_lamports, fallen, "{context}");
    let value = u128::from(before.prices().value) + u128::from(earlier);
    let bound = u128::from(before.pool.config.breaker_bound_bps);
    let (tripped, left) = (before.pool.breaker_epoch, before.pool.unrestored_lamports);
    let expected = if before.pool.is_tripped() {
        (tripped, left + booked.fall.get())
    } else if u128::from(fallen) * 10_000 > value * bound {
        (before.epoch, fallen)
    } else {
        (tripped, left)
    };
    let breaker = (after.pool.breaker_epoch, after.pool.unrestored_lamports);
    assert_eq!(breaker, expected, "{context}");
}
