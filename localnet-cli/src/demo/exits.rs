//! Leaving: through the queue, and at once.

use anyhow::Result;
use sluice_client::words::amounts::{lst, sol};
use sluice_math::Lst;

use super::{
    Demo, TO_WINDOW,
    narration::{act, tell},
};
use crate::said::{figure, moved};

/// 300 tokens go through the queue.
const QUEUED_LST: u64 = 300_000_000_000;
/// 4 tokens leave at once.
const INSTANT_LST: u64 = 4_000_000_000;

impl Demo {
    /// Act 6.
    pub fn join_queue(&self) -> Result<()> {
        act(
            6,
            "Unstake through the queue",
            "The full exit price, no fee: the tokens wait in escrow until stake has come back.",
        );
        let said = self
            .stage
            .sluice(&self.holder, &format!("unstake {}", Lst::new(QUEUED_LST)))?;
        tell(&format!(
            "{} wait for epoch {}, for {} to {}.",
            lst(QUEUED_LST),
            figure(&said, "/payable_epoch")?,
            sol(figure(&said, "/least_lamports")?),
            sol(figure(&said, "/most_lamports")?)
        ));
        Ok(())
    }

    /// Act 7; the tokens that the holder keeps.
    pub fn leave_at_once(&self) -> Result<u64> {
        act(
            7,
            "Leave at once",
            "For a fee that the other holders get, as far as the reserve goes.",
        );
        let command = format!("unstake {} --instant", Lst::new(INSTANT_LST));
        let said = self.stage.sluice(&self.holder, &command)?;
        tell(&format!(
            "{} became {}; the fee was {}.",
            lst(INSTANT_LST),
            sol(figure(&said, "/paid_lamports")?),
            sol(figure(&said, "/fee_lamports")?)
        ));
        figure(&said, "/balance_lst")
    }

    /// Act 9.
    pub fn settle_and_claim(&mut self) -> Result<()> {
        act(
            9,
            "Settle and claim",
            "In the window the queue locks and stake leaves for it; in the next epoch it is paid.",
        );
        self.stage.localnet(&self.stranger, TO_WINDOW)?;
        let cranked = self.stage.sluice(&self.stranger, "crank")?;
        tell(&format!(
            "{} were taken from the validators for the queue.",
            sol(moved(&cranked, "undelegate")?)
        ));
        let point = self.next_epoch()?;
        self.prices.push(point);
        self.stage.sluice(&self.holder, "tickets")?;
        let said = self.stage.sluice(&self.holder, "claim")?;
        tell(&format!(
            "{} were paid, and the rent of ticket and batch came back.",
            sol(figure(&said, "/total_lamports")?)
        ));
        Ok(())
    }
}
