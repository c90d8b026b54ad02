//! Parameters as people write and read them.

use anyhow::{Context, Result, bail};
use serde::Serialize;
use sluice::state::{Parameter, PoolLimits};
use sluice_client::{
    Costs,
    words::amounts::{percent, sol},
};
use sluice_math::Lamports;

use crate::args::parameter_name;

/// The word for a deposit cap that no deposit reaches.
const NONE: &str = "none";

/// What a parameter's number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Bps,
    Lamports,
}

impl Unit {
    pub fn of(parameter: Parameter) -> Self {
        match parameter {
            Parameter::DepositCapLamports | Parameter::MinimumDepositLamports => Self::Lamports,
            _ => Self::Bps,
        }
    }
}

/// Reads a value, and fails where it is outside the parameter's bounds.
pub fn read(parameter: Parameter, text: &str) -> Result<u64> {
    let name = parameter_name(parameter);
    let value = match Unit::of(parameter) {
        Unit::Bps => text.parse().ok().with_context(|| {
            format!("{name} takes basis points, a whole number such as 500 for 5%, not {text}")
        })?,
        Unit::Lamports if text == NONE => no_limit(parameter),
        Unit::Lamports => text
            .parse::<Lamports>()
            .with_context(|| format!("{name} takes an amount of SOL, not {text}"))?
            .get(),
    };
    let (least, most) = parameter.bounds();
    if value < least || value > most {
        bail!(
            "{name} can be {} in any pool, not {}",
            bounds(parameter),
            shown(parameter, value)
        );
    }
    Ok(value)
}

/// The value with which a limit refuses nothing.
fn no_limit(parameter: Parameter) -> u64 {
    let none = PoolLimits::default();
    match parameter {
        Parameter::DepositCapLamports => none.deposit_cap_lamports,
        _ => none.minimum_deposit_lamports,
    }
}

/// A value with its unit.
pub fn shown(parameter: Parameter, value: u64) -> String {
    match Unit::of(parameter) {
        Unit::Bps => match u16::try_from(value) {
            Ok(bps) => format!("{bps} ({})", percent(bps)),
            Err(_) => value.to_string(),
        },
        Unit::Lamports if value == PoolLimits::default().deposit_cap_lamports => NONE.to_owned(),
        Unit::Lamports => sol(value),
    }
}

/// Lowest and highest value that any pool can have.
pub fn bounds(parameter: Parameter) -> String {
    let (least, most) = parameter.bounds();
    match Unit::of(parameter) {
        Unit::Bps => format!("{least} to {most}"),
        Unit::Lamports if most == u64::MAX => format!("from {}, or {NONE}", sol(least)),
        Unit::Lamports => format!("{} to {}", sol(least), sol(most)),
    }
}

/// What can cost holders.
pub fn costs(parameter: Parameter) -> &'static str {
    match Costs::of(parameter) {
        Costs::Raised => "a higher value",
        Costs::Lowered => "a lower value",
        Costs::EitherWay => "any change",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(parameter: Parameter, text: &str) -> String {
        read(parameter, text).unwrap_err().to_string()
    }

    #[test]
    fn values_are_read_in_the_unit_of_their_parameter() {
        use Parameter::{DepositCapLamports, MinimumDepositLamports, RewardFeeBps};
        assert_eq!(read(RewardFeeBps, "1000").unwrap(), 1_000);
        assert_eq!(read(DepositCapLamports, "2.5").unwrap(), 2_500_000_000);
        assert_eq!(read(DepositCapLamports, "none").unwrap(), u64::MAX);
        assert_eq!(read(MinimumDepositLamports, "none").unwrap(), 0);
        assert_eq!(
            read(MinimumDepositLamports, "100").unwrap(),
            100_000_000_000
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_can() {
        assert_eq!(
            refusal(Parameter::RewardFeeBps, "1001"),
            "reward-fee-bps can be 0 to 1000 in any pool, not 1001 (10.01%)"
        );
        assert_eq!(
            refusal(Parameter::RewardFeeBps, "5%"),
            "reward-fee-bps takes basis points, a whole number such as 500 for 5%, not 5%"
        );
        assert_eq!(
            refusal(Parameter::MinimumDepositLamports, "100.1"),
            "minimum-deposit can be 0.000000000 SOL to 100.000000000 SOL in any pool, not \
             100.100000000 SOL"
        );
        let garbled = refusal(Parameter::DepositCapLamports, "lots");
        assert_eq!(garbled, "deposit-cap takes an amount of SOL, not lots");
    }

    #[test]
    fn values_are_shown_with_their_unit() {
        assert_eq!(shown(Parameter::WindowBps, 8_000), "8000 (80.00%)");
        assert_eq!(shown(Parameter::DepositCapLamports, u64::MAX), "none");
        assert_eq!(
            shown(Parameter::MinimumDepositLamports, 100_000_000),
            "0.100000000 SOL"
        );
    }
}
