//! From a file and variables to settings, with everything that is wrong in them at once.

use std::{collections::HashMap, fs, io::ErrorKind, path::Path};

use anyhow::{Error, Result};
use config::{Config, ConfigError, Environment, File, FileFormat, Map, Source, Value};
use serde::Deserialize;
use serde_aux::prelude::serde_introspect;
use sluice_cli::{failure::misuse, signers::shown};

use super::Settings;

/// Before the names of variables.
const PREFIX: &str = "SLUICE_KEEPER_";
/// The variable of the file itself, which is no key in it.
pub const FILE_VARIABLE: &str = "SLUICE_KEEPER_CONFIG";
/// What an error calls the place of a variable.
const IN_ENVIRONMENT: &str = "the environment";
/// What stands for a key that must be there, while the others are looked at.
const STAND_INS: [(&str, &str); 3] = [
    ("urls", "localhost"),
    ("keypair", "id.json"),
    ("pools", "11111111111111111111111111111111"),
];

type Variables = HashMap<String, String>;

/// What a file and these variables say.
pub fn read(path: &Path, variables: impl Iterator<Item = (String, String)>) -> Result<Settings> {
    let text = text_of(path)?;
    let makes_no_sense = |complaints: &[String]| {
        let path = shown(path);
        misuse(all_of(
            &format!("the configuration {path} makes no sense"),
            complaints,
        ))
    };
    let (own, foreign_variables) = sorted_out(variables);
    let table = merged(&text, own).map_err(|error| makes_no_sense(&[complaint(&error, false)]))?;
    let settings = settings_of(table).map_err(|complaints| makes_no_sense(&complaints))?;
    Ok(Settings {
        foreign_variables,
        ..settings
    })
}

/// A sentence without its full stop of one thing that is wrong, or a list of several.
pub fn all_of(head: &str, wrong: &[String]) -> String {
    match wrong {
        [one] => format!("{head}: {one}"),
        several => format!("{head}:\n- {}", several.join("\n- ")),
    }
}

fn text_of(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let path = shown(path);
    misuse(match error.kind() {
        ErrorKind::NotFound => format!(
            "there is no configuration {path}: write one with `urls`, `keypair` and `pools`, or name another \
             file with --config or {FILE_VARIABLE}"
        ),
        _ => format!("the configuration {path} cannot be read: {error}"),
    })
}

/// The keeper's variables, and the names of those that only begin like them.
fn sorted_out(variables: impl Iterator<Item = (String, String)>) -> (Variables, Vec<String>) {
    let keys = serde_introspect::<Settings>();
    let key_of = |name: &str| name.strip_prefix(PREFIX).map(str::to_lowercase);
    let named = variables.filter(|(name, _)| name.starts_with(PREFIX) && name != FILE_VARIABLE);
    let (own, foreign): (Variables, Variables) =
        named.partition(|(name, _)| key_of(name).is_some_and(|key| keys.contains(&key.as_str())));
    let mut foreign: Vec<String> = foreign.into_keys().collect();
    foreign.sort();
    (own, foreign)
}

/// The values of all keys.
fn merged(text: &str, variables: Variables) -> Result<Map<String, Value>, ConfigError> {
    let environment = Environment::with_prefix(PREFIX.trim_end_matches('_'))
        .prefix_separator("_")
        .ignore_empty(true)
        .source(Some(variables));
    Config::builder()
        .add_source(File::from_str(text, FileFormat::Toml))
        .add_source(environment)
        .build()?
        .collect()
}

/// The settings of these values, or all complaints about them: what is complained of is taken away, and the
/// rest is looked at again.
fn settings_of(mut table: Map<String, Value>) -> Result<Settings, Vec<String>> {
    let keys = serde_introspect::<Settings>();
    let is_known = |key: &str| keys.contains(&key);
    let unknown = table.keys().filter(|key| !is_known(key));
    let mut complaints: Vec<String> = unknown.map(|key| format!("`{key}` is no key")).collect();
    complaints.sort();
    table.retain(|key, _| is_known(key));
    loop {
        let error = match Settings::deserialize(Value::from(table.clone())) {
            Ok(settings) => {
                complaints.extend(settings.complaints());
                if complaints.is_empty() {
                    complaints.extend(settings.alerts.check(&settings.pools).err());
                }
                let is_right = complaints.is_empty();
                return is_right.then_some(settings).ok_or(complaints);
            }
            Err(error) => error,
        };
        let Some(key) = key_of(&error) else {
            complaints.push(complaint(&error, false));
            return Err(complaints);
        };
        let origin = table.get(&key).and_then(Value::origin);
        complaints.push(complaint(&error, origin == Some(IN_ENVIRONMENT)));
        let stand_in = STAND_INS.iter().find(|(name, _)| *name == key);
        let was_there = table.remove(&key).is_some();
        match stand_in {
            Some((_, text)) => drop(table.insert(key, Value::from(*text))),
            None if was_there => {}
            None => return Err(complaints),
        }
    }
}

/// The key that an error is about, without what is within it.
fn key_of(error: &ConfigError) -> Option<String> {
    let (ConfigError::Type { key, .. } | ConfigError::At { key, .. }) = error else {
        let ConfigError::NotFound(key) = error else {
            return None;
        };
        return Some(key.clone());
    };
    let whole = key.as_deref()?;
    whole.split(['.', '[']).next().map(str::to_owned)
}

/// What is wrong with which key, which a variable may have set, without its value.
fn complaint(error: &ConfigError, is_variable: bool) -> String {
    let named = |key: &Option<String>| {
        let key = key.as_deref().unwrap_or_default();
        match is_variable {
            true => format!("`{PREFIX}{}`", key.to_uppercase()),
            false => format!("`{key}`"),
        }
    };
    match error {
        ConfigError::Type { expected, key, .. } => format!("{} must be {expected}", named(key)),
        ConfigError::At { error, key, .. } => {
            format!("{}: {}", named(key), complaint(error, false))
        }
        ConfigError::NotFound(key) => format!("`{key}` is missing"),
        ConfigError::FileParse { cause, .. } => {
            // The lines between repeat what is written there.
            let said = cause.to_string();
            let mut lines = said.lines();
            let (place, what) = (lines.next(), lines.next_back());
            let told = [place, what].into_iter().flatten();
            told.collect::<Vec<_>>().join(": ")
        }
        other => {
            // From the first quote on it repeats the value.
            let said = other.to_string();
            let told = said.split('"').next().unwrap_or_default();
            told.trim_end().to_owned()
        }
    }
}
