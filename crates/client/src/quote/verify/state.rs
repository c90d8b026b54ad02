//! What a holder can do now, and how the stake is spread.

use sluice_math::{Floor, Ratio};

use super::{
    books::{Books, sum_of},
    check::{Check, Figure, Subject, Verdict},
};
use crate::{
    Result,
    words::amounts::{counted, percent},
};

/// A batch is settled from the epoch after its lock on; what cools down slowly may take one more.
const USUAL_WAIT_EPOCHS: u64 = 3;
/// A validator with a larger part of the stake is worth knowing.
const LARGE_BPS: u16 = 3_334;
const BPS: u64 = 10_000;
const TOP: usize = 10;

impl Books<'_> {
    /// Whether the pool is priced, and what is closed.
    pub fn open(&self) -> Check {
        let pool = &self.pool;
        let epoch = self.epoch();
        let mut check = Check::new(
            Subject::Open,
            format!("The pool is priced for epoch {epoch}, and everything is open."),
        );
        match epoch.saturating_sub(pool.finalized_epoch) {
            0 if pool.finalized_epoch > epoch => check.add(
                Verdict::Fail,
                format!(
                    "The pool is priced for epoch {}, and the node's clock says epoch {epoch}: one of both \
                     is made up.",
                    pool.finalized_epoch
                ),
            ),
            0 => {}
            1 => check.add(
                Verdict::Notice,
                "The pool is not priced for this epoch yet. Anybody can do it.",
            ),
            behind => check.add(
                Verdict::Warning,
                format!(
                    "The pool has not been priced for {behind} epochs: nobody turns its cranks."
                ),
            ),
        }
        if pool.is_tripped() {
            let says = format!(
                "A large loss was booked in epoch {}. Deposits and instant exits are closed until it is \
                 acknowledged, or for 10 epochs.",
                pool.breaker_epoch
            );
            check.add(Verdict::Warning, says);
        }
        if pool.is_paused(epoch) {
            let says = format!(
                "Deposits are paused until epoch {}. Exits are open.",
                pool.paused_until_epoch
            );
            check.add(Verdict::Notice, says);
        }
        let head = self.batches.get(&pool.head_batch);
        let late = head.filter(|batch| {
            let locked = batch.lock_slot != 0 && batch.id < pool.open_batch;
            locked && batch.lock_epoch.saturating_add(USUAL_WAIT_EPOCHS) < epoch
        });
        if let Some(batch) = late {
            let says = format!(
                "Exits that locked in epoch {} have not been paid yet.",
                batch.lock_epoch
            );
            check.add(Verdict::Warning, says);
        }
        check
    }

    /// How much of the stake the largest validators have.
    ///
    /// Fails where a slot's figures do not fit.
    pub fn concentration(&self) -> Result<Check> {
        let mut stakes = Vec::new();
        for slot in self.slots() {
            stakes.push((slot.vote, slot.stake(self.epoch())?.has.get()));
        }
        stakes.sort_by_key(|(vote, lamports)| (std::cmp::Reverse(*lamports), *vote));
        let sum = |most: usize| sum_of(stakes.iter().take(most), |(_, one)| *one);
        let whole = sum(stakes.len());
        let largest = share(sum(1), whole)?;
        let superminority = self.evidence.superminority.as_ref().map(|largest| {
            let theirs = stakes.iter().filter(|(vote, _)| largest.contains(vote));
            sum_of(theirs, |(_, one)| *one)
        });
        let superminority = match superminority {
            Some(theirs) => format!(
                "validators of the superminority {}",
                percent(share(theirs, whole)?)
            ),
            None => "what validators of the superminority have is not known".to_owned(),
        };
        let fine = format!(
            "Of the stake, the largest of {} has {}, the ten largest {}; {superminority}.",
            counted(stakes.len() as u64, "validator"),
            percent(largest),
            percent(share(sum(TOP), whole)?)
        );
        let mut check = Check::new(Subject::Concentration, fine.clone()).compare(
            Figure::Bps(u64::from(self.pool.config.share_cap_bps)),
            Figure::Bps(u64::from(largest)),
        );
        if largest >= LARGE_BPS
            && let Some((vote, _)) = stakes.first()
        {
            check.about(Verdict::Notice, *vote, fine);
        }
        Ok(check)
    }
}

/// A part of the whole in parts of 10,000, rounded down; nothing of nothing.
fn share(part: u64, whole: u64) -> Result<u16> {
    if whole == 0 {
        return Ok(0);
    }
    let bps = Floor(Ratio::new(part, whole)).apply(BPS)?;
    Ok(u16::try_from(bps).unwrap_or(u16::MAX))
}
