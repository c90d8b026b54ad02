//! Asking before something large is done.

use std::io::{IsTerminal, stderr, stdin};

use anyhow::{Context, Result, bail};
use dialoguer::Confirm;

use crate::{args::SendMode, session::Session};

/// When it is asked whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Always: where nobody can answer, only `--yes` goes on.
    Always,
    /// Where somebody is at a terminal.
    AtTerminal,
}

/// Asks whether to go on, after what is done was told. `refused` is what was done until now, and is said
/// if the answer is no. Where nothing will be sent, nothing is asked.
pub fn ask(session: &Session, asked: Asked, refused: &'static str) -> Result<()> {
    if session.send_mode() != SendMode::Send || (asked == Asked::AtTerminal && !is_at_terminal()) {
        return Ok(());
    }
    agree(session.agrees_to_all(), refused)
}

/// Asks whoever is at the terminal whether to go on, unless that was agreed to beforehand.
pub fn agree(is_agreed: bool, refused: &'static str) -> Result<()> {
    if is_agreed {
        return Ok(());
    }
    if !is_at_terminal() {
        bail!("nobody is at a terminal to agree to this: pass --yes");
    }
    let agrees = Confirm::new()
        .with_prompt("Go on?")
        .default(false)
        .wait_for_newline(true)
        .interact()
        .context("the answer cannot be read")?;
    if !agrees {
        bail!(refused);
    }
    Ok(())
}

fn is_at_terminal() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}
