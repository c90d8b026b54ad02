//! Every parameter of a pool.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::state::{Costs, Parameter};
use sluice_client::{PoolSnapshot, words::amounts::percent};
use sluice_math::BPS;

use super::unit;
use crate::{
    moment::{Calendar, EpochStart},
    output::table,
    parameters::{Setting, bounds, costs, name},
    session::Session,
};

/// The parameters of a pool.
#[derive(Debug, Serialize)]
pub struct Config {
    pool: String,
    epoch: u64,
    is_fresh: bool,
    parameters: Vec<ParameterLine>,
    shares: Shares,
}

/// How much of the pool a validator can have.
#[derive(Debug, Serialize)]
struct Shares {
    /// Validators with weight now.
    validators: usize,
    /// The most at once since the share cap was announced.
    most_validators: usize,
    /// What each would have if all had the same weight.
    even_share_bps: Option<u16>,
    /// The most that one of them can have.
    share_cap_bps: u16,
}

#[derive(Debug, Serialize)]
struct ParameterLine {
    #[serde(skip)]
    parameter: Parameter,
    name: &'static str,
    unit: &'static str,
    value: Setting,
    least: Setting,
    most: Setting,
    /// Which way a change can cost holders.
    costs: &'static str,
    pending: Option<Pending>,
}

/// A change that waits.
#[derive(Debug, Serialize)]
struct Pending {
    value: Setting,
    from: EpochStart,
    /// Whether it would apply if the pool stayed as it is.
    fits: bool,
}

/// Shows every parameter of the configured pool.
pub fn show(session: &Session) -> Result<Config> {
    let snapshot = session.snapshot()?;
    let calendar = Calendar::measure(session, &snapshot)?;
    let line = |parameter| ParameterLine::new(parameter, &snapshot, &calendar);
    Ok(Config {
        pool: snapshot.addresses.pool.to_string(),
        epoch: snapshot.cluster.clock.epoch,
        is_fresh: snapshot.is_fresh(),
        parameters: Parameter::ALL
            .into_iter()
            .map(line)
            .collect::<Result<_>>()?,
        shares: Shares::of(&snapshot),
    })
}

impl Shares {
    fn of(snapshot: &PoolSnapshot) -> Self {
        let weighted = snapshot.slots().filter(|placed| placed.slot.weight > 0);
        let validators = weighted.count();
        let even = usize::from(BPS).checked_div(validators);
        let marked = usize::try_from(snapshot.pool.most_validators).unwrap_or(usize::MAX);
        Self {
            validators,
            // The next finalize marks those of now.
            most_validators: marked.max(validators),
            even_share_bps: even.and_then(|even| u16::try_from(even).ok()),
            share_cap_bps: snapshot.pool.spread_cap_bps,
        }
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(even) = self.even_share_bps else {
            return writeln!(
                formatter,
                "No validator has weight: nothing is staked until `sluice validator add` adds one."
            );
        };
        writeln!(
            formatter,
            "Validators with weight: {}, so an even share is {}. None gets more than {} of what can be \
             staked: share-cap-bps or, where that is more, an even share of as many as there were at most \
             since the cap was announced ({}). `sluice validator list` has the target of each.",
            self.validators,
            percent(even),
            percent(self.share_cap_bps),
            self.most_validators
        )
    }
}

impl ParameterLine {
    fn new(parameter: Parameter, snapshot: &PoolSnapshot, calendar: &Calendar<'_>) -> Result<Self> {
        let setting = |value| Setting { parameter, value };
        let (least, most) = parameter.bounds();
        let pending = snapshot.pool.governance.pending_change(parameter);
        let fits = snapshot.pending_change_fits(parameter)?;
        Ok(Self {
            parameter,
            name: name(parameter),
            unit: unit(parameter),
            value: setting(snapshot.pool.parameters().get(parameter)),
            least: setting(least),
            most: setting(most),
            costs: costs_key(parameter),
            pending: pending.zip(fits).map(|(change, fits)| Pending {
                value: setting(change.value),
                from: calendar.start_of(change.from_epoch),
                fits,
            }),
        })
    }

    fn change(&self) -> String {
        let Some(pending) = &self.pending else {
            return String::new();
        };
        let when = if pending.from.has_begun {
            "as soon as the pool is cranked".to_owned()
        } else {
            format!("from {}", pending.from)
        };
        let dropped = if pending.fits {
            ""
        } else {
            "; would be dropped as the pool is now"
        };
        format!("{} {when}{dropped}", pending.value)
    }
}

/// Which way a change of a parameter can cost holders, as JSON names it.
fn costs_key(parameter: Parameter) -> &'static str {
    match parameter.costs() {
        Costs::Raised => "raised",
        Costs::Lowered => "lowered",
        Costs::EitherWay => "either_way",
        Costs::Announced => "announced",
    }
}

impl fmt::Display for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = [
            "parameter",
            "value",
            "bounds",
            "can cost holders",
            "to come",
        ];
        let mut parameters = table(header, 5);
        for line in &self.parameters {
            parameters.add_row([
                line.name.to_owned(),
                line.value.to_string(),
                bounds(line.parameter),
                costs(line.parameter).to_owned(),
                line.change(),
            ]);
        }
        writeln!(formatter, "{parameters}")?;
        writeln!(
            formatter,
            "This is epoch {}. A change that can cost holders acts two epochs after its announcement, \
             any other with the next epoch. No pool can leave the bounds.",
            self.epoch
        )?;
        self.shares.fmt(formatter)
    }
}
