//! Leaving: through the queue, and at once.

use anyhow::{Context, Result, ensure};
use sluice_client::words::amounts::{lst, sol};
use sluice_math::Lst;
use solana_pubkey::Pubkey;

use super::{
    Demo,
    books::{Before, address, fees},
    narration::{act, tell},
};
use crate::said::{figure, moved, total};

/// 300 tokens go through the queue.
const QUEUED_LST: u64 = 300_000_000_000;
/// 4 tokens leave at once.
const INSTANT_LST: u64 = 4_000_000_000;

impl Demo {
    /// Act 6.
    pub fn join_queue(&mut self) -> Result<()> {
        act(
            6,
            "Unstake through the queue",
            "The full exit price, no fee: the tokens wait in escrow until stake has come back.",
        );
        let before = Before::of(&self.stage, &self.holder)?;
        let said = self
            .stage
            .sluice(&self.holder, &format!("unstake {}", Lst::new(QUEUED_LST)))?;
        let rents = self.rents(&address(&said, "/ticket")?, figure(&said, "/batch")?)?;
        before.require(&[], &[rents, fees(&said)?])?;
        self.queued = Some(said.clone());
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
        let before = Before::of(&self.stage, &self.holder)?;
        let said = self.stage.sluice(&self.holder, &command)?;
        before.require(&[figure(&said, "/paid_lamports")?], &[fees(&said)?])?;
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
        self.stage.to_window(&self.stranger)?;
        let cranked = self.stage.sluice(&self.stranger, "crank")?;
        tell(&format!(
            "{} were taken from the validators for the queue.",
            sol(moved(&cranked, "undelegate")?)
        ));
        let point = self.next_epoch()?;
        self.prices.push(point);
        self.stage.sluice(&self.holder, "tickets")?;
        self.claim(point.epoch)
    }

    /// Claims what was queued, in the epoch that was promised, for what was promised.
    fn claim(&mut self, epoch: u64) -> Result<()> {
        let queued = self.queued.take().context("nothing is queued")?;
        let promised = figure(&queued, "/payable_epoch")?;
        ensure!(
            epoch == promised,
            "epoch {promised} was promised, and it is paid in {epoch}"
        );
        let rents = self.rents(&address(&queued, "/ticket")?, figure(&queued, "/batch")?)?;
        let before = Before::of(&self.stage, &self.holder)?;
        let said = self.stage.sluice(&self.holder, "claim")?;
        let paid = figure(&said, "/total_lamports")?;
        before.require(&[paid, rents], &[fees(&said)?])?;
        let (least, most) = ("/least_lamports", "/most_lamports");
        ensure!(
            (figure(&queued, least)?..=figure(&queued, most)?).contains(&paid),
            "{paid} lamports were paid, and promised were {queued}"
        );
        tell(&format!(
            "{} were paid, and the rent of ticket and batch came back.",
            sol(paid)
        ));
        Ok(())
    }

    /// What lies in a ticket and its batch, and comes back with the claim, in lamports.
    pub fn rents(&self, ticket: &Pubkey, batch: u64) -> Result<u64> {
        let batch = self.batch(batch)?;
        total(&[self.stage.lamports(ticket)?, self.stage.lamports(&batch)?])
    }
}
