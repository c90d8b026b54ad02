use std::{cell::RefMut, iter};

use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use sluice_math::Lst;

use crate::{
    calls::{account, token},
    ensure,
    error::{SluiceError, ensure_own, refuse},
    events::UnstakeRequested,
    moment::Moment,
    state::{BATCH_SEED, MAX_BATCH_CANDIDATES, Pool, TICKET_SEED, Ticket, UnstakeBatch, VERSION},
};

/// Accounts of `request_unstake`. Further candidates for the batch follow, writable.
#[derive(Accounts)]
pub struct RequestUnstake<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The first candidate for the open batch, which is created by its first request.
    /// CHECK: either loaded as a batch of this pool, or created at the derived address
    #[account(mut)]
    pub batch: UncheckedAccount<'info>,
    /// The new ticket.
    /// CHECK: created at the derived address
    #[account(mut)]
    pub ticket: UncheckedAccount<'info>,
    /// Who can move the LST: its owner, or a delegate. The ticket's address follows from it.
    pub requester: Signer<'info>,
    /// Owner of the ticket, who will be paid; need not sign.
    /// CHECK: any address that can be paid
    #[account(mut @ SluiceError::OwnerUnpayable)]
    pub owner: UncheckedAccount<'info>,
    /// Pays the rent of the ticket, and of the batch where it is created; gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Token account whose LST joins the queue.
    /// CHECK: the token program checks its mint and that the requester can move it
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

impl<'info> RequestUnstake<'info> {
    fn validate(&self, pool: &Pool) -> Result<()> {
        account::require_payable(&self.owner)?;
        ensure_own(&[(&self.escrow, &pool.escrow)])
    }

    /// Puts LST into the queue. Needs no price and is never closed.
    pub fn process(
        &mut self,
        lst: u64,
        number: u64,
        other_batches: &[AccountInfo<'info>],
    ) -> Result<()> {
        let moment = Moment::now()?;
        let amount = Lst::new(lst);
        ensure!(!amount.is_zero(), SluiceError::ZeroAmount);

        let mut pool = self.pool.load_mut()?;
        self.validate(&pool)?;
        pool.roll_queue(moment.clock.slot)?;
        let mut batch = self.open_batch(&pool, other_batches)?;
        if batch.lst == 0 {
            (batch.lock_slot, batch.lock_epoch) = pool.next_lock(&moment)?;
            pool.open_lock_slot = batch.lock_slot;
        }

        token::transfer(&self.source, &self.escrow, &self.requester, amount)?;

        batch.join(amount)?;
        pool.open_lst = batch.lst;
        self.write_ticket(amount, number, batch.id)?;
        emit!(UnstakeRequested {
            pool: self.pool.key(),
            batch: batch.id,
            ticket: self.ticket.key(),
            number,
            requester: self.requester.key(),
            owner: self.owner.key(),
            payer: self.payer.key(),
            lst,
            lock_slot: batch.lock_slot,
        });
        Ok(())
    }

    /// The open batch among the candidates, created if this is its first request. One that exists
    /// needs no derivation: the program makes one batch of each id in a pool.
    fn open_batch<'a>(
        &'a self,
        pool: &Pool,
        others: &'a [AccountInfo<'info>],
    ) -> Result<RefMut<'a, UnstakeBatch>> {
        let pool_key = self.pool.key();
        let candidates = || {
            iter::once(self.batch.as_ref())
                .chain(others)
                .take(MAX_BATCH_CANDIDATES)
        };
        for candidate in candidates().filter(|candidate| candidate.owner == &crate::ID) {
            let batch = account::load_mut::<UnstakeBatch>(candidate)?;
            ensure!(batch.pool == pool_key, SluiceError::ForeignAccount);
            if batch.id == pool.open_batch {
                return Ok(batch);
            }
        }
        let id = pool.open_batch.to_le_bytes();
        let seeds: &[&[u8]] = &[BATCH_SEED, pool_key.as_ref(), &id];
        let (address, bump) = Pubkey::find_program_address(seeds, &crate::ID);
        let missing = candidates()
            .find(|candidate| candidate.key == &address)
            .ok_or_else(|| refuse(SluiceError::WrongBatch))?;
        let mut batch =
            account::create_with_bump::<UnstakeBatch>(missing, &self.payer, seeds, bump)?;
        batch.version = VERSION;
        batch.bump = bump;
        batch.pool = pool_key;
        batch.opener = self.payer.key();
        batch.id = pool.open_batch;
        Ok(batch)
    }

    fn write_ticket(&self, lst: Lst, number: u64, batch: u64) -> Result<()> {
        let (pool, requester) = (self.pool.key(), self.requester.key());
        let number_bytes = number.to_le_bytes();
        let seeds: &[&[u8]; 4] = &[
            TICKET_SEED,
            pool.as_ref(),
            requester.as_ref(),
            &number_bytes,
        ];
        let bump = account::bump_of(self.ticket.key, seeds)
            .ok_or_else(|| refuse(SluiceError::WrongTicketAddress))?;
        ensure!(
            self.ticket.owner != &crate::ID,
            SluiceError::TicketNumberTaken
        );
        let mut ticket =
            account::create_with_bump::<Ticket>(&self.ticket, &self.payer, seeds, bump)?;
        ticket.version = VERSION;
        ticket.bump = bump;
        ticket.pool = pool;
        ticket.payer = self.payer.key();
        ticket.owner = self.owner.key();
        ticket.number = number;
        ticket.lst = lst.get();
        ticket.batch = batch;
        Ok(())
    }
}
