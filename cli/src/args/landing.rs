//! Options of how transactions are brought to the cluster.

use std::{fmt, ops::RangeInclusive, path::PathBuf, str::FromStr};

use clap::Args;
use sluice_client::send::priority::Offer;
use sluice_math::Lamports;
use solana_signature::Signature;

/// What `--patience` may be.
pub const PATIENCE_SECONDS: RangeInclusive<u64> = 1..=3_600;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct LandingArgs {
    /// Priority fee: auto (what recent blocks took), none, or millionths of a lamport per compute
    /// unit [default: the configuration file's, or auto]
    #[arg(
        long,
        global = true,
        env = "SLUICE_PRIORITY_FEE",
        value_name = "auto|none|PRICE"
    )]
    pub priority_fee: Option<PriorityOffer>,

    /// The most that a transaction may pay as its priority fee, in SOL [default: the configuration
    /// file's, or 0.0001]
    #[arg(
        long,
        global = true,
        env = "SLUICE_MAX_PRIORITY_FEE_SOL",
        value_name = "SOL"
    )]
    pub max_priority_fee_sol: Option<Lamports>,

    /// How long a transaction is waited for [default: the configuration file's, or 150]
    #[arg(
        long,
        global = true,
        env = "SLUICE_PATIENCE",
        value_parser = clap::value_parser!(u64).range(PATIENCE_SECONDS),
        value_name = "SECONDS"
    )]
    pub patience: Option<u64>,

    /// Folder of the journal of transactions whose fate is not known yet
    /// [default: the configuration file's, or ~/.local/state/sluice]
    #[arg(long, global = true, env = "SLUICE_STATE", value_name = "FOLDER")]
    pub state: Option<PathBuf>,

    /// Send it although an earlier command, whose end nobody was told, has done the same or may have
    #[arg(long, global = true)]
    pub repeat: bool,
}

/// What is offered for coming earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriorityOffer(pub Offer);

impl FromStr for PriorityOffer {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for PriorityOffer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Offer::Auto => formatter.write_str("auto"),
            Offer::None => formatter.write_str("none"),
            Offer::Fixed(price) => price.fmt(formatter),
        }
    }
}

/// What is done with transactions whose fate is not known.
#[derive(Debug, Args)]
pub struct PendingArgs {
    /// Forget a transaction that no node can decide any more
    #[arg(long, value_name = "SIGNATURE")]
    pub forget: Option<Signature>,
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches as _};
    use sluice_client::{PriorityFee, send::executor::DEFAULT_PATIENCE};
    use sluice_math::Lamports;

    use super::*;

    /// What the help of an option ends with.
    fn named_default(option: &str) -> String {
        let command = LandingArgs::augment_args(Command::new("sluice"));
        let help = command
            .get_arguments()
            .find(|argument| argument.get_id() == option)
            .and_then(|argument| argument.get_help())
            .unwrap();
        let help = help.to_string();
        help.trim_end_matches(']')
            .rsplit(' ')
            .next()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn the_help_names_what_is_used_by_default() {
        let cap = Lamports::new(PriorityFee::DEFAULT.max_lamports);
        assert_eq!(named_default("max_priority_fee_sol").parse(), Ok(cap));
        assert_eq!(
            named_default("patience").parse(),
            Ok(DEFAULT_PATIENCE.as_secs())
        );
        let command = LandingArgs::augment_args(Command::new("sluice"));
        let parsed = LandingArgs::from_arg_matches(&command.get_matches_from(["sluice"]));
        assert_eq!(parsed.unwrap().priority_fee, None);
    }
}
