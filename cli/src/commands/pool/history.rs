//! What a pool's epochs earned, and who got the reward fee.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::state::EpochRate;
use sluice_client::{Yield, words::amounts::price_lamports};
use sluice_math::{Lamports, Lst, MathError};

use super::yields::{YieldLine, Yields};
use crate::{args::HistoryArgs, output::table, session::Session};

/// The last epochs of a pool, oldest first.
#[derive(Debug, Serialize)]
pub struct History {
    pool: String,
    epochs: Vec<EpochLine>,
    total: Total,
    /// Over the last 1, 10 and 30 epochs.
    yields: Yields,
}

#[derive(Debug, Serialize)]
struct EpochLine {
    epoch: u64,
    /// When it began by the cluster's clock, in seconds since 1970; zero where that is not known.
    epoch_start_timestamp: i64,
    full_lamports: u64,
    supply_lst: u64,
    gain_lamports: u64,
    /// The treasury's part of the gain.
    fee_lamports: u64,
    /// The part of the reward fee that stayed with all holders.
    fee_kept_lamports: u64,
    deposit_price_lamports: Option<u64>,
    /// Since the entry before.
    yielded: Option<YieldLine>,
}

/// Sums over the epochs that are shown.
#[derive(Debug, Serialize)]
struct Total {
    gain_lamports: u64,
    fee_lamports: u64,
    fee_kept_lamports: u64,
}

/// Shows the last epochs of the configured pool.
pub fn history(session: &Session, arguments: HistoryArgs) -> Result<History> {
    let snapshot = session.snapshot()?;
    let rates: Vec<&EpochRate> = snapshot.history.iter().collect();
    let skipped = rates.len().saturating_sub(arguments.epochs.into());
    let before = [None].into_iter().chain(rates.iter().copied().map(Some));
    let lines = before.zip(&rates).skip(skipped);
    Ok(History {
        pool: snapshot.addresses.pool.to_string(),
        epochs: lines
            .map(|(before, rate)| EpochLine::new(rate, before))
            .collect(),
        total: Total::of(&rates[skipped..])?,
        yields: Yields::of(&snapshot),
    })
}

impl Total {
    fn of(rates: &[&EpochRate]) -> Result<Self, MathError> {
        let sum = |part: fn(&EpochRate) -> u64| -> Result<u64, MathError> {
            let mut parts = rates.iter().map(|rate| Lamports::new(part(rate)));
            let sum = parts.try_fold(Lamports::ZERO, Lamports::add)?;
            Ok(sum.get())
        };
        Ok(Self {
            gain_lamports: sum(|rate| rate.gain_lamports)?,
            fee_lamports: sum(|rate| rate.fee_lamports)?,
            fee_kept_lamports: sum(|rate| rate.fee_kept_lamports)?,
        })
    }
}

impl EpochLine {
    fn new(rate: &EpochRate, before: Option<&EpochRate>) -> Self {
        let (full, supply) = (Lamports::new(rate.full_lamports), Lst::new(rate.lst_supply));
        Self {
            epoch: rate.epoch,
            epoch_start_timestamp: rate.epoch_start_timestamp,
            full_lamports: rate.full_lamports,
            supply_lst: rate.lst_supply,
            gain_lamports: rate.gain_lamports,
            fee_lamports: rate.fee_lamports,
            fee_kept_lamports: rate.fee_kept_lamports,
            deposit_price_lamports: price_lamports(full, supply),
            yielded: before
                .and_then(|before| Yield::between(before, rate))
                .map(YieldLine::from),
        }
    }
}

impl fmt::Display for History {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.epochs.is_empty() {
            return writeln!(formatter, "No epoch of this pool has been finalized yet.");
        }
        let header = [
            "epoch",
            "owned SOL",
            "supply LST",
            "gain SOL",
            "treasury SOL",
            "fee kept SOL",
            "deposit price SOL",
            "yield",
        ];
        let shown = |lamports| Lamports::new(lamports).to_string();
        let mut epochs = table(header, 0);
        for line in &self.epochs {
            let price = line.deposit_price_lamports.unwrap_or_default();
            epochs.add_row([
                line.epoch.to_string(),
                shown(line.full_lamports),
                Lst::new(line.supply_lst).to_string(),
                shown(line.gain_lamports),
                shown(line.fee_lamports),
                shown(line.fee_kept_lamports),
                shown(price),
                line.yielded
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
            ]);
        }
        epochs.add_row([
            "total".to_owned(),
            String::new(),
            String::new(),
            shown(self.total.gain_lamports),
            shown(self.total.fee_lamports),
            shown(self.total.fee_kept_lamports),
            String::new(),
            String::new(),
        ]);
        writeln!(formatter, "{epochs}")?;
        writeln!(formatter, "Yield, net of fees: {}.", self.yields)?;
        writeln!(
            formatter,
            "The treasury gets its part of the reward fee as tokens of that worth; what is kept \
             drips to all holders."
        )
    }
}
