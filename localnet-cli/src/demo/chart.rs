//! Both prices, epoch by epoch.

use anyhow::{Context, Result};
use rasciigraph::{Config, plot_many};
use sluice_cli::output::table;
use sluice_math::Lamports;

/// Both prices at a moment, and what the last finalize booked.
#[derive(Clone, Copy, Debug)]
pub struct PricePoint {
    pub epoch: u64,
    pub deposit_lamports: u64,
    pub exit_lamports: u64,
    pub gain_lamports: u64,
}

/// Every token cost one SOL at first.
const FIRST_PRICE: u64 = 1_000_000_000;
const HEIGHT: u32 = 8;
const COLUMNS_PER_EPOCH: u32 = 9;
const CAPTION: &str =
    "% above 1 SOL, from epoch to epoch. Upper line: deposit price; lower line: exit price";

/// A drawing of both prices.
pub fn chart(points: &[PricePoint]) -> Result<String> {
    let series = [
        points
            .iter()
            .map(|point| percent_above(point.deposit_lamports))
            .collect::<Result<_>>()?,
        points
            .iter()
            .map(|point| percent_above(point.exit_lamports))
            .collect::<Result<_>>()?,
    ];
    let width = u32::try_from(points.len())?.saturating_mul(COLUMNS_PER_EPOCH);
    let config = Config::default()
        .with_width(width)
        .with_height(HEIGHT)
        .with_caption(CAPTION.to_owned());
    Ok(plot_many(series.into(), config))
}

/// The height of a point in the drawing, and nothing else: money stays in integers.
fn percent_above(price_lamports: u64) -> Result<f64> {
    let growth = price_lamports
        .checked_sub(FIRST_PRICE)
        .context("the price fell")?;
    Ok(f64::from(u32::try_from(growth)?) / 10_000_000.0)
}

/// The same in numbers.
pub fn numbers(points: &[PricePoint]) -> String {
    let header = ["epoch", "gain SOL", "deposit price SOL", "exit price SOL"];
    let mut numbers = table(header, 0);
    for point in points {
        numbers.add_row([
            point.epoch.to_string(),
            Lamports::new(point.gain_lamports).to_string(),
            Lamports::new(point.deposit_lamports).to_string(),
            Lamports::new(point.exit_lamports).to_string(),
        ]);
    }
    numbers.to_string()
}
