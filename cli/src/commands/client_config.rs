//! The settings of this command line: what is in force, and who says so.

use std::fmt;

use anyhow::Result;
use serde::Serialize;

use crate::{
    config::Settings,
    output::{json::SCHEMA, table},
    typed::Origin,
    version::COMMIT,
};

/// Everything that is in force.
#[derive(Debug, Serialize)]
pub struct InForce {
    version: &'static str,
    commit: &'static str,
    program: String,
    /// The version of what JSON looks like.
    schema: u32,
    settings: Vec<SettingLine>,
}

#[derive(Debug, Serialize)]
struct SettingLine {
    name: &'static str,
    value: Option<String>,
    from: Origin,
}

/// Shows the settings, without secrets.
pub fn show(settings: &Settings) -> Result<InForce> {
    let lines = settings.in_force().into_iter();
    Ok(InForce {
        version: env!("CARGO_PKG_VERSION"),
        commit: COMMIT,
        program: sluice::ID.to_string(),
        schema: SCHEMA,
        settings: lines
            .map(|(name, value, from)| SettingLine { name, value, from })
            .collect(),
    })
}

impl fmt::Display for InForce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut settings = table(["setting", "value", "from"], 3);
        for line in &self.settings {
            let value = line.value.clone().unwrap_or_else(|| "none".to_owned());
            settings.add_row([line.name.replace('_', "-"), value, line.from.to_string()]);
        }
        writeln!(formatter, "{settings}")?;
        writeln!(
            formatter,
            "sluice {}, commit {}, for the program {}.",
            self.version, self.commit, self.program
        )
    }
}
