//! Arguments of those who have a role in a pool.

use clap::{
    Args, Subcommand,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use sluice::state::Parameter;
use solana_pubkey::Pubkey;

use super::address;
use crate::parameters;

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show every parameter: its value, its bounds, and what waits to change
    Show,
    /// Announce another value of a parameter (admin); a later epoch puts it in force
    Schedule(ScheduleArgs),
    /// Take an announced change back (admin)
    Cancel(CancelArgs),
}

#[derive(Debug, Args)]
pub struct ScheduleArgs {
    /// What to change, named as the flag of `sluice pool create` that sets it
    #[arg(value_name = "PARAMETER", value_parser = named_parameter())]
    pub parameter: Parameter,

    /// Its new value: in basis points; in SOL for the limits on deposits, or `none`
    #[arg(value_name = "BPS|SOL|none")]
    pub value: String,
}

#[derive(Debug, Args)]
pub struct CancelArgs {
    /// Whose change to take back
    #[arg(value_name = "PARAMETER", value_parser = named_parameter())]
    pub parameter: Parameter,
}

#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// Show who has which role, and what each may do
    Show,
    /// Nominate who may follow as admin, or take a nomination back (admin)
    NominateAdmin(RoleArgs),
    /// Become admin (whoever is nominated)
    AcceptAdmin,
    /// Give the curator's role to another key, or to nobody (admin)
    SetCurator(RoleArgs),
    /// Give the guardian's role to another key, or to nobody (admin)
    SetGuardian(RoleArgs),
    /// Pay the fees to another owner from now on (admin)
    SetTreasury(TreasuryArgs),
}

#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct RoleArgs {
    /// Who gets it
    #[arg(value_name = "ADDRESS", value_parser = address)]
    pub key: Option<Pubkey>,

    /// Nobody gets it
    #[arg(long)]
    pub clear: bool,
}

#[derive(Clone, Copy, Debug, Args)]
pub struct TreasuryArgs {
    /// Owner of the token account that reward fees are paid to
    #[arg(value_name = "ADDRESS", value_parser = address)]
    pub key: Pubkey,
}

impl RoleArgs {
    /// The key that is meant: the zero key for nobody.
    pub fn key(self) -> Pubkey {
        self.key.unwrap_or_default()
    }
}

/// Reads a parameter by its name.
fn named_parameter() -> impl TypedValueParser<Value = Parameter> {
    let names = Parameter::ALL.map(|parameter| {
        PossibleValue::new(parameters::name(parameter)).help(parameters::help(parameter))
    });
    PossibleValuesParser::new(names).try_map(|name| {
        let is_named = |parameter: &Parameter| parameters::name(*parameter) == name;
        Parameter::ALL
            .into_iter()
            .find(is_named)
            .ok_or("there is no such parameter")
    })
}
