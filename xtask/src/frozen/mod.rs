//! What was promised of the interface: a recorded copy, which the program of today must still be.

mod fields;
mod growth;
mod recording;
#[cfg(test)]
mod tests;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use self::growth::breaks;
pub use self::recording::record;
use crate::{interface::HEAD, workspace::Workspace};

/// The line of the program's source that gives the layout version.
const VERSION_LINE: &str = "pub const VERSION: u8 = ";

fn file(workspace: &Workspace) -> PathBuf {
    workspace.root.join("idl/frozen.json")
}

/// What an interface description makes with seeds and layout version of the source: what is recorded.
pub fn of(workspace: &Workspace, idl: &Value) -> Result<Value> {
    record(idl, HEAD, layout_version(workspace)?)
}

/// Records what was added since.
///
/// # Errors
///
/// The interface breaks what was recorded.
pub fn write(workspace: &Workspace, idl: &Value) -> Result<()> {
    let (file, current) = (file(workspace), of(workspace, idl)?);
    require_growth(&read(workspace)?, &current)?;
    fs::write(&file, lines(&current, "") + "\n")?;
    eprintln!("{} is written", file.display());
    Ok(())
}

/// Fails where the interface breaks what was recorded, or has what is not recorded yet.
pub fn check(workspace: &Workspace, idl: &Value) -> Result<()> {
    let (recorded, current) = (read(workspace)?, of(workspace, idl)?);
    require_growth(&recorded, &current)?;
    ensure!(
        recorded == current,
        "the interface has grown: run `cargo xtask idl` and commit {}",
        file(workspace).display()
    );
    eprintln!("{} holds", file(workspace).display());
    Ok(())
}

/// JSON with a line for each field, so that a change is a line.
fn lines(value: &Value, indent: &str) -> String {
    let deeper = format!("{indent} ");
    let block = |open: &str, close: &str, items: Vec<String>| {
        let items = items.join(&format!(",\n{deeper}"));
        format!("{open}\n{deeper}{items}\n{indent}{close}")
    };
    match value {
        Value::Object(items) if !items.is_empty() => {
            let items = items.iter();
            let items = items.map(|(key, item)| format!("{key:?}: {}", lines(item, &deeper)));
            block("{", "}", items.collect())
        }
        Value::Array(items) if items.iter().any(Value::is_array) => {
            let items = items.iter().map(|item| lines(item, &deeper));
            block("[", "]", items.collect())
        }
        simple => simple.to_string(),
    }
}

fn require_growth(recorded: &Value, current: &Value) -> Result<()> {
    let broken = breaks(recorded, current)?;
    ensure!(
        broken.is_empty(),
        "the interface breaks what idl/frozen.json promises (docs/src/interface.md, \"What is promised\"):\n  {}",
        broken.join("\n  ")
    );
    Ok(())
}

fn read(workspace: &Workspace) -> Result<Value> {
    let file = file(workspace);
    let text = fs::read_to_string(&file);
    let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn layout_version(workspace: &Workspace) -> Result<u8> {
    let source = workspace.root.join("programs/sluice/src/state/pool.rs");
    let text = fs::read_to_string(&source)?;
    let mut lines = text.lines();
    let version = lines.find_map(|line| line.strip_prefix(VERSION_LINE)?.strip_suffix(';'));
    let version = version.with_context(|| format!("{} has no VERSION", source.display()))?;
    Ok(version.parse()?)
}
