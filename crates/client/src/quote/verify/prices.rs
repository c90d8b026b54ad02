//! Prices: now, since the last finalize, and over the last epochs.

use sluice::state::{EpochRate, HISTORY_EPOCHS, Parameter, RateHistory};
use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;

use super::{
    books::Books,
    check::{Check, Figure, Subject, Verdict},
};
use crate::{
    Result,
    words::amounts::{price_lamports, sol},
};

/// A price as it is booked: lamports that so many LST share.
type Pair = (u64, u64);

const BPS: u128 = 10_000;

impl Books<'_> {
    /// Prices as the program computes them. Within an epoch only a reported loss lowers one.
    ///
    /// Fails where the sums do not fit.
    pub fn prices(&self) -> Result<Check> {
        let pool = &self.pool;
        let ledger = pool.ledger();
        let supply = ledger.supply.get();
        let full = ledger.full()?.get();
        let value = ledger.value(self.cluster.clock.slot)?.get();
        let fine = format!(
            "An LST costs {} and is worth {}.",
            said((full, supply)),
            said((value, supply))
        );
        let at_finalize = (pool.finalized_value_lamports, pool.finalized_lst);
        let mut check = Check::new(Subject::Prices, fine).compare(
            Figure::Price(price_of(at_finalize)),
            Figure::Price(price_of((value, supply))),
        );
        let address = self.evidence.addresses.pool;
        if value == 0 {
            check.about(Verdict::Warning, address, "The LST are worth nothing.");
        }
        if at_finalize.1 > 0 && is_lower((value, supply), at_finalize) {
            let reported = pool.fallen_lamports > 0;
            let verdict = if reported {
                Verdict::Warning
            } else {
                Verdict::Fail
            };
            let says = format!(
                "An LST was worth {} when the epoch was priced, and is worth {} now.",
                said(at_finalize),
                said((value, supply))
            );
            check.about(verdict, address, says);
        }
        let last = self
            .history
            .as_ref()
            .and_then(|history| history.iter().last());
        if let Some(last) = last.filter(|last| is_lower((full, supply), pair(last))) {
            let says = format!(
                "A deposit of an LST cost {} when the epoch was priced, and costs {} now: a loss was \
                 reported, or the books are wrong.",
                said(pair(last)),
                said((full, supply))
            );
            check.about(Verdict::Warning, address, says);
        }
        Ok(check)
    }

    /// The history is in order, and its last entry is what the pool says.
    pub fn history(&self) -> Check {
        let address = self.evidence.addresses.history;
        let mut check = Check::new(Subject::History, "");
        let Some(history) = &self.history else {
            check.about(Verdict::Fail, address, "The history cannot be read.");
            return check;
        };
        let entries: Vec<&EpochRate> = history.iter().collect();
        check.fine = match (entries.first(), entries.last()) {
            (Some(first), Some(last)) => format!(
                "The prices of epochs {} to {} are in order.",
                first.epoch, last.epoch
            ),
            _ => "No epoch has been priced yet.".to_owned(),
        };
        let own = history.pool == self.evidence.addresses.pool && is_ring(history);
        check.require(
            own,
            address,
            "The history is not in order, or of another pool.",
        );
        for pair in entries.windows(2) {
            if let [before, after] = pair {
                check_step(&mut check, address, before, after);
            }
        }
        for entry in &entries {
            self.check_entry(&mut check, entry);
        }
        self.check_last(&mut check, &entries);
        check
    }

    fn check_entry(&self, check: &mut Check, entry: &EpochRate) {
        let address = self.evidence.addresses.history;
        let fee = entry.fee_lamports.saturating_add(entry.fee_kept_lamports);
        let (_, most_bps) = Parameter::RewardFeeBps.bounds();
        let most = u128::from(entry.gain_lamports)
            .saturating_mul(u128::from(most_bps))
            .div_ceil(BPS);
        let says = format!(
            "The reward fee of epoch {} is above all bounds.",
            entry.epoch
        );
        check.require(u128::from(fee) <= most, address, says);
        let mark = (self.pool.high_water_lamports, self.pool.high_water_lst);
        let says = format!(
            "The price of epoch {} is above the one that the pool has paid the reward fee for.",
            entry.epoch
        );
        check.require(!is_lower(mark, pair(entry)), address, says);
    }

    fn check_last(&self, check: &mut Check, entries: &[&EpochRate]) {
        let pool = &self.pool;
        let address = self.evidence.addresses.history;
        let Some(last) = entries.last() else {
            let says = "The pool has been priced, and its history is empty.";
            check.require(pool.finalized_lst == 0, address, says);
            return;
        };
        let says = format!(
            "The history ends with epoch {}, and the pool was priced for epoch {}.",
            last.epoch, pool.finalized_epoch
        );
        check.require(last.epoch == pool.finalized_epoch, address, says);
        let same = last.epoch_start_timestamp == pool.epoch_start_timestamp
            && (pool.finalized_lst == 0 || pool.finalized_lst == last.lst_supply)
            && pool.finalized_value_lamports <= last.full_lamports;
        let gained = entries.iter().rev().find(|entry| entry.gain_lamports > 0);
        let same_gain = gained.is_none_or(|one| one.gain_lamports == pool.last_gain_lamports);
        let says = "The last entry of the history is not what the pool says.";
        check.require(same && same_gain, address, says);
    }
}

/// An entry after another one. What grew beside the booked gain came from deposits and exits, which
/// lower no price: before a gain it is at least that of the entry before.
fn check_step(check: &mut Check, address: Pubkey, before: &EpochRate, after: &EpochRate) {
    let in_order = before.epoch < after.epoch
        && (after.epoch_start_timestamp == 0
            || before.epoch_start_timestamp <= after.epoch_start_timestamp);
    let says = format!("Epoch {} follows epoch {}.", after.epoch, before.epoch);
    check.require(in_order, address, says);
    if after.gain_lamports == 0 {
        if is_lower(pair(after), pair(before)) {
            let says = format!("A loss was booked in epoch {}.", after.epoch);
            check.about(Verdict::Notice, address, says);
        }
        return;
    }
    if is_lower(before_gain(after), pair(before)) {
        let says = format!(
            "The price fell before the gain of epoch {} was booked: a loss was reported then, or the \
             history is wrong.",
            after.epoch
        );
        check.about(Verdict::Warning, address, says);
    }
}

/// What the LST shared before the entry's gain, without the LST that the fee was paid with. These are
/// rounded down, by one more than they can be off.
fn before_gain(entry: &EpochRate) -> Pair {
    let full = u128::from(entry.full_lamports);
    let rest = full.saturating_sub(u128::from(entry.fee_lamports));
    let supply = u128::from(entry.lst_supply).saturating_mul(rest);
    let supply = supply.checked_div(full).unwrap_or_default();
    let supply = u64::try_from(supply).unwrap_or(u64::MAX).saturating_sub(1);
    (
        entry.full_lamports.saturating_sub(entry.gain_lamports),
        supply,
    )
}

fn is_ring(history: &RateHistory) -> bool {
    let (next, count) = (usize::from(history.next), usize::from(history.count));
    match count {
        count if count < HISTORY_EPOCHS => next == count,
        HISTORY_EPOCHS => next < HISTORY_EPOCHS,
        _ => false,
    }
}

fn pair(entry: &EpochRate) -> Pair {
    (entry.full_lamports, entry.lst_supply)
}

/// Whether one price is below another: compared by cross product, exactly.
fn is_lower((lamports, supply): Pair, (than_lamports, than_supply): Pair) -> bool {
    let product = |left: u64, right: u64| u128::from(left).saturating_mul(u128::from(right));
    product(lamports, than_supply) < product(than_lamports, supply)
}

fn price_of((lamports, supply): Pair) -> u64 {
    price_lamports(Lamports::new(lamports), Lst::new(supply)).unwrap_or_default()
}

fn said(pair: Pair) -> String {
    sol(price_of(pair))
}
