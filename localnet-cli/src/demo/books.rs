//! What people have, to the lamport, before and after a command.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sluice_client::resolve_pool;
use solana_pubkey::Pubkey;

use super::Demo;
use crate::{
    said::{figure, list, text, total},
    stage::Stage,
    wallet::Wallet,
};

/// What somebody has before a command.
pub struct Before<'a> {
    stage: &'a Stage,
    owner: Pubkey,
    lamports: u64,
}

impl<'a> Before<'a> {
    /// What this person has now.
    pub fn of(stage: &'a Stage, person: &Wallet) -> Result<Self> {
        let owner = person.owner;
        let lamports = stage.lamports(&owner)?;
        Ok(Self {
            stage,
            owner,
            lamports,
        })
    }

    /// Fails unless exactly this came and went since, in lamports.
    pub fn require(&self, came: &[u64], went: &[u64]) -> Result<()> {
        let after = self.stage.lamports(&self.owner)?;
        ensure!(
            total(&[total(went)?, after])? == total(&[total(came)?, self.lamports])?,
            "{} had {} lamports and has {after}, where {came:?} came and {went:?} went",
            self.owner,
            self.lamports
        );
        Ok(())
    }
}

/// What the network took for a command and for what it had to do before, in lamports.
pub fn fees(said: &Value) -> Result<u64> {
    let own = figure(said, "/network_fee_lamports")?;
    let upkeep = said.pointer("/upkeep_fee_lamports");
    match upkeep.filter(|fee| !fee.is_null()) {
        Some(_) => total(&[own, figure(said, "/upkeep_fee_lamports")?]),
        None => Ok(own),
    }
}

/// An address that was said.
pub fn address(said: &Value, pointer: &str) -> Result<Pubkey> {
    let address = text(said, pointer)?;
    address
        .parse()
        .with_context(|| format!("{address} is no address"))
}

impl Demo {
    /// Fails unless the pool's books agree with its accounts. That somebody can replace the program is no
    /// fault of the books.
    pub fn verify(&self) -> Result<()> {
        let said = self.stage.judged(&self.stranger, "pool verify")?;
        let mut checks = list(&said, "/checks")?.iter();
        let is_good = |check: &Value| {
            let verdict = text(check, "/verdict")?;
            let is_about_program = text(check, "/check")? == "program";
            anyhow::Ok(
                ["ok", "notice"].contains(&verdict) || is_about_program && verdict == "warning",
            )
        };
        let bad = checks.find(|check| !is_good(check).unwrap_or_default());
        ensure!(bad.is_none(), "the books do not agree: {bad:?}");
        Ok(())
    }

    /// The account of a batch.
    pub fn batch(&self, id: u64) -> Result<Pubkey> {
        let pool = self.stage.pool().context("there is no pool yet")?;
        let pool = pool.parse().context("no address of a pool")?;
        Ok(resolve_pool(&self.stage.rpc, &pool)?.batch(id))
    }
}
