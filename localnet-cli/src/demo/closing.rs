//! A validator leaves, and what is left at the end.

use anyhow::{Context, Result, bail};
use sluice_client::words::amounts::{lst, signed_percent_e9, sol};
use sluice_math::{Floor, Ratio};

use super::{
    Demo,
    chart::{chart, numbers},
    narration::{act, show, tell},
};
use crate::said::{difference, figure, moved};

/// The validator with the highest commission.
const RETIRED: usize = 4;
/// Epochs in which its stake leaves, at most: the movement cap lets a tenth of the pool go in each.
const EPOCHS_TO_DRAIN: usize = 6;

/// A validator on its way out.
pub struct Leaving {
    vote: String,
}

impl Demo {
    /// Act 8.
    pub fn retire_validator(&self) -> Result<Leaving> {
        act(
            8,
            "Retire a validator",
            "The curator's change acts from the next epoch on: nothing changes within one.",
        );
        let vote = self.stage.votes.get(RETIRED);
        let vote = vote.context("there are five validators")?.to_string();
        let said = self
            .stage
            .sluice(&self.curator, &format!("validator retire {vote}"))?;
        tell(&format!(
            "{vote} will drain from epoch {} on.",
            figure(&said, "/from_epoch")?
        ));
        Ok(Leaving { vote })
    }

    /// Act 10.
    pub fn drain_and_close(&mut self, leaving: &Leaving) -> Result<()> {
        act(
            10,
            "Drain it and close its slot",
            "Its stake leaves in windows, within the movement cap, cools down over boundaries and goes to the others.",
        );
        let locked_before = self.locked_rent()?;
        for _ in 0..EPOCHS_TO_DRAIN {
            self.stage.to_window(&self.stranger)?;
            let cranked = self.stage.sluice(&self.stranger, "crank")?;
            tell(&format!(
                "{} left the validator.",
                sol(moved(&cranked, "undelegate")?)
            ));
            let point = self.next_epoch()?;
            self.prices.push(point);
            let freed = difference(locked_before, self.locked_rent()?)?;
            if freed > 0 {
                tell(&format!(
                    "The slot of {} is closed: its rent of {} drips to all holders.",
                    leaving.vote,
                    sol(freed)
                ));
                return Ok(());
            }
        }
        bail!("the validator has not left")
    }

    fn locked_rent(&self) -> Result<u64> {
        let shown = self.stage.quietly(&self.stranger, "pool show")?;
        figure(&shown, "/holdings/locked_rent_lamports")
    }

    /// Both prices once more, and what the holder still has.
    pub fn sum_up(&self, holder_lst: u64) -> Result<()> {
        act(
            11,
            "Sum up",
            "Every epoch's rate and time stay on the chain, for anybody to check.",
        );
        let history = self.stage.sluice(&self.stranger, "pool history")?;
        show(&chart(&self.prices)?);
        show(&numbers(&self.prices));
        // Of epochs that are too short no year can be told.
        if let Ok(apy) = figure(&history, "/yields/0/apy_parts_e9") {
            tell(&format!(
                "By the clock, the last epoch earned {} APY, net of fees.",
                signed_percent_e9(i64::try_from(apy)?)
            ));
        }
        let shown = self.stage.quietly(&self.stranger, "pool show")?;
        let price = Ratio::new(
            figure(&shown, "/prices/full_lamports")?,
            figure(&shown, "/prices/supply_lst")?,
        );
        tell(&format!(
            "The holder still has {}, which own {}.",
            lst(holder_lst),
            sol(Floor(price).apply(holder_lst)?)
        ));
        Ok(())
    }
}
