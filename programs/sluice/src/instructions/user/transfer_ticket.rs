use anchor_lang::prelude::*;

use crate::{
    ensure,
    error::{SluiceError, ensure_is},
    events::TicketTransferred,
    state::Ticket,
};

/// Accounts of `transfer_ticket`.
#[derive(Accounts)]
pub struct TransferTicket<'info> {
    /// The ticket.
    #[account(mut)]
    pub ticket: AccountLoader<'info, Ticket>,
    /// Its owner.
    pub owner: Signer<'info>,
    /// Its next owner.
    // Writable, which the runtime's own addresses never are: else it could not be paid.
    /// CHECK: any address that can be paid
    #[account(mut @ SluiceError::OwnerUnpayable)]
    pub new_owner: UncheckedAccount<'info>,
}

impl TransferTicket<'_> {
    fn validate(&self, ticket: &Ticket) -> Result<()> {
        ensure_is(&self.owner, &ticket.owner, SluiceError::NotTicketOwner)?;
        ensure!(
            !self.new_owner.executable && self.new_owner.owner != &crate::ID,
            SluiceError::OwnerUnpayable
        );
        Ok(())
    }

    /// Hands the ticket over; its address stays.
    pub fn process(&mut self) -> Result<()> {
        let mut ticket = self.ticket.load_mut()?;
        self.validate(&ticket)?;
        ticket.owner = self.new_owner.key();
        emit!(TicketTransferred {
            ticket: self.ticket.key(),
            from: self.owner.key(),
            to: self.new_owner.key(),
        });
        Ok(())
    }
}
