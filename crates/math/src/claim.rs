//! What a claim pays, and what it closes.

use crate::{Lamports, Lst, Result, ticket_unpaid};

/// A ticket and its batch, as a claim finds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// LST of the ticket.
    pub ticket: Lst,
    /// Lamports that the ticket has claimed.
    pub ticket_claimed: Lamports,
    /// LST of all tickets of the batch.
    pub batch: Lst,
    /// Lamports that the batch has been paid.
    pub paid: Lamports,
    /// Lamports that all tickets have claimed.
    pub claimed: Lamports,
    /// Tickets that the batch has.
    pub tickets: u64,
    /// Whether the batch has been paid in full.
    pub settled: bool,
    /// Lamports that the claims vault can pay.
    pub payable: Lamports,
}

/// What a claim does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payout {
    /// Lamports for the ticket's owner.
    pub lamports: Lamports,
    /// Whether the ticket closes.
    pub closes: bool,
    /// Lamports that rounding left in the batch, which closes with its last ticket; `None` where
    /// it stays open.
    pub dust: Option<Lamports>,
}

impl Claim {
    /// What the claim does; `None` where there is nothing to pay and nothing to close.
    ///
    /// A ticket closes once its batch is settled and the vault can pay all that leaves with it:
    /// the last ticket takes along what rounding left.
    pub fn payout(&self) -> Result<Option<Payout>> {
        let unpaid = ticket_unpaid(self.paid, self.ticket, self.batch, self.ticket_claimed)?;
        let unclaimed = self.paid.saturating_sub(self.claimed);
        let is_last = self.tickets == 1;
        let leaving = if is_last { unclaimed } else { unpaid };
        let lamports = unpaid.min(self.payable);
        let closes = self.settled && leaving <= self.payable;
        if !closes && lamports.is_zero() {
            return Ok(None);
        }
        Ok(Some(Payout {
            lamports,
            closes,
            dust: (closes && is_last).then(|| unclaimed.saturating_sub(lamports)),
        }))
    }
}
