use crate::{
    cpi::{account, token},
    error::{Checked, SluiceError},
    events::UnstakeRequested,
    state::{BATCH_SEED, Pool, TICKET_SEED, Ticket, UnstakeBatch, VERSION},
};
use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use sluice_math::Lst;
use std::cell::RefMut;

/// Accounts of `request_unstake`.
#[derive(Accounts)]
#[instruction(lst: u64, nonce: u64)]
pub struct RequestUnstake<'info> {
    /// The pool.
    #[account(mut, has_one = escrow @ SluiceError::ForeignAccount)]
    pub pool: AccountLoader<'info, Pool>,
    /// The open batch; created by its first request.
    /// CHECK: either loaded as a batch of this pool, or created at the derived address
    #[account(mut)]
    pub batch: UncheckedAccount<'info>,
    /// The new ticket.
    #[account(
        init,
        payer = owner,
        space = Ticket::SPACE,
        seeds = [TICKET_SEED, batch.key().as_ref(), owner.key().as_ref(), &nonce.to_le_bytes()],
        bump
    )]
    pub ticket: AccountLoader<'info, Ticket>,
    /// Owner of the LST and of the ticket; pays the ticket's rent.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// Token account whose LST joins the queue.
    /// CHECK: the token program checks mint and owner
    #[account(mut)]
    pub source: UncheckedAccount<'info>,
    /// The pool's escrow.
    /// CHECK: bound to the pool by `has_one`
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl RequestUnstake<'_> {
    /// Puts LST into the queue. Needs no price and is never closed.
    pub fn process(&mut self, lst: u64, nonce: u64, ticket_bump: u8) -> Result<()> {
        let clock = Clock::get()?;
        let amount = Lst::new(lst);
        require!(!amount.is_zero(), SluiceError::ZeroAmount);

        let mut pool = self.pool.load_mut()?;
        pool.roll_queue(clock.slot)?;
        let mut batch = self.open_batch(&pool)?;
        require_keys_eq!(batch.pool, self.pool.key(), SluiceError::ForeignAccount);
        require!(batch.id == pool.open_batch, SluiceError::WrongBatch);
        if batch.lst == 0 {
            (batch.lock_slot, batch.lock_epoch) = pool.next_lock(&clock)?;
            pool.open_lock_slot = batch.lock_slot;
        }

        token::transfer(&self.source, &self.escrow, &self.owner, amount)?;

        batch.join(amount)?;
        pool.open_lst = batch.lst;
        let mut ticket = self.ticket.load_init()?;
        ticket.version = VERSION;
        ticket.bump = ticket_bump;
        ticket.pool = self.pool.key();
        ticket.batch = self.batch.key();
        ticket.owner = self.owner.key();
        ticket.nonce = nonce;
        ticket.lst = lst;
        emit!(UnstakeRequested {
            pool: ticket.pool,
            batch: batch.id,
            ticket: self.ticket.key(),
            owner: ticket.owner,
            lst,
            lock_slot: batch.lock_slot,
        });
        Ok(())
    }

    /// The open batch, created if this is its first request.
    fn open_batch(&self, pool: &Pool) -> Result<RefMut<'_, UnstakeBatch>> {
        if self.batch.owner == &crate::ID {
            return account::load_mut(&self.batch);
        }
        let pool_key = self.pool.key();
        let id = pool.open_batch.to_le_bytes();
        let (address, bump) =
            Pubkey::find_program_address(&[BATCH_SEED, pool_key.as_ref(), &id], &crate::ID);
        require_keys_eq!(self.batch.key(), address, SluiceError::WrongBatch);
        let seeds: &[&[u8]] = &[BATCH_SEED, pool_key.as_ref(), &id, &[bump]];
        let space = UnstakeBatch::SPACE;
        account::create(&self.batch, &self.owner, space, &crate::ID, seeds)?;
        account::write_discriminator::<UnstakeBatch>(&self.batch)?;
        let mut batch = account::load_mut::<UnstakeBatch>(&self.batch)?;
        batch.version = VERSION;
        batch.bump = bump;
        batch.pool = pool_key;
        batch.opener = self.owner.key();
        batch.id = pool.open_batch;
        Ok(batch)
    }
}

impl Pool {
    /// When a batch whose first request comes now locks: at the start of this epoch's rebalance
    /// window if that is still ahead, else of the next epoch's. Slot and its epoch.
    fn next_lock(&self, clock: &Clock) -> Result<(u64, u64)> {
        let schedule = EpochSchedule::get()?;
        let this_window = self.window_start(&schedule, clock.epoch)?;
        if clock.slot < this_window {
            return Ok((this_window, clock.epoch));
        }
        let next_epoch = clock
            .epoch
            .checked_add(1)
            .ok_or(SluiceError::MathOverflow)?;
        Ok((self.window_start(&schedule, next_epoch)?, next_epoch))
    }
}

impl UnstakeBatch {
    /// Adds a ticket's LST.
    fn join(&mut self, lst: Lst) -> Result<()> {
        self.lst = Lst::new(self.lst).add(lst).checked()?.get();
        self.unsettled_lst = self.lst;
        self.tickets = self
            .tickets
            .checked_add(1)
            .ok_or(SluiceError::MathOverflow)?;
        Ok(())
    }
}
