//! What a pool's epochs earned.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::state::EpochRate;
use sluice_math::{Lamports, Lst};

use crate::{args::HistoryArgs, money::price_lamports, output::table, session::Session};

/// The last epochs of a pool, oldest first.
#[derive(Debug, Serialize)]
pub struct History {
    pool: String,
    epochs: Vec<EpochLine>,
}

#[derive(Debug, Serialize)]
struct EpochLine {
    epoch: u64,
    full_lamports: u64,
    supply_lst: u64,
    gain_lamports: u64,
    fee_lamports: u64,
    fee_burned_lamports: u64,
    deposit_price_lamports: Option<u64>,
}

/// Shows the last epochs of the configured pool.
pub fn history(session: &Session, arguments: HistoryArgs) -> Result<History> {
    let snapshot = session.snapshot()?;
    let rates: Vec<&EpochRate> = snapshot.history.iter().collect();
    let skipped = rates.len().saturating_sub(arguments.epochs);
    Ok(History {
        pool: snapshot.addresses.pool.to_string(),
        epochs: rates
            .into_iter()
            .skip(skipped)
            .map(EpochLine::new)
            .collect(),
    })
}

impl EpochLine {
    fn new(rate: &EpochRate) -> Self {
        let (full, supply) = (Lamports::new(rate.full_lamports), Lst::new(rate.lst_supply));
        Self {
            epoch: rate.epoch,
            full_lamports: rate.full_lamports,
            supply_lst: rate.lst_supply,
            gain_lamports: rate.gain_lamports,
            fee_lamports: rate.fee_lamports,
            fee_burned_lamports: rate.fee_burned_lamports,
            deposit_price_lamports: price_lamports(full, supply),
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
        ];
        let mut epochs = table(header, 0);
        for line in &self.epochs {
            let price = line.deposit_price_lamports.unwrap_or_default();
            epochs.add_row([
                line.epoch.to_string(),
                Lamports::new(line.full_lamports).to_string(),
                Lst::new(line.supply_lst).to_string(),
                Lamports::new(line.gain_lamports).to_string(),
                Lamports::new(line.fee_lamports).to_string(),
                Lamports::new(line.fee_burned_lamports).to_string(),
                Lamports::new(price).to_string(),
            ]);
        }
        writeln!(formatter, "{epochs}")
    }
}
