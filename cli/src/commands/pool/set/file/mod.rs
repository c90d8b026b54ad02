//! The file that says how a pool is wanted.

use std::{collections::BTreeMap, fmt, path::Path};

use anyhow::Result;
use serde::Deserialize;
use sluice::state::{Parameter, Unit};
use sluice_client::{
    plan::set::{Impossible, Place, RoleKey, TokenKey, Wanted, WantedValidator},
    quote::ratings::Thresholds,
    send::files::read_text,
    words::printable::printable,
};
use solana_pubkey::Pubkey;
use toml::{Spanned, Value};

use super::tables::{OptimiseTable, TopTable};
use crate::{args::address, failure::misuse, parameters, signers::shown};

/// The word for no key.
pub const NOBODY: &str = "nobody";

/// A file as it was read.
#[derive(Debug)]
pub struct SetFile {
    /// The pool that it is about, if it says so.
    pub pool: Option<Pubkey>,
    /// What it wants, without the validators that it leaves to a rating.
    pub wanted: Wanted,
    /// The best of a rating instead of named validators.
    pub top: Option<TopTable>,
    /// How weights are proposed.
    pub optimise: Option<OptimiseTable>,
    /// The rules of the rating.
    pub rating: Thresholds,
    /// The line of these rules, where there are some.
    pub rating_line: Option<usize>,
    name: String,
    lines: Vec<(Place, usize)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    pool: Option<Spanned<String>>,
    #[serde(default)]
    parameters: BTreeMap<String, Spanned<Value>>,
    #[serde(default)]
    roles: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    token: BTreeMap<String, Spanned<String>>,
    validators: Option<Vec<ValidatorTable>>,
    top: Option<Spanned<TopTable>>,
    optimise: Option<OptimiseTable>,
    rating: Option<Spanned<Thresholds>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidatorTable {
    vote: Spanned<String>,
    weight: Option<Spanned<i64>>,
}

/// What is wrong with a file, and where.
#[derive(Debug)]
struct Fault {
    line: usize,
    key: String,
    why: String,
}

impl SetFile {
    /// Reads a file. Fails with everything that cannot be meant, each with its line.
    pub fn read(path: &Path) -> Result<Self> {
        let name = shown(path);
        let text = read_text(path)
            .map_err(|error| misuse(format!("the file {name} cannot be read: {error}")))?;
        Self::parse(name.clone(), &text).map_err(|faults| misuse(told(&name, faults.iter())))
    }

    fn parse(name: String, text: &str) -> Result<Self, Vec<Fault>> {
        let tables: Tables = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            vec![Fault {
                line: line_of(text, at),
                key: String::new(),
                why: printable(error.message()),
            }]
        })?;
        let mut reading = Reading {
            text,
            wanted: Wanted::default(),
            lines: Vec::new(),
            faults: Vec::new(),
        };
        let pool = tables.pool.and_then(|pool| reading.address("pool", &pool));
        reading.parameters(&tables.parameters);
        reading.roles(&tables.roles);
        reading.token(tables.token);
        if let (Some(top), Some(_)) = (&tables.top, &tables.validators) {
            let why = "validators are named as well: name them, or ask for the best, not both";
            reading.fault(top.span().start, "top", why);
        }
        if let Some(top) = &tables.top {
            reading.note(Place::Validators, top.span().start);
        }
        if let Some(validators) = tables.validators {
            reading.validators(validators, tables.optimise.is_some());
        }
        let limits = tables.optimise.iter().flat_map(OptimiseTable::faults);
        let limits = limits.chain(tables.top.iter().flat_map(|top| top.get_ref().faults()));
        for (at, key, why) in limits {
            reading.fault(at, key, why);
        }
        reading.faults.sort_by_key(|fault| fault.line);
        if !reading.faults.is_empty() {
            return Err(reading.faults);
        }
        let rating_line = tables.rating.as_ref();
        let rating_line = rating_line.map(|rating| line_of(text, rating.span().start));
        Ok(Self {
            pool,
            wanted: reading.wanted,
            top: tables.top.map(Spanned::into_inner),
            optimise: tables.optimise,
            rating: tables.rating.map(Spanned::into_inner).unwrap_or_default(),
            rating_line,
            name,
            lines: reading.lines,
        })
    }

    /// What the file is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Wishes that cannot be fulfilled, each with its line.
    pub fn refused(&self, impossible: &[Impossible]) -> String {
        let faults: Vec<Fault> = impossible
            .iter()
            .map(|one| Fault {
                line: self.line(&one.place),
                key: key(&one.place),
                why: one.why.clone(),
            })
            .collect();
        told(&self.name, faults.iter())
    }

    fn line(&self, place: &Place) -> usize {
        let found = self.lines.iter().find(|(known, _)| known == place);
        found.map_or(0, |(_, line)| *line)
    }
}

/// What stands at a place of the file.
pub fn key(place: &Place) -> String {
    match place {
        Place::Validators => "validators".to_owned(),
        Place::Validator(vote) => format!("validator {vote}"),
        Place::Parameter(parameter) => format!("parameters.{}", parameter_key(*parameter)),
        Place::Role(role) => format!("roles.{role}"),
        Place::Token(part) => format!("token.{part}"),
    }
}

/// What a parameter is called in the file: limits are written in SOL.
pub fn parameter_key(parameter: Parameter) -> String {
    let field = parameter.field();
    match field.strip_suffix("_lamports") {
        Some(name) => format!("{name}_sol"),
        None => field.to_owned(),
    }
}

fn told<'a>(name: &str, faults: impl Iterator<Item = &'a Fault>) -> String {
    let faults: Vec<String> = faults.map(Fault::to_string).collect();
    format!("{name}: {}", faults.join("; "))
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = (self.line > 0).then(|| format!("line {}", self.line));
        let key = Some(self.key.clone()).filter(|key| !key.is_empty());
        let place: Vec<String> = line.into_iter().chain(key).collect();
        match place.is_empty() {
            true => formatter.write_str(&self.why),
            false => write!(formatter, "{}: {}", place.join(", "), self.why),
        }
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.bytes().take(at);
    before
        .filter(|byte| *byte == b'\n')
        .count()
        .saturating_add(1)
}

/// A file on the way to a wish.
struct Reading<'a> {
    text: &'a str,
    wanted: Wanted,
    lines: Vec<(Place, usize)>,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn note(&mut self, place: Place, at: usize) {
        self.lines.push((place, line_of(self.text, at)));
    }

    fn fault(&mut self, at: usize, key: impl Into<String>, why: impl Into<String>) {
        self.faults.push(Fault {
            line: line_of(self.text, at),
            key: key.into(),
            why: why.into(),
        });
    }

    fn address(&mut self, key: &str, text: &Spanned<String>) -> Option<Pubkey> {
        match address(text.get_ref()) {
            Ok(address) => Some(address),
            Err(_) => {
                let why = format!("{} is no address", printable(text.get_ref()));
                self.fault(text.span().start, key, why);
                None
            }
        }
    }

    fn parameters(&mut self, table: &BTreeMap<String, Spanned<Value>>) {
        for (name, value) in table {
            let (at, full) = (
                value.span().start,
                format!("parameters.{}", printable(name)),
            );
            let known = Parameter::ALL
                .into_iter()
                .find(|parameter| parameter_key(*parameter) == *name);
            let Some(parameter) = known else {
                let why = "there is no such parameter: `sluice pool export` writes all of them";
                self.fault(at, full, why);
                continue;
            };
            let place = Place::Parameter(parameter);
            self.note(place, at);
            match setting(parameter, value.get_ref()) {
                Ok(value) => self.wanted.parameters.push((parameter, value)),
                Err(error) => self.fault(at, full, error.to_string()),
            }
        }
        // In the order in which the program has them.
        self.wanted
            .parameters
            .sort_by_key(|(parameter, _)| parameter.index());
    }

    fn roles(&mut self, table: &BTreeMap<String, Spanned<String>>) {
        for (name, holder) in table {
            let (at, full) = (holder.span().start, format!("roles.{}", printable(name)));
            let Ok(role) = name.parse::<RoleKey>() else {
                let why = "there is no such role: use admin, nominated_admin, curator, guardian or treasury";
                self.fault(at, full, why);
                continue;
            };
            self.note(Place::Role(role), at);
            let key = match holder.get_ref().as_str() {
                NOBODY => Some(Pubkey::default()),
                _ => self.address(&full, holder),
            };
            let roles = &mut self.wanted.roles;
            match role {
                RoleKey::Admin => roles.admin = key,
                RoleKey::NominatedAdmin => roles.nominated_admin = key,
                RoleKey::Curator => roles.curator = key,
                RoleKey::Guardian => roles.guardian = key,
                RoleKey::Treasury => roles.treasury = key,
            }
        }
    }

    fn token(&mut self, table: BTreeMap<String, Spanned<String>>) {
        for (name, text) in table {
            let (at, full) = (text.span().start, format!("token.{}", printable(&name)));
            let Ok(part) = name.parse::<TokenKey>() else {
                let why = "use name, symbol, uri or update_authority";
                self.fault(at, full, why);
                continue;
            };
            self.note(Place::Token(part), at);
            match part {
                TokenKey::Name => self.wanted.token.name = Some(text.into_inner()),
                TokenKey::Symbol => self.wanted.token.symbol = Some(text.into_inner()),
                TokenKey::Uri => self.wanted.token.uri = Some(text.into_inner()),
                TokenKey::UpdateAuthority => {
                    self.wanted.token.update_authority = self.address(&full, &text);
                }
            }
        }
    }

    fn validators(&mut self, tables: Vec<ValidatorTable>, are_weighed: bool) {
        let mut wanted = Vec::with_capacity(tables.len());
        let first = tables.first().map_or(0, |table| table.vote.span().start);
        self.note(Place::Validators, first);
        for table in tables {
            let at = table.vote.span().start;
            let Some(vote) = self.address("validators.vote", &table.vote) else {
                continue;
            };
            self.note(Place::Validator(vote), at);
            let key = format!("validator {vote}");
            let weight = match table.weight {
                // The optimiser gives it one.
                None if are_weighed => Some(0),
                None => {
                    self.fault(at, key, "it needs a weight, or the file needs [optimise]");
                    None
                }
                Some(weight) => {
                    let (at, weight) = (weight.span().start, weight.into_inner());
                    let fits = u16::try_from(weight).ok();
                    if fits.is_none() {
                        let why = format!("its weight can be 0 to {}, not {weight}", u16::MAX);
                        self.fault(at, key, why);
                    }
                    fits
                }
            };
            wanted.extend(weight.map(|weight| WantedValidator { vote, weight }));
        }
        self.wanted.validators = Some(wanted);
    }
}

/// A parameter's value: basis points are a number, amounts of SOL a text, which no number rounds.
fn setting(parameter: Parameter, value: &Value) -> Result<u64> {
    let text = match (parameter.unit(), value) {
        (Unit::Bps, Value::Integer(bps)) => bps.to_string(),
        (Unit::Lamports, Value::String(sol)) => printable(sol),
        (Unit::Bps, _) => {
            return Err(misuse(
                "it is a whole number of basis points, such as 500 for 5%",
            ));
        }
        (Unit::Lamports, _) => {
            return Err(misuse(
                "it is an amount of SOL in quotation marks, such as \"12.5\", or \"none\"",
            ));
        }
    };
    parameters::read(parameter, &text)
}

#[cfg(test)]
mod tests;
