//! Asking before something large is done.

use std::io::{IsTerminal, stderr, stdin};

use anyhow::{Context, Result, bail};
use dialoguer::Input;
use solana_pubkey::Pubkey;

use crate::{args::SendMode, session::Session, signers::discreet};

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
    if !confirmed("Go on?")? {
        bail!(refused);
    }
    Ok(())
}

/// Asks a question that no `--yes` stands in for: see [`may_ask`].
pub fn confirmed(question: &str) -> Result<bool> {
    // Not a `Confirm`: that hides the cursor, and where the answer is Ctrl-C, it stays hidden.
    let typed = Input::<String>::new()
        .with_prompt(format!("{question} [y/N]"))
        .default("n".to_owned())
        .show_default(false)
        .validate_with(|typed: &String| answer(typed).map(drop).ok_or("y or n?"))
        .interact_text()
        .context("the answer cannot be read")?;
    Ok(answer(&typed) == Some(true))
}

/// What somebody means who types this, if it is an answer.
fn answer(typed: &str) -> Option<bool> {
    match typed.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

/// Whether somebody is there to answer: not where the result is for a program.
pub fn may_ask(session: &Session) -> bool {
    !session.is_for_programs() && is_at_terminal()
}

/// Lets an address be typed once more before what cannot be taken back; `again` is what was typed on
/// the command line. No `--yes` stands in for it.
pub fn retype(
    session: &Session,
    address: &Pubkey,
    again: Option<Pubkey>,
    refused: &'static str,
) -> Result<()> {
    if session.send_mode() != SendMode::Send {
        return Ok(());
    }
    if again.is_none() && !is_at_terminal() {
        bail!("nobody is at a terminal to type the address once more: pass --again {address}");
    }
    let typed = match again {
        Some(again) => again.to_string(),
        None => Input::<String>::new()
            .with_prompt("This cannot be taken back. Type the address once more")
            .interact_text()
            .context("the answer cannot be read")?,
    };
    if typed.trim() != address.to_string() {
        bail!("{} is not {address}: {refused}", discreet(typed.trim()));
    }
    Ok(())
}

fn is_at_terminal() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_and_no_are_answers() {
        for yes in ["y", "Y", "yes", " Yes "] {
            assert_eq!(answer(yes), Some(true), "{yes}");
        }
        for no in ["n", "N", "no", "NO"] {
            assert_eq!(answer(no), Some(false), "{no}");
        }
        for nothing in ["", "yy", "yn", "1", "true"] {
            assert_eq!(answer(nothing), None, "{nothing}");
        }
    }
}
