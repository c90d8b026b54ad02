use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use sluice_math::{Lst, settlement};

use crate::{
    calls::{signer::PoolSigner, system, token},
    error::{Checked, SluiceError, ensure_is, ensure_own},
    events::BatchSettled,
    moment::Moment,
    state::{Pool, UnstakeBatch},
};

/// Accounts of `settle_batch`.
#[derive(Accounts)]
pub struct SettleBatch<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The oldest batch that is not settled.
    #[account(mut)]
    pub batch: AccountLoader<'info, UnstakeBatch>,
    /// The pool's LST mint.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub mint: UncheckedAccount<'info>,
    /// The pool's mint authority, owner of the escrow.
    /// CHECK: compared with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// The pool's escrow, whose LST is burned.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// The pool's reserve, which pays.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// The pool's claims vault, which keeps the payment for the tickets.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub claims_vault: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl SettleBatch<'_> {
    fn validate(&self, pool: &Pool, batch: &UnstakeBatch) -> Result<()> {
        ensure_is(&self.mint, &pool.mint, SluiceError::WrongMint)?;
        ensure_own(&[
            (self.pool.as_ref(), &batch.pool),
            (&self.mint_authority, &pool.mint_authority),
            (&self.escrow, &pool.escrow),
            (&self.reserve, &pool.reserve),
            (&self.claims_vault, &pool.claims_vault),
        ])
    }

    /// Pays the oldest locked batch, as far as the reserve goes, at the price of this moment.
    /// Does nothing while too little is there.
    pub fn process(&mut self) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let mut pool = Pool::current_mut(&self.pool)?;
        let mut batch = self.batch.load_mut()?;
        self.validate(&pool, &batch)?;
        pool.require_settlement_open(clock)?;
        pool.roll_queue(clock.slot)?;
        pool.require_due(&batch, clock.epoch)?;
        let ledger = pool.ledger();
        let spendable = pool.spendable(moment.reserve_rent()?);
        let payable = settlement(
            Lst::new(batch.unsettled_lst),
            spendable,
            ledger.value(clock.slot).checked()?,
            ledger.supply,
        )
        .checked()?;
        let Some(lst) = payable else {
            return Ok(());
        };
        let seed = Lst::new(pool.dead_lst);
        let paid = ledger.settle(lst, clock.slot, spendable, seed).checked()?;

        let minter = PoolSigner::mint_authority(self.pool.key(), &pool);
        token::burn_escrowed(&self.mint, &self.escrow, &self.mint_authority, lst, &minter)?;
        let payer = PoolSigner::reserve(self.pool.key(), &pool);
        system::transfer_signed(&self.reserve, &self.claims_vault, paid.lamports, &payer)?;

        batch.book_payment(lst, paid.lamports)?;
        pool.book_settlement(&paid.ledger, lst, paid.lamports, batch.unsettled_lst == 0)?;
        pool.check_invariants(&self.reserve)?;
        emit!(BatchSettled {
            pool: self.pool.key(),
            batch: batch.id,
            lst: lst.get(),
            lamports: paid.lamports.get(),
            unsettled_lst: batch.unsettled_lst,
            slot: clock.slot,
            books: (&*pool).into(),
        });
        Ok(())
    }
}
