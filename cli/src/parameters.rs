//! Parameters as people write and read them.

use std::{fmt, sync::LazyLock};

use anyhow::{Context, Result, bail};
use serde::{Serialize, Serializer};
use sluice::state::{Costs, PARAMETERS, Parameter, Parameters, PoolConfig, PoolLimits, Unit};
use sluice_client::words::amounts::{percent, sol};
use sluice_math::Lamports;

/// A value of a parameter, which knows its unit. In JSON an amount is text, and no limit is null.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Of what.
    pub parameter: Parameter,
    /// In the parameter's unit.
    pub value: u64,
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.parameter.unit() {
            Unit::Bps => serializer.serialize_u64(self.value),
            Unit::Lamports => limit(self.value)
                .map(|most| most.to_string())
                .serialize(serializer),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&shown(self.parameter, self.value))
    }
}

/// A limit on amounts; none where no amount reaches it.
pub fn limit(lamports: u64) -> Option<u64> {
    (lamports != PoolLimits::NONE.deposit_cap_lamports).then_some(lamports)
}

/// The word for a deposit cap that no deposit reaches.
const NONE: &str = "none";

/// What the command line writes of a parameter.
struct Written {
    name: String,
    recommended: String,
}

static WRITTEN: LazyLock<[Written; PARAMETERS]> = LazyLock::new(|| Parameter::ALL.map(Written::of));

impl Written {
    fn of(parameter: Parameter) -> Self {
        let field = parameter.field();
        let name = field.strip_suffix("_lamports").unwrap_or(field);
        let value = recommended().get(parameter);
        let recommended = match parameter.unit() {
            Unit::Bps => value.to_string(),
            Unit::Lamports if value == PoolLimits::NONE.deposit_cap_lamports => NONE.to_owned(),
            Unit::Lamports => Lamports::new(value).to_string(),
        };
        Self {
            name: name.replace('_', "-"),
            recommended,
        }
    }
}

/// What a new pool has unless its creator chooses otherwise.
pub fn recommended() -> Parameters {
    Parameters::of(&PoolConfig::RECOMMENDED, &PoolLimits::RECOMMENDED)
}

/// What a parameter is called: its field as a flag. Limits are written in SOL, so their names
/// speak of no lamports.
pub fn name(parameter: Parameter) -> &'static str {
    &WRITTEN[parameter.index()].name
}

/// The value that a new pool has unless its creator chooses otherwise, as it would be typed.
pub fn default_text(parameter: Parameter) -> &'static str {
    &WRITTEN[parameter.index()].recommended
}

/// What a parameter is, and its bounds.
pub fn help(parameter: Parameter) -> String {
    let meaning = parameter.meaning().trim_end_matches('.');
    format!("{meaning}: {}", bounds(parameter))
}

/// Reads a value in the unit of its parameter, whatever its bounds.
pub fn parse(parameter: Parameter, text: &str) -> Result<u64> {
    let name = name(parameter);
    match parameter.unit() {
        Unit::Bps => text.parse().ok().with_context(|| {
            format!("{name} takes basis points, a whole number such as 500 for 5%, not {text}")
        }),
        Unit::Lamports if text == NONE => Ok(no_limit(parameter)),
        Unit::Lamports => text
            .parse()
            .map(Lamports::get)
            .with_context(|| format!("{name} takes an amount of SOL, not {text}")),
    }
}

/// Reads a value, and fails where it is outside the parameter's bounds.
pub fn read(parameter: Parameter, text: &str) -> Result<u64> {
    let value = parse(parameter, text)?;
    let (least, most) = parameter.bounds();
    if value < least || value > most {
        bail!(
            "{} can be {} in any pool, not {}",
            name(parameter),
            bounds(parameter),
            shown(parameter, value)
        );
    }
    Ok(value)
}

/// The value with which a limit refuses nothing.
fn no_limit(parameter: Parameter) -> u64 {
    Parameters::of(&PoolConfig::RECOMMENDED, &PoolLimits::NONE).get(parameter)
}

/// A value with its unit.
pub fn shown(parameter: Parameter, value: u64) -> String {
    match parameter.unit() {
        Unit::Bps => match u16::try_from(value) {
            Ok(bps) => format!("{bps} ({})", percent(bps)),
            Err(_) => value.to_string(),
        },
        Unit::Lamports if value == PoolLimits::NONE.deposit_cap_lamports => NONE.to_owned(),
        Unit::Lamports => sol(value),
    }
}

/// Lowest and highest value that any pool can have.
pub fn bounds(parameter: Parameter) -> String {
    let (least, most) = parameter.bounds();
    match parameter.unit() {
        Unit::Bps => format!("{least} to {most}"),
        Unit::Lamports if most == u64::MAX => format!("from {}, or {NONE}", sol(least)),
        Unit::Lamports => format!("{} to {}", sol(least), sol(most)),
    }
}

/// What can cost holders.
pub fn costs(parameter: Parameter) -> &'static str {
    match parameter.costs() {
        Costs::Raised => "a higher value",
        Costs::Lowered => "a lower value",
        Costs::EitherWay => "any change",
        Costs::Announced => "any announcement, of the same value too",
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

    #[test]
    fn a_parameter_is_called_as_in_the_program() {
        for parameter in Parameter::ALL {
            let in_program = format!("{parameter:?}").replace("Lamports", "");
            let name: String = name(parameter)
                .split('-')
                .map(|word| word[..1].to_uppercase() + &word[1..])
                .collect();
            assert_eq!(name, in_program);
        }
    }

    #[test]
    fn what_a_new_pool_has_can_be_typed() {
        for parameter in Parameter::ALL {
            let typed = parse(parameter, default_text(parameter)).unwrap();
            assert_eq!(typed, recommended().get(parameter), "{parameter:?}");
        }
    }

    #[test]
    fn the_book_lists_every_parameter_as_it_is_declared() {
        let mut table = String::from(
            "| parameter | what it is | bounds | recommended | waits two epochs |\n\
             | --- | --- | --- | --- | --- |\n",
        );
        for parameter in Parameter::ALL {
            let (name, meaning) = (name(parameter), parameter.meaning());
            let value = shown(parameter, recommended().get(parameter));
            let (bounds, costs) = (bounds(parameter), costs(parameter));
            table += &format!("| `{name}` | {meaning} | {bounds} | {value} | {costs} |\n");
        }
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/instructions.md");
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains(&table), "the table is now\n\n{table}");
    }
}
