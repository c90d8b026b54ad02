use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use sluice_math::Lst;

use crate::{
    calls::{signer::PoolSigner, token},
    ensure,
    error::{SluiceError, ensure_is, ensure_own},
    events::TicketCancelled,
    state::{Pool, Ticket, UnstakeBatch},
};

/// Accounts of `cancel_ticket`.
#[derive(Accounts)]
pub struct CancelTicket<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The ticket's batch.
    #[account(mut)]
    pub batch: AccountLoader<'info, UnstakeBatch>,
    /// The ticket, which is closed.
    #[account(mut, close = payer)]
    pub ticket: AccountLoader<'info, Ticket>,
    /// Owner of the ticket.
    pub owner: Signer<'info>,
    /// Who paid for the ticket and gets its rent back.
    /// CHECK: compared with the ticket
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
    /// Token account that receives the LST.
    /// CHECK: chosen by the owner; the token program checks its mint
    #[account(mut)]
    pub recipient: UncheckedAccount<'info>,
    /// The pool's escrow.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// The pool's mint authority, owner of the escrow.
    /// CHECK: compared with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
}

impl CancelTicket<'_> {
    fn validate(&self, pool: &Pool, batch: &UnstakeBatch) -> Result<()> {
        let ticket = self.ticket.load()?;
        ensure_is(&self.owner, &ticket.owner, SluiceError::NotTicketOwner)?;
        ensure!(
            ticket.is_of(batch, &self.batch.key()),
            SluiceError::ForeignAccount
        );
        ensure_own(&[
            (self.pool.as_ref(), &batch.pool),
            (&self.payer, ticket.rent_recipient()),
            (&self.escrow, &pool.escrow),
            (&self.mint_authority, &pool.mint_authority),
        ])
    }

    /// Takes LST out of the queue again, until its batch locks.
    pub fn process(&mut self) -> Result<()> {
        let clock = Clock::get()?;
        let mut pool = self.pool.load_mut()?;
        let mut batch = self.batch.load_mut()?;
        self.validate(&pool, &batch)?;
        pool.roll_queue(clock.slot)?;
        ensure!(batch.id == pool.open_batch, SluiceError::BatchLocked);
        let lst = Lst::new(self.ticket.load()?.lst);

        let signer = PoolSigner::mint_authority(self.pool.key(), &pool);
        token::transfer_signed(
            &self.escrow,
            &self.recipient,
            &self.mint_authority,
            lst,
            &signer,
        )?;

        batch.leave(lst)?;
        pool.open_lst = batch.lst;
        pool.open_lock_slot = batch.lock_slot;
        emit!(TicketCancelled {
            pool: self.pool.key(),
            batch: batch.id,
            ticket: self.ticket.key(),
            owner: self.owner.key(),
            recipient: self.recipient.key(),
            lst: lst.get(),
        });
        Ok(())
    }
}
