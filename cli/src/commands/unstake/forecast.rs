//! What a request in the queue will be paid, and when, as people and programs read it.

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    ExitForecast, PoolSnapshot,
    words::amounts::{counted, price, sol},
};

use crate::{
    moment::{in_about, seconds_for},
    session::Session,
};

/// A range of dates, amounts and prices, and why they are a range.
#[derive(Debug, Serialize)]
pub struct Forecast {
    payable_epoch: u64,
    payable_slot: u64,
    seconds_until_payable: Option<u64>,
    latest_epoch: u64,
    now_lamports: u64,
    least_lamports: u64,
    most_lamports: u64,
    least_price_lamports: u64,
    most_price_lamports: u64,
    reasons: Vec<String>,
}

impl Forecast {
    /// Writes it down, with dates at the pace of slots.
    pub fn new(
        forecast: &ExitForecast,
        snapshot: &PoolSnapshot,
        session: &Session,
    ) -> Result<Self> {
        let dates = forecast.dates;
        let slots = dates.first_slot.saturating_sub(snapshot.cluster.clock.slot);
        Ok(Self {
            payable_epoch: dates.first_epoch,
            payable_slot: dates.first_slot,
            seconds_until_payable: seconds_for(slots, session)?,
            latest_epoch: dates.last_epoch,
            now_lamports: forecast.now.get(),
            least_lamports: forecast.least.get(),
            most_lamports: forecast.most.get(),
            least_price_lamports: forecast.least_price.get(),
            most_price_lamports: forecast.most_price.get(),
            reasons: reasons(forecast, snapshot.pool.is_tripped()),
        })
    }

    fn dates(&self) -> String {
        let when = self
            .seconds_until_payable
            .map_or_else(String::new, |seconds| format!(", {}", in_about(seconds)));
        format!(
            "in epoch {}, from slot {}{when}; at the latest in epoch {}",
            self.payable_epoch, self.payable_slot, self.latest_epoch
        )
    }

    /// Why nobody knows it better, as sentences.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// Its lines in a list of facts.
    pub fn facts(&self) -> [(&'static str, String); 3] {
        let (least, most) = (self.least_lamports, self.most_lamports);
        let (cheapest, dearest) = (self.least_price_lamports, self.most_price_lamports);
        [
            ("Payable", self.dates()),
            ("Amount", format!("{} to {}", sol(least), sol(most))),
            (
                "Price",
                format!("{} to {}", sol(cheapest), price(Some(dearest))),
            ),
        ]
    }
}

/// Why nobody knows it better, as sentences.
fn reasons(forecast: &ExitForecast, is_tripped: bool) -> Vec<String> {
    let mut reasons = vec![
        if forecast.least > forecast.now {
            "Rewards that are booked still drip: they raise the price until then, also the least."
        } else {
            "Little or nothing drips that would raise the price until then."
        }
        .to_owned(),
        if forecast.rewards_are_known {
            format!(
                "The rewards of {} may come on top: the most takes them as they came lately.",
                counted(forecast.reward_epochs, "epoch")
            )
        } else {
            "Rewards may come on top: none was booked yet, so the most counts none.".to_owned()
        },
        "A loss of stake would be shared: then it is less.".to_owned(),
        "It takes the later epoch where stake comes back in parts, or cranks are turned late."
            .to_owned(),
    ];
    if is_tripped {
        reasons.push(format!(
            "After the loss of late, batches wait for epoch {}, unless the admin ends that.",
            forecast.dates.first_epoch
        ));
    }
    reasons
}
