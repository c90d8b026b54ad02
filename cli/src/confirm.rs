//! Asking before something large is done.

use std::{
    fmt,
    io::{IsTerminal, stderr, stdin},
};

use anyhow::{Context, Result, bail, ensure};
use dialoguer::Confirm;

use crate::{args::SendMode, output::announce, session::Session};

/// Shows a plan, and asks whoever is at the terminal whether to go on. Where nothing will be
/// sent, nothing is asked.
pub fn confirm(session: &Session, plan: &impl fmt::Display) -> Result<()> {
    announce(plan);
    if session.send_mode() != SendMode::Send {
        return Ok(());
    }
    agree(session.agrees_to_all())
}

/// Asks whoever is at the terminal whether to go on, unless that was agreed to beforehand.
pub fn agree(is_agreed: bool) -> Result<()> {
    if is_agreed {
        return Ok(());
    }
    if !(stdin().is_terminal() && stderr().is_terminal()) {
        bail!("nobody is at a terminal to agree to this: pass --yes");
    }
    let agrees = Confirm::new()
        .with_prompt("Go on?")
        .default(false)
        .wait_for_newline(true)
        .interact()
        .context("the answer cannot be read")?;
    ensure!(agrees, "nothing was done");
    Ok(())
}
