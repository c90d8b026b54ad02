//! Epochs pass, rewards come in, prices rise.

use std::{thread, time::Duration};

use anyhow::{Result, ensure};
use sluice_cli::output::table;
use sluice_client::words::amounts::sol;
use sluice_math::Lamports;

use super::{
    COMMISSIONS_BPS, Demo,
    chart::{PricePoint, chart, numbers},
    narration::{act, show, tell},
};
use crate::said::{difference, figure, list};

/// The first is the one in which the stake becomes active: it earns nothing yet.
const EPOCHS: u32 = 5;
/// Rewards are paid within the first blocks of an epoch; no crank can price it before.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_secs(1);

impl Demo {
    /// Act 5.
    pub fn grow(&mut self) -> Result<()> {
        act(
            5,
            "Let five epochs pass",
            "Inflation pays stakers, less the validator's commission. Rewards raise the deposit\n   \
             price at once, and drip into the exit price within the epoch.",
        );
        for passed in 1..=EPOCHS {
            let before = self.staked()?;
            let point = self.next_epoch()?;
            if passed == 2 {
                self.show_rewards(&before)?;
            }
            self.require_growth(point, passed > 1)?;
            self.prices.push(point);
        }
        show(&chart(&self.prices)?);
        show(&numbers(&self.prices));
        Ok(())
    }

    /// Goes to the next epoch and lets a stranger turn the crank: more than once where rewards are still
    /// being paid.
    pub fn next_epoch(&self) -> Result<PricePoint> {
        self.stage.to_next_epoch(&self.stranger)?;
        self.stage.sluice(&self.stranger, "crank")?;
        let mut tries = 1;
        while self.stage.quietly(&self.stranger, "pool show")?["is_fresh"] != true {
            ensure!(tries < TRIES, "the epoch is not priced");
            tries += 1;
            thread::sleep(PAUSE);
            self.stage.quietly(&self.stranger, "crank")?;
        }
        let point = self.price()?;
        tell(&format!(
            "Epoch {}: {} of rewards; deposit {}, exit {} per token.",
            point.epoch,
            sol(point.gain_lamports),
            sol(point.deposit_lamports),
            sol(point.exit_lamports)
        ));
        Ok(point)
    }

    fn require_growth(&self, point: PricePoint, has_earned: bool) -> Result<()> {
        let Some(last) = self.prices.last().filter(|_| has_earned) else {
            return Ok(());
        };
        ensure!(
            point.gain_lamports > 0 && point.deposit_lamports > last.deposit_lamports,
            "epoch {} brought no rewards",
            point.epoch
        );
        ensure!(
            point.exit_lamports >= last.exit_lamports,
            "the exit price fell in epoch {}",
            point.epoch
        );
        Ok(())
    }

    /// What each validator has, in the order of the commissions.
    fn staked(&self) -> Result<Vec<u64>> {
        let said = self.stage.quietly(&self.stranger, "validator list")?;
        list(&said, "/validators")?
            .iter()
            .map(|validator| figure(validator, "/staked_lamports"))
            .collect()
    }

    /// What each validator's stake earned since `before`.
    fn show_rewards(&self, before: &[u64]) -> Result<()> {
        let header = ["vote account", "commission bps", "staked SOL", "reward SOL"];
        let mut rewards = table(header, 1);
        let validators = self.stage.votes.iter().zip(COMMISSIONS_BPS);
        let earned = before.iter().zip(self.staked()?);
        for ((vote, commission_bps), (staked, now)) in validators.zip(earned) {
            rewards.add_row([
                vote.to_string(),
                commission_bps.to_string(),
                Lamports::new(*staked).to_string(),
                Lamports::new(difference(now, *staked)?).to_string(),
            ]);
        }
        show(&rewards.to_string());
        Ok(())
    }
}
