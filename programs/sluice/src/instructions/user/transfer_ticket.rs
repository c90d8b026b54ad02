use crate::{error::SluiceError, events::TicketTransferred, state::Ticket};
use anchor_lang::prelude::*;

/// Accounts of `transfer_ticket`.
#[derive(Accounts)]
pub struct TransferTicket<'info> {
    /// The ticket.
    #[account(mut, has_one = owner @ SluiceError::NotTicketOwner)]
    pub ticket: AccountLoader<'info, Ticket>,
    /// Its owner.
    pub owner: Signer<'info>,
    /// Its next owner.
    /// CHECK: any address that can be paid: writable, which the runtime's own addresses never
    /// are, neither a program nor an account of this one
    #[account(
        mut @ SluiceError::OwnerUnpayable,
        constraint = !new_owner.executable @ SluiceError::OwnerUnpayable,
        constraint = new_owner.owner != &crate::ID @ SluiceError::OwnerUnpayable,
    )]
    pub new_owner: UncheckedAccount<'info>,
}

impl TransferTicket<'_> {
    /// Hands the ticket over; its address stays.
    pub fn process(&mut self) -> Result<()> {
        self.ticket.load_mut()?.owner = self.new_owner.key();
        emit!(TicketTransferred {
            ticket: self.ticket.key(),
            from: self.owner.key(),
            to: self.new_owner.key(),
        });
        Ok(())
    }
}
