//! From a file and variables to settings, with everything that is wrong in them at once.

use std::{collections::HashMap, io::ErrorKind, path};

use anyhow::{Error, Result};
use config::{Config, ConfigError, Environment, File, FileFormat, Map, Source, Value, ValueKind};
use serde::Deserialize;
use serde_aux::prelude::serde_introspect;
use sluice_cli::{failure::misuse, signers::shown};
use sluice_client::send::files::read_text;

use super::{Settings, path::Path};
use crate::alerts::settings::{AlertSettings, Feed, Webhook};

/// Before the names of variables.
const PREFIX: &str = "SLUICE_KEEPER_";
/// The variable of the file itself, which is no key in it.
pub const FILE_VARIABLE: &str = "SLUICE_KEEPER_CONFIG";
/// What an error calls the place of a variable.
const IN_ENVIRONMENT: &str = "the environment";
type Variables = HashMap<String, String>;

/// What a file and these variables say.
pub fn read(
    path: &path::Path,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Settings> {
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

fn text_of(path: &path::Path) -> Result<String> {
    read_text(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &path::Path, error: &std::io::Error) -> Error {
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
    let mut complaints = unknown_keys(&mut table);
    let mut wrong: Vec<Path> = Vec::new();
    loop {
        let error = match Settings::deserialize(Value::from(table.clone())) {
            Ok(settings) => {
                complaints.extend(settings.complaints());
                let of_alerts = settings.alerts.complaints(&settings.pools);
                // What stands for another value says nothing of the file.
                let (pools, markets) = (Path::of("pools"), Path::of("alerts.markets"));
                let stands_in = |place: &Path, known: &Path| {
                    place.holds(known) || (pools.holds(known) && markets.holds(place))
                };
                let is_new = |place: &Path| !wrong.iter().any(|known| stands_in(place, known));
                let of_alerts = of_alerts.into_iter().filter(|(place, _)| is_new(place));
                complaints.extend(of_alerts.map(|(place, why)| format!("{place}: {why}")));
                let is_right = complaints.is_empty();
                return is_right.then_some(settings).ok_or(complaints);
            }
            Err(error) => error,
        };
        let Some(path) = path_of(&error) else {
            complaints.push(complaint(&error, false));
            return Err(complaints);
        };
        let origin = table.get(path.first()).and_then(Value::origin);
        complaints.push(complaint(&error, origin == Some(IN_ENVIRONMENT)));
        if !path.take_from(&mut table) {
            return Err(complaints);
        }
        wrong.push(path);
    }
}

/// Takes keys away that are none, and complains of each.
fn unknown_keys(table: &mut Map<String, Value>) -> Vec<String> {
    let mut complaints = Vec::new();
    take_unknown(table, "", serde_introspect::<Settings>(), &mut complaints);
    if let Some(ValueKind::Table(alerts)) = table.get_mut("alerts").map(|value| &mut value.kind) {
        let keys = serde_introspect::<AlertSettings>();
        take_unknown(alerts, "alerts.", keys, &mut complaints);
        for (list, keys) in [
            ("webhooks", serde_introspect::<Webhook>()),
            ("markets", serde_introspect::<Feed>()),
        ] {
            let Some(ValueKind::Array(all)) = alerts.get_mut(list).map(|value| &mut value.kind)
            else {
                continue;
            };
            for (index, one) in all.iter_mut().enumerate() {
                if let ValueKind::Table(one) = &mut one.kind {
                    let before = format!("alerts.{list}[{index}].");
                    take_unknown(one, &before, keys, &mut complaints);
                }
            }
        }
    }
    complaints
}

fn take_unknown(
    table: &mut Map<String, Value>,
    before: &str,
    keys: &[&str],
    complaints: &mut Vec<String>,
) {
    let is_known = |key: &str| keys.contains(&key);
    let unknown = table.keys().filter(|key| !is_known(key));
    let unknown = unknown.map(|key| Path::of(before).and(key));
    let mut unknown: Vec<String> = unknown.map(|path| format!("{path} is no key")).collect();
    unknown.sort();
    complaints.extend(unknown);
    table.retain(|key, _| is_known(key));
}

/// The place that an error is about.
fn path_of(error: &ConfigError) -> Option<Path> {
    match error {
        ConfigError::Type { key, .. } | ConfigError::At { key, .. } => key.as_deref().map(Path::of),
        ConfigError::NotFound(key) => Some(Path::of(key)),
        _ => None,
    }
}

/// What is wrong with which key, which a variable may have set, without its value.
fn complaint(error: &ConfigError, is_variable: bool) -> String {
    let named = |key: &Option<String>| {
        let key = key.as_deref().unwrap_or_default();
        match is_variable {
            true => format!("`{PREFIX}{}`", key.to_uppercase()),
            false => Path::of(key).to_string(),
        }
    };
    match error {
        ConfigError::Type { expected, key, .. } => format!("{} must be {expected}", named(key)),
        ConfigError::At { error, key, .. } => {
            format!("{}: {}", named(key), complaint(error, false))
        }
        ConfigError::NotFound(key) => format!("{} is missing", Path::of(key)),
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
