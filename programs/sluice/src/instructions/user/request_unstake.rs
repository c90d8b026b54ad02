use std::cell::RefMut;

use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use sluice_math::Lst;

use crate::{
    calls::{account, token},
    ensure,
    error::{SluiceError, ensure_own},
    events::UnstakeRequested,
    moment::Moment,
    state::{BATCH_SEED, Pool, TICKET_SEED, Ticket, UnstakeBatch, VERSION},
};

/// Accounts of `request_unstake`.
#[derive(Accounts)]
pub struct RequestUnstake<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The open batch; created by its first request.
    /// CHECK: either loaded as a batch of this pool, or created at the derived address
    #[account(mut)]
    pub batch: UncheckedAccount<'info>,
    /// The new ticket.
    /// CHECK: created at the derived address
    #[account(mut)]
    pub ticket: UncheckedAccount<'info>,
    /// Owner of the LST and of the ticket; pays the ticket's rent.
    #[account(mut)]
    pub owner: Signer<'info>,
    /// Token account whose LST joins the queue.
    /// CHECK: the token program checks mint and owner
    #[account(mut)]
    pub source: UncheckedAccount<'info>,
    /// The pool's escrow.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl RequestUnstake<'_> {
    fn validate(&self, pool: &Pool) -> Result<()> {
        ensure_own(&[(&self.escrow, &pool.escrow)])
    }

    /// Puts LST into the queue. Needs no price and is never closed.
    pub fn process(&mut self, lst: u64, nonce: u64) -> Result<()> {
        let moment = Moment::now()?;
        let amount = Lst::new(lst);
        ensure!(!amount.is_zero(), SluiceError::ZeroAmount);

        let mut pool = self.pool.load_mut()?;
        self.validate(&pool)?;
        pool.roll_queue(moment.clock.slot)?;
        let mut batch = self.open_batch(&pool)?;
        if batch.lst == 0 {
            (batch.lock_slot, batch.lock_epoch) = pool.next_lock(&moment)?;
            pool.open_lock_slot = batch.lock_slot;
        }

        token::transfer(&self.source, &self.escrow, &self.owner, amount)?;

        batch.join(amount)?;
        pool.open_lst = batch.lst;
        self.write_ticket(amount, nonce)?;
        emit!(UnstakeRequested {
            pool: self.pool.key(),
            batch: batch.id,
            ticket: self.ticket.key(),
            owner: self.owner.key(),
            lst,
            lock_slot: batch.lock_slot,
        });
        Ok(())
    }

    /// The open batch, created if this is its first request.
    fn open_batch(&self, pool: &Pool) -> Result<RefMut<'_, UnstakeBatch>> {
        if self.batch.owner == &crate::ID {
            let batch = account::load_mut::<UnstakeBatch>(&self.batch)?;
            ensure!(batch.pool == self.pool.key(), SluiceError::ForeignAccount);
            ensure!(batch.id == pool.open_batch, SluiceError::WrongBatch);
            return Ok(batch);
        }
        let pool_key = self.pool.key();
        let id = pool.open_batch.to_le_bytes();
        let seeds: &[&[u8]] = &[BATCH_SEED, pool_key.as_ref(), &id];
        let wrong = SluiceError::WrongBatch;
        let (mut batch, bump) =
            account::create::<UnstakeBatch>(&self.batch, &self.owner, seeds, wrong)?;
        batch.version = VERSION;
        batch.bump = bump;
        batch.pool = pool_key;
        batch.opener = self.owner.key();
        batch.id = pool.open_batch;
        Ok(batch)
    }

    fn write_ticket(&self, lst: Lst, nonce: u64) -> Result<()> {
        let (batch_key, owner) = (self.batch.key(), self.owner.key());
        let nonce_bytes = nonce.to_le_bytes();
        let seeds: &[&[u8]] = &[
            TICKET_SEED,
            batch_key.as_ref(),
            owner.as_ref(),
            &nonce_bytes,
        ];
        let wrong = SluiceError::ForeignAccount;
        let (mut ticket, bump) =
            account::create::<Ticket>(&self.ticket, &self.owner, seeds, wrong)?;
        ticket.version = VERSION;
        ticket.bump = bump;
        ticket.pool = self.pool.key();
        ticket.batch = batch_key;
        ticket.owner = owner;
        ticket.nonce = nonce;
        ticket.lst = lst.get();
        Ok(())
    }
}
