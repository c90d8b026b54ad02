//! More stake comes and goes than a cluster warms up and cools down in one epoch.

use anyhow::{Result, ensure};
use sluice_client::words::amounts::{counted, sol};
use sluice_math::{Lamports, Lst};

use super::Rehearsal;
use crate::{
    demo::{
        Before, address, fees,
        narration::{act, tell},
    },
    said::{difference, figure, list, text},
};

/// A fifth of what the validator has: two epochs and more of warm-up, at 9% an epoch.
const STAKED_LAMPORTS: u64 = 200_000_000_000_000;
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
        for _ in 0..4 {
            self.demo.next_epoch()?;
            self.show_stake()?;
            self.demo.verify()?;
        }
        let (stage, stranger) = (&self.demo.stage, &self.demo.stranger);
        let half = STAKED_LAMPORTS / 2;
        let asked = stage.sluice(&whale, &format!("unstake {}", Lst::new(half)))?;
        let (promised, latest) = (
            figure(&asked, "/payable_epoch")?,
            figure(&asked, "/latest_epoch")?,
        );
        tell(&format!(
            "It is promised for epoch {promised}, at the latest {latest}: {}",
            asked["reasons"]
        ));
        for _ in 0..EPOCHS_AT_MOST {
            stage.to_window(stranger)?;
            stage.sluice(stranger, "crank")?;
            let epoch = self.demo.next_epoch()?.epoch;
            self.demo.verify()?;
            let tickets = stage.quietly(&whale, "tickets")?;
            let [ticket] = list(&tickets, "/tickets")? else {
                anyhow::bail!("one ticket should wait: {tickets}");
            };
            tell(&format!(
                "Epoch {epoch}: {} {}",
                text(ticket, "/state")?,
                ticket["claimable_lamports"]
            ));
            if figure(ticket, "/claimable_lamports").is_ok_and(|lamports| lamports > 0) {
                ensure!(epoch <= latest, "promised until {latest}, paid in {epoch}");
                let rents = self
                    .demo
                    .rents(&address(&asked, "/ticket")?, figure(&asked, "/batch")?)?;
                let before = Before::of(stage, &whale)?;
                let said = stage.sluice(&whale, "claim")?;
                let paid = figure(&said, "/total_lamports")?;
                before.require(&[paid, rents], &[fees(&said)?])?;
                let taken = difference(epoch, figure(&asked, "/payable_epoch")?)?;
                self.figures.add(
                    "a tenth of the cluster leaves: later than promised by",
                    counted(taken, "epoch"),
                );
                tell(&format!("{} were paid.", sol(paid)));
                return Ok(());
            }
        }
        anyhow::bail!("{} were not paid", sol(half))
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
