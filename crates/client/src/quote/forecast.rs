//! What a request in the queue will be paid, and when, as far as that can be known: a range.
//!
//! It is paid at the exit price of its settlement. What is withheld drips until then, so that price
//! will be higher than today's; how much higher depends on what nobody knows yet.

use sluice::state::SETTLEMENT_WAIT_EPOCHS;
use sluice_math::{Floor, Lamports, Ledger, Lst, Ratio, RewardRate};

use super::prices::program;
use crate::{ClientError, ExitSchedule, PoolSnapshot, Result, words::amounts::WHOLE_LST};

/// Lamports that rounding takes at most: one for each payment of a batch, of which there are few,
/// and one for the ticket.
const ROUNDING: Lamports = Lamports::new(20);

/// What a request will be paid, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitForecast {
    /// Lamports by the exit price of now.
    pub now: Lamports,
    /// Lamports unless stake is lost: what has dripped by then, and no further reward.
    pub least: Lamports,
    /// Lamports where all has dripped that is withheld, and rewards come as they came lately.
    pub most: Lamports,
    /// Lamports for a whole LST by the same rule as `least`.
    pub least_price: Lamports,
    /// Lamports for a whole LST by the same rule as `most`.
    pub most_price: Lamports,
    /// When.
    pub dates: PayableDates,
    /// The epochs whose rewards may raise the price until then.
    pub reward_epochs: u64,
    /// Whether a reward was ever booked, so that more can be expected of the next.
    pub rewards_are_known: bool,
}

/// When a batch that is not settled can be paid: never in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayableDates {
    /// The first epoch in which it can be paid.
    pub first_epoch: u64,
    /// The first slot of that, or the slot of now where that is later.
    pub first_slot: u64,
    /// The last epoch in which it is paid where stake cools down within an epoch and cranks are
    /// turned an epoch late at most.
    pub last_epoch: u64,
}

impl PoolSnapshot {
    /// When a batch that locks by `schedule` and is not settled can be paid. Fails in the last epoch
    /// that can be counted.
    pub fn payable_dates(&self, schedule: &ExitSchedule) -> Result<PayableDates> {
        let now = &self.cluster.clock;
        let first_epoch = schedule
            .settle_epoch
            .max(self.settlements_open_epoch())
            .max(now.epoch);
        Ok(PayableDates {
            first_epoch,
            first_slot: self.epoch_start(first_epoch).max(now.slot),
            last_epoch: first_epoch.checked_add(1).ok_or_else(overflow)?,
        })
    }

    /// What `lst` in the queue will be paid that locks by `schedule`.
    pub fn exit_forecast(&self, lst: Lst, schedule: &ExitSchedule) -> Result<ExitForecast> {
        let ledger = self.pool.ledger();
        let dates = self.payable_dates(schedule)?;
        let rate = RewardRate::new(self.pool.reward_rate_e12);
        let reward_epochs = dates.last_epoch.saturating_sub(self.pool.finalized_epoch);
        // A finalize begins a drip of what is withheld and pending then, and may stretch it: only
        // what drips before that is certain.
        let least = program(ledger.value(dates.first_slot.min(self.next_finalize_slot())))?;
        let most = program(ledger.full())?;
        let least = |lst| worth(lst, least, &ledger);
        let most = |lst| grown(worth(lst, most, &ledger)?, rate, reward_epochs);
        let whole = Lst::new(WHOLE_LST);
        Ok(ExitForecast {
            now: self.quote_queue(lst)?,
            least: least(lst)?.saturating_sub(ROUNDING),
            most: most(lst)?,
            least_price: least(whole)?,
            most_price: most(whole)?,
            dates,
            reward_epochs,
            rewards_are_known: !rate.is_unknown(),
        })
    }

    /// The first epoch in which the breaker, if it is tripped, lets batches be paid.
    fn settlements_open_epoch(&self) -> u64 {
        if self.pool.is_tripped() {
            self.pool
                .breaker_epoch
                .saturating_add(SETTLEMENT_WAIT_EPOCHS)
        } else {
            0
        }
    }

    /// The first slot in which a finalize can begin the next drip.
    fn next_finalize_slot(&self) -> u64 {
        if self.is_fresh() {
            self.next_epoch_start()
        } else {
            self.cluster.clock.slot
        }
    }
}

/// What `lst` is worth where all share `value`.
fn worth(lst: Lst, value: Lamports, ledger: &Ledger) -> Result<Lamports> {
    let price = Floor(Ratio::new(value.get(), ledger.supply.get()));
    program(price.apply(lst.get())).map(Lamports::new)
}

/// What lamports are after so many epochs of rewards, each on those before; the same where no
/// reward is known.
fn grown(lamports: Lamports, rate: RewardRate, epochs: u64) -> Result<Lamports> {
    if rate.is_unknown() {
        return Ok(lamports);
    }
    (0..epochs).try_fold(lamports, |grown, _| {
        let earned = program(rate.earned_on(grown))?;
        // That was rounded down.
        program(grown.add(earned).and_then(|sum| sum.add(Lamports::new(1))))
    })
}

fn overflow() -> ClientError {
    sluice_math::MathError::Overflow.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{EPOCH, EPOCH_START, Fixture, SLOTS_PER_EPOCH, SOL};

    /// 100 SOL at price one, of which 20 SOL are withheld at the start of the epoch for two epochs.
    fn dripping() -> Fixture {
        let mut fixture = Fixture::new(1, 90 * SOL, 10 * SOL);
        fixture.pool.withheld_lamports = 20 * SOL;
        fixture.pool.drip_start_slot = EPOCH_START;
        fixture.pool.drip_end_slot = EPOCH_START + 2 * SLOTS_PER_EPOCH;
        fixture.at(EPOCH_START)
    }

    fn forecast(fixture: &Fixture) -> ExitForecast {
        let snapshot = fixture.snapshot();
        let schedule = snapshot.exit_schedule().unwrap();
        snapshot
            .exit_forecast(Lst::new(10 * SOL), &schedule)
            .unwrap()
    }

    #[test]
    fn the_least_counts_what_drips_until_the_settlement_and_the_most_all_of_it() {
        let forecast = forecast(&dripping());
        assert_eq!(forecast.now.get(), 8 * SOL);
        assert_eq!(forecast.least.get(), 9 * SOL - ROUNDING.get());
        assert_eq!(forecast.most.get(), 10 * SOL);
        assert_eq!(forecast.least_price.get(), SOL / 10 * 9);
        assert_eq!(forecast.most_price.get(), SOL);
        assert_eq!(
            (forecast.dates.first_epoch, forecast.dates.last_epoch),
            (EPOCH + 1, EPOCH + 2)
        );
        assert!(!forecast.rewards_are_known);
    }

    #[test]
    fn the_most_counts_rewards_as_they_came_lately_in_each_epoch_until_then() {
        let mut fixture = dripping();
        fixture.pool.reward_rate_e12 = 10_000_000_000;
        let forecast = forecast(&fixture);
        assert_eq!(forecast.reward_epochs, 2);
        // One percent in two epochs, and two lamports for rounding.
        assert_eq!(forecast.most.get(), 10 * SOL / 100 * 101 / 100 * 101 + 2);
    }

    #[test]
    fn what_should_have_been_paid_long_ago_is_payable_from_now_on() {
        let snapshot = dripping().snapshot();
        let now = snapshot.cluster.clock.slot;
        let mut schedule = snapshot.exit_schedule().unwrap();
        for overdue in [EPOCH - 3, EPOCH] {
            schedule.settle_epoch = overdue;
            let dates = snapshot.payable_dates(&schedule).unwrap();
            assert_eq!((dates.first_epoch, dates.first_slot), (EPOCH, now));
            assert_eq!(dates.last_epoch, EPOCH + 1);
        }
        schedule.settle_epoch = EPOCH + 1;
        let dates = snapshot.payable_dates(&schedule).unwrap();
        assert_eq!(dates.first_slot, EPOCH_START + SLOTS_PER_EPOCH);
        assert_eq!(dates.last_epoch, EPOCH + 2);
    }

    /// Its finalize may come at once and stretch the drip.
    #[test]
    fn of_a_stale_pool_only_what_has_dripped_is_certain() {
        let forecast = forecast(&dripping().stale());
        assert_eq!(forecast.least.get() + ROUNDING.get(), forecast.now.get());
    }

    #[test]
    fn a_tripped_breaker_makes_the_queue_wait() {
        let mut fixture = dripping();
        fixture.pool.breaker_epoch = EPOCH;
        let forecast = forecast(&fixture);
        let dates = forecast.dates;
        assert_eq!(dates.first_epoch, EPOCH + SETTLEMENT_WAIT_EPOCHS);
        assert_eq!(dates.last_epoch, dates.first_epoch + 1);
        // What drips until then counts, as far as the next finalize.
        assert_eq!(forecast.least.get(), 9 * SOL - ROUNDING.get());
    }
}
