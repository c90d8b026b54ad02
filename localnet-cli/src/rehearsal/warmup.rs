//! More stake comes and goes than a cluster warms up and cools down in one epoch.

use anyhow::{Result, ensure};
use serde_json::Value;
use sluice_client::words::amounts::{lst, sol};
use sluice_math::{Lamports, Lst};

use super::Rehearsal;
use crate::{
    demo::{
        Before, address, fees,
        narration::{act, tell},
    },
    said::{difference, figure, list, text, total},
    wallet::Wallet,
};

/// A fifth of what the validator has: two epochs and more of warm-up, at 9% an epoch.
const STAKED_LAMPORTS: u64 = 200_000_000_000_000;
const EPOCHS_OF_WARM_UP: usize = 3;
/// More than the cluster releases in one epoch.
const QUEUED_LST: u64 = 150_000_000_000_000;
const EPOCHS_AT_MOST: usize = 12;

impl Rehearsal {
    /// A deposit that warms up for epochs, and leaves again for epochs.
    pub fn warm_up(&mut self) -> Result<()> {
        act(
            14,
            "Warm up over epochs",
            "A cluster activates and releases 9% of its stake in an epoch. A deposit of a fifth takes longer.",
        );
        let (stage, stranger) = (&self.demo.stage, &self.demo.stranger);
        let whale = stage.actor("whale", STAKED_LAMPORTS + 1_000_000_000_000)?;
        stage.sluice(&whale, &format!("stake {}", Lamports::new(STAKED_LAMPORTS)))?;
        stage.to_window(stranger)?;
        stage.sluice(stranger, "crank")?;
        for _ in 0..EPOCHS_OF_WARM_UP {
            self.demo.next_epoch()?;
            self.show_stake()?;
            self.demo.verify()?;
        }
        self.leave(&whale)
    }

    /// What is more than cools down in an epoch comes back, and is paid, in parts.
    fn leave(&mut self, whale: &Wallet) -> Result<()> {
        let (stage, stranger) = (&self.demo.stage, &self.demo.stranger);
        let asked = stage.sluice(whale, &format!("unstake {}", Lst::new(QUEUED_LST)))?;
        let promised = figure(&asked, "/payable_epoch")?;
        let latest = figure(&asked, "/latest_epoch")?;
        tell(&format!(
            "It is promised for epoch {promised}, at the latest {latest}: {}",
            asked["reasons"]
        ));
        let mut paid = Vec::new();
        for _ in 0..EPOCHS_AT_MOST {
            stage.to_window(stranger)?;
            stage.sluice(stranger, "crank")?;
            let epoch = self.demo.next_epoch()?.epoch;
            self.demo.verify()?;
            let (part, is_last) = self.claim_part(whale, &asked)?;
            tell(&format!("Epoch {epoch}: {} were paid.", sol(part)));
            paid.push(part);
            if is_last {
                ensure!(epoch <= latest, "promised until {latest}, paid in {epoch}");
                let what = "more than cools down in an epoch: paid in parts";
                self.figures
                    .add(what, paid.iter().filter(|part| **part > 0).count());
                return require_promised(&asked, total(&paid)?);
            }
        }
        anyhow::bail!("{} were not paid", lst(QUEUED_LST))
    }

    /// What is there of what was asked for, to the lamport, and whether that is all: then the rent of the
    /// ticket comes back.
    fn claim_part(&self, whale: &Wallet, asked: &Value) -> Result<(u64, bool)> {
        let stage = &self.demo.stage;
        let tickets = stage.quietly(whale, "tickets")?;
        if figure(&tickets, "/tickets/0/claimable_lamports")? == 0 {
            return Ok((0, false));
        }
        let (ticket, batch) = (address(asked, "/ticket")?, figure(asked, "/batch")?);
        let rents = self.demo.rents(&ticket, batch)?;
        let before = Before::of(stage, whale)?;
        let said = stage.sluice(whale, "claim")?;
        let back = difference(rents, self.demo.rents(&ticket, batch)?)?;
        let paid = figure(&said, "/total_lamports")?;
        before.require(&[paid, back], &[fees(&said)?])?;
        let is_last = stage.lamports(&ticket)? == 0;
        ensure!(
            is_last == (back == rents),
            "{back} of {rents} of rent came back"
        );
        Ok((paid, is_last))
    }

    fn show_stake(&self) -> Result<()> {
        let said = self
            .demo
            .stage
            .quietly(&self.demo.stranger, "validator list")?;
        for validator in list(&said, "/validators")? {
            tell(&format!(
                "{} has {} of {}, {} in transit.",
                text(validator, "/vote")?,
                sol(figure(validator, "/staked_lamports")?),
                sol(figure(validator, "/target_lamports")?),
                sol(figure(validator, "/transient_lamports")?),
            ));
        }
        Ok(())
    }
}

/// Fails unless what was paid in all is what was promised.
fn require_promised(asked: &Value, paid: u64) -> Result<()> {
    let least = figure(asked, "/least_lamports")?;
    let most = figure(asked, "/most_lamports")?;
    ensure!(
        (least..=most).contains(&paid),
        "{paid} were paid, and promised were {least} to {most}"
    );
    Ok(())
}
