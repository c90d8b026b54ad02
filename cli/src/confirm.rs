//! Asking before something large is done.

use std::{
    fmt,
    io::{IsTerminal, stdin},
};

use anyhow::{Context, Result, bail};

use crate::{
    args::{SendMode, Yes},
    output::announce,
    session::Session,
};

/// Shows a plan, and asks whoever is at the terminal whether to go on. Where nothing will be
/// sent, nothing is asked.
pub fn confirm(session: &Session, yes: Yes, plan: &impl fmt::Display) -> Result<()> {
    announce(plan);
    if yes.yes || session.send_mode() != SendMode::Send {
        return Ok(());
    }
    if !stdin().is_terminal() {
        bail!("nobody is at a terminal to agree to this: pass --yes");
    }
    announce("Go on? [y/N]");
    let mut answer = String::new();
    stdin()
        .read_line(&mut answer)
        .context("the answer cannot be read")?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => bail!("nothing was done"),
    }
}
