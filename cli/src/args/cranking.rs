//! Arguments about cranks.

use clap::Args;
use sluice_client::ProgramOwned;

#[derive(Clone, Copy, Debug, Args)]
pub struct CrankArgs {
    /// Go on: look again whenever something may be due
    #[arg(long)]
    pub watch: bool,

    /// Seconds between two looks
    #[arg(long, default_value_t = 5, requires = "watch", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub every: u64,

    /// Use address lookup tables, created and filled first: worth their rent from about 20
    /// validators on
    #[arg(long)]
    pub tables: bool,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct NoCrank {
    /// Never crank a pool that is not priced for this epoch yet: refuse what needs a price. The queue
    /// needs none
    #[arg(long)]
    pub no_crank: bool,
}

#[derive(Clone, Copy, Debug, Default, Args)]
pub struct AllowProgramOwned {
    /// Also give it to an account of another program, or to an address without a key: to your wallet
    /// there, or to the vault of your multisig. Only that program can move it again
    #[arg(long)]
    pub allow_program_owned: bool,
}

impl AllowProgramOwned {
    /// The same as the library says it.
    pub fn program_owned(self) -> ProgramOwned {
        if self.allow_program_owned {
            ProgramOwned::Allowed
        } else {
            ProgramOwned::Refused
        }
    }
}
