//! Leaving: through the queue, and at once.

use anyhow::Result;
use serde_json::Value;
use sluice_client::words::amounts::{lst, sol};
use sluice_math::Lst;
use solana_pubkey::Pubkey;

use super::{
    Demo, TO_WINDOW, TRANSACTION_FEE,
    audit::{address, difference, figure, list, sum, text},
    books::Books,
    narration::{act, tell},
    raw::{ticket, token},
};

/// 300 tokens go through the queue.
const QUEUED_LST: u64 = 300_000_000_000;
/// 4 tokens leave at once.
const INSTANT_LST: u64 = 4_000_000_000;

/// A request in the queue.
pub struct Request {
    ticket: Pubkey,
    batch: Pubkey,
}

impl Demo {
    /// Act 6.
    pub fn join_queue(&mut self) -> Result<Request> {
        act(
            6,
            "Unstake through the queue",
            "The full exit price, no fee: the tokens wait in escrow until stake has come back.",
        );
        let said = self
            .stage
            .sluice(&self.holder, &format!("unstake {}", Lst::new(QUEUED_LST)))?;
        let ticket_address = address(&said, "/ticket")?;
        let ticket_raw = self.stage.raw(ticket_address)?;
        let batch = ticket_raw.address(ticket::BATCH)?;
        let batch_raw = self.stage.raw(batch)?;
        self.audit.same(
            "ticket's owner",
            self.holder.owner,
            ticket_raw.address(ticket::OWNER)?,
        )?;
        self.audit
            .figure(&said, "/lst", ticket_raw.u64(ticket::LST)?)?;
        self.audit
            .figure(&said, "/lst", batch_raw.u64(ticket::BATCH_LST)?)?;
        self.audit
            .figure(&said, "/lock_slot", batch_raw.u64(ticket::BATCH_LOCK_SLOT)?)?;
        let books = Books::read(&self.stage, self.pool)?;
        let (now, _) = books.worth(QUEUED_LST, figure(&said, "/slot")?)?;
        self.audit.figure(&said, "/estimated_lamports", now)?;
        tell(&format!(
            "{} wait for epoch {}, for roughly {}.",
            lst(QUEUED_LST),
            figure(&said, "/payable_epoch")?,
            sol(now)
        ));
        self.examine()?;
        Ok(Request {
            ticket: ticket_address,
            batch,
        })
    }

    /// Act 7.
    pub fn leave_at_once(&mut self) -> Result<()> {
        act(
            7,
            "Leave at once",
            "For a fee that the other holders get, as far as the reserve goes.",
        );
        let before = Books::read(&self.stage, self.pool)?;
        let wallet_before = self.stage.raw(self.holder.owner)?.lamports;
        let tokens_before = self.holder_tokens()?;
        let command = format!("unstake {} --instant", Lst::new(INSTANT_LST));
        let said = self.stage.sluice(&self.holder, &command)?;

        let (paid, fee) = (
            figure(&said, "/paid_lamports")?,
            figure(&said, "/fee_lamports")?,
        );
        let (worth, _) = before.worth(INSTANT_LST, figure(&said, "/slot")?)?;
        self.audit
            .same("payment and fee", sum(&[paid, fee])?, worth)?;
        let received = difference(sum(&[wallet_before, paid])?, TRANSACTION_FEE)?;
        let wallet = self.stage.raw(self.holder.owner)?.lamports;
        self.audit
            .same("lamports in the wallet", received, wallet)?;
        let tokens = self.holder_tokens()?;
        self.audit.figure(&said, "/balance_lst", tokens)?;
        self.audit
            .figure(&said, "/burned_lst", difference(tokens_before, tokens)?)?;
        tell(&format!(
            "{} became {}; the fee was {}.",
            lst(INSTANT_LST),
            sol(paid),
            sol(fee)
        ));
        self.examine().map(drop)
    }

    /// Act 9.
    pub fn settle_and_claim(&mut self, request: &Request) -> Result<()> {
        act(
            9,
            "Settle and claim",
            "In the window the queue locks and stake leaves for it; in the next epoch it is paid.",
        );
        self.stage.sluice(&self.stranger, TO_WINDOW)?;
        let cranked = self.stage.sluice(&self.stranger, "crank")?;
        tell(&format!(
            "{} were taken from the validators for the queue.",
            sol(self.moved(&cranked, "undelegate")?)
        ));
        self.examine()?;
        let point = self.next_epoch()?;
        self.prices.push(point);

        let tickets = self.stage.sluice(&self.holder, "tickets")?;
        self.compare_tickets(&tickets, request)?;
        let rents = sum(&[
            self.stage.raw(request.ticket)?.lamports,
            self.stage.raw(request.batch)?.lamports,
        ])?;
        let owed = self.stage.raw(request.batch)?.u64(ticket::BATCH_PAID)?;
        let wallet_before = self.stage.raw(self.holder.owner)?.lamports;
        let said = self.stage.sluice(&self.holder, "claim")?;
        self.audit.figure(&said, "/total_lamports", owed)?;
        let received = difference(sum(&[wallet_before, owed, rents])?, TRANSACTION_FEE)?;
        let wallet = self.stage.raw(self.holder.owner)?.lamports;
        self.audit
            .same("lamports in the wallet", received, wallet)?;
        for closed in [request.ticket, request.batch] {
            let is_gone = self.stage.raw_if_any(closed)?.is_none();
            self.audit
                .same("ticket and batch are gone", true, is_gone)?;
        }
        tell(&format!(
            "{} were paid, and the rent of ticket and batch came back.",
            sol(owed)
        ));
        self.examine().map(drop)
    }

    fn compare_tickets(&mut self, said: &Value, request: &Request) -> Result<()> {
        let [line] = list(said, "/tickets")? else {
            anyhow::bail!("the holder has one ticket, but the binary listed others: {said}");
        };
        self.audit
            .same("ticket", request.ticket, address(line, "/ticket")?)?;
        self.audit
            .same("state of the ticket", "paid", text(line, "/state")?)?;
        let paid = self.stage.raw(request.batch)?.u64(ticket::BATCH_PAID)?;
        self.audit.figure(line, "/claimable_lamports", paid)
    }

    /// Tokens that the holder has.
    pub fn holder_tokens(&self) -> Result<u64> {
        let account = spl_associated_token_account_interface::address::get_associated_token_address(
            &self.holder.owner,
            &self.mint,
        );
        self.stage.raw(account)?.u64(token::AMOUNT)
    }
}
