//! Writing a pool as a file.

use std::fmt::{self, Write};

use anyhow::Result;
use serde::Serialize;
use sluice::state::{Parameter, SlotState, Unit};
use sluice_client::{PoolSnapshot, TokenMetadata};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use super::file::{NOBODY, parameter_key};
use crate::{
    parameters::{help, limit},
    session::Session,
};

/// A pool as a file.
#[derive(Debug, Serialize)]
pub struct Exported {
    pool: String,
    toml: String,
}

/// Writes the configured pool as it was decided last: what waits to change is written as it will be.
pub fn export(session: &Session) -> Result<Exported> {
    session.makes_no_transaction("pool export")?;
    let snapshot = session.snapshot()?;
    let token = TokenMetadata::load(&session.rpc, &snapshot.addresses)?;
    Ok(Exported {
        pool: snapshot.addresses.pool.to_string(),
        toml: written(&snapshot, token.as_ref())?,
    })
}

fn written(snapshot: &PoolSnapshot, token: Option<&TokenMetadata>) -> Result<String> {
    let mut text = String::new();
    let pool = snapshot.addresses.pool;
    writeln!(
        text,
        "# A pool as it was decided last. `sluice pool plan FILE` shows what a changed file would change,\n\
         # `sluice pool apply FILE` does it. What a file does not name stays as it is.\n\
         pool = {}",
        quoted(&pool.to_string())?
    )?;
    parameters(&mut text, snapshot)?;
    roles(&mut text, snapshot)?;
    name(&mut text, token)?;
    validators(&mut text, snapshot)?;
    Ok(text)
}

fn parameters(text: &mut String, snapshot: &PoolSnapshot) -> Result<()> {
    writeln!(
        text,
        "\n# Rates are basis points: 100 are 1%. Amounts are SOL in quotation marks. The admin changes them, \
         with notice.\n[parameters]"
    )?;
    for parameter in Parameter::ALL {
        let (key, value) = (
            parameter_key(parameter),
            snapshot.pool.planned_value(parameter),
        );
        let value = match (parameter.unit(), limit(value)) {
            (Unit::Bps, _) => value.to_string(),
            (Unit::Lamports, None) => quoted("none")?,
            (Unit::Lamports, Some(lamports)) => quoted(&Lamports::new(lamports).to_string())?,
        };
        writeln!(text, "# {}.", help(parameter))?;
        writeln!(text, "{key} = {value}")?;
    }
    Ok(())
}

fn roles(text: &mut String, snapshot: &PoolSnapshot) -> Result<()> {
    let pool = &snapshot.pool;
    writeln!(text, "\n# Addresses, or {}.\n[roles]", quoted(NOBODY)?)?;
    for (key, meaning, holder) in [
        (
            "admin",
            "Gives roles and changes parameters. Another one is nominated, and must accept.",
            pool.admin,
        ),
        (
            "nominated_admin",
            "Who may become admin.",
            pool.nominated_admin,
        ),
        (
            "curator",
            "Adds, weighs and retires validators.",
            pool.curator,
        ),
        (
            "guardian",
            "Pauses deposits and delegation for some epochs.",
            pool.guardian,
        ),
        ("treasury", "Is paid the reward fee.", pool.treasury),
    ] {
        let holder = match holder == Pubkey::default() {
            true => NOBODY.to_owned(),
            false => holder.to_string(),
        };
        writeln!(text, "# {meaning}\n{key} = {}", quoted(&holder)?)?;
    }
    Ok(())
}

fn name(text: &mut String, token: Option<&TokenMetadata>) -> Result<()> {
    let Some(token) = token else {
        return Ok(writeln!(
            text,
            "\n# The token has no name, and nobody can give it one."
        )?);
    };
    writeln!(
        text,
        "\n# What wallets show. Its update authority changes it.\n[token]"
    )?;
    let hidden: Vec<&str> = token.not_shown().collect();
    let (name, symbol, uri) = (token.name(), token.symbol(), token.uri());
    for (key, value) in [("name", name), ("symbol", symbol), ("uri", uri)] {
        match hidden.contains(&key) {
            true => writeln!(
                text,
                "# {key} has characters that cannot be shown: it stays."
            )?,
            false => writeln!(text, "{key} = {}", quoted(&value)?)?,
        }
    }
    let authority = quoted(&token.update_authority.to_string())?;
    writeln!(text, "update_authority = {authority}")?;
    Ok(())
}

fn validators(text: &mut String, snapshot: &PoolSnapshot) -> Result<()> {
    writeln!(
        text,
        "\n# All validators: others leave. A share of the stake is a weight over the sum of all weights. The \
         curator\n# changes them, from the next epoch on."
    )?;
    for placed in snapshot.slots() {
        let (slot, vote) = (placed.slot, placed.place.vote);
        if slot.will_leave() {
            let why = match slot.state()? == SlotState::Ejected {
                true => "was ejected",
                false => "leaves",
            };
            writeln!(text, "# {vote} {why}.")?;
            continue;
        }
        let vote = quoted(&vote.to_string())?;
        let weight = slot.next_weight;
        writeln!(text, "[[validators]]\nvote = {vote}\nweight = {weight}")?;
    }
    Ok(())
}

/// A text of TOML: what JSON escapes, TOML reads.
fn quoted(text: &str) -> Result<String> {
    Ok(serde_json::to_string(text)?)
}

impl fmt::Display for Exported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.toml)
    }
}
