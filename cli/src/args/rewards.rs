//! Arguments of a holder's statement.

use std::{str::FromStr, time::UNIX_EPOCH};

use clap::{Args, ValueEnum};
use solana_pubkey::Pubkey;

use super::address;

/// The form of a holder's statement as comma-separated values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CsvFormat {
    /// All that is known: movements, and the gain of each epoch
    Generic,
    /// Movements as Koinly's universal template has them
    Koinly,
    /// Movements as CoinTracker's template has them
    Cointracker,
}

#[derive(Clone, Debug, Args)]
pub struct RewardsArgs {
    /// Whose statement it is [default: the keypair's]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub owner: Option<Pubkey>,

    /// The first epoch, or the day in UTC, such as 2026-01-31, on which the first epoch began or after
    /// it [default: the first that is known]
    #[arg(long, value_name = "DATE|EPOCH")]
    pub from: Option<Day>,

    /// The last epoch, or the day on which the last epoch began or before it [default: this epoch]
    #[arg(long, value_name = "DATE|EPOCH")]
    pub to: Option<Day>,

    /// Print comma-separated values
    #[arg(long)]
    pub csv: bool,

    /// For which program the values are; implies --csv [default: generic]
    #[arg(long = "format", value_enum, value_name = "FORMAT")]
    pub csv_format: Option<CsvFormat>,

    /// What the pool's token is called in comma-separated values
    #[arg(long, value_name = "SYMBOL", default_value = "LST")]
    pub symbol: String,

    #[command(flatten)]
    pub store: StoreArgs,

    /// Read every transaction of the owner: finds what others requested for the owner and is claimed
    /// already. Slow for a busy wallet
    #[arg(long)]
    pub all_transactions: bool,
}

/// Where prices are that the chain does not keep any more.
#[derive(Clone, Debug, Args)]
pub struct StoreArgs {
    /// A keeper's store, whose prices go further back than the pool's own history: a file, or the URL of
    /// a database
    #[arg(long, value_name = "FILE|URL")]
    pub store: Option<String>,
}

/// An epoch, or the start of a day in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    Epoch(u64),
    Date(i64),
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(epoch) = text.parse() {
            return Ok(Self::Epoch(epoch));
        }
        let start = humantime::parse_rfc3339(&format!("{text}T00:00:00Z"));
        let since = start
            .ok()
            .and_then(|start| start.duration_since(UNIX_EPOCH).ok());
        let seconds = since.and_then(|since| i64::try_from(since.as_secs()).ok());
        seconds.map(Self::Date).ok_or_else(|| {
            "this is neither a number of an epoch nor a day such as 2026-01-31".to_owned()
        })
    }
}
