use anchor_lang::prelude::*;

use crate::{
    calls::account,
    ensure,
    error::{SluiceError, ensure_is},
    events::TicketTransferred,
    state::{Ticket, UnstakeBatch},
};

/// Accounts of `transfer_ticket`.
#[derive(Accounts)]
pub struct TransferTicket<'info> {
    /// The ticket.
    #[account(mut)]
    pub ticket: AccountLoader<'info, Ticket>,
    /// Its batch.
    pub batch: AccountLoader<'info, UnstakeBatch>,
    /// Its owner.
    pub owner: Signer<'info>,
    /// Its next owner.
    // Writable, which the runtime's own addresses never are: else it could not be paid.
    /// CHECK: any address that can be paid
    #[account(mut @ SluiceError::OwnerUnpayable)]
    pub new_owner: UncheckedAccount<'info>,
}

impl TransferTicket<'_> {
    fn validate(&self, ticket: &Ticket, batch: &UnstakeBatch, lst: u64) -> Result<()> {
        ensure_is(&self.owner, &ticket.owner, SluiceError::NotTicketOwner)?;
        ensure!(
            ticket.is_of(batch, &self.batch.key()) && ticket.lst == lst,
            SluiceError::AnotherTicket
        );
        account::require_payable(&self.new_owner)
    }

    /// Hands the ticket over; its address stays. The message names batch and amount: an old one
    /// moves no later ticket of the same address but one of the same batch and amount.
    pub fn process(&mut self, lst: u64) -> Result<()> {
        let mut ticket = self.ticket.load_mut()?;
        let batch = self.batch.load()?;
        self.validate(&ticket, &batch, lst)?;
        ticket.owner = self.new_owner.key();
        emit!(TicketTransferred {
            pool: ticket.pool,
            batch: batch.id,
            ticket: self.ticket.key(),
            lst,
            from: self.owner.key(),
            to: self.new_owner.key(),
        });
        Ok(())
    }
}
