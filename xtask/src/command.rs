//! Commands of other programs, with an error that names the command.

use std::{
    env,
    ffi::{OsStr, OsString},
    iter,
    path::Path,
    process::Command,
};

use anyhow::{Context, Result, ensure};

/// A command that does not inherit what `cargo run` tells this one about itself: build scripts that
/// watch these variables would otherwise run again whenever the caller changes.
pub fn command(program: impl Into<OsString>) -> Command {
    let mut command = Command::new(program.into());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command.env_remove("LD_LIBRARY_PATH");
    command
}

/// Cargo, in the toolchain that runs this command.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command to its end and fails when it does.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("{name} cannot be run"))?;
    ensure!(status.success(), "{} failed ({status})", summary(command));
    Ok(())
}

/// What a command prints, or nothing when it is not there or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program and its first two arguments, enough to tell which command it was.
fn summary(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    iter::once(name)
        .chain(command.get_args().take(2))
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
