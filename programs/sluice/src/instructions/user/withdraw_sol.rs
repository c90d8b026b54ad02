use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use sluice_math::{Lamports, Lst};

use crate::{
    calls::{signer::PoolSigner, system, token},
    ensure,
    error::{SluiceError, ensure_is, ensure_own},
    events::SolWithdrawn,
    moment::Moment,
    state::Pool,
};

/// Accounts of `withdraw_sol`.
#[derive(Accounts)]
pub struct WithdrawSol<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The pool's LST mint.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub mint: UncheckedAccount<'info>,
    /// The pool's reserve, which pays.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// Owner of the LST.
    pub owner: Signer<'info>,
    /// Token account whose LST is burned.
    /// CHECK: the token program checks mint and owner
    #[account(mut)]
    pub source: UncheckedAccount<'info>,
    /// Who receives the lamports.
    /// CHECK: chosen by the owner
    #[account(mut)]
    pub recipient: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl WithdrawSol<'_> {
    fn validate(&self, pool: &Pool) -> Result<()> {
        ensure_is(&self.mint, &pool.mint, SluiceError::WrongMint)?;
        ensure_own(&[(&self.reserve, &pool.reserve)])
    }

    /// Burns LST for lamports of the reserve, at the exit price less the instant-exit fee.
    pub fn process(&mut self, lst: u64, minimum_lamports: u64) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let lst = Lst::new(lst);
        ensure!(!lst.is_zero(), SluiceError::ZeroAmount);

        let mut pool = Pool::current_mut(&self.pool)?;
        self.validate(&pool)?;
        pool.require_instant_exits_open(clock)?;
        pool.roll_queue(clock.slot)?;
        let exit = pool.quote_instant_exit(lst, &moment)?;
        let minimum = Lamports::new(minimum_lamports);
        ensure!(exit.lamports >= minimum, SluiceError::BelowMinimum);

        token::burn(&self.mint, &self.source, &self.owner, lst)?;
        let signer = PoolSigner::reserve(self.pool.key(), &pool);
        system::transfer_signed(&self.reserve, &self.recipient, exit.lamports, &signer)?;

        pool.book_instant_exit(&exit)?;
        pool.check_invariants(&self.reserve)?;
        emit!(SolWithdrawn {
            pool: self.pool.key(),
            owner: self.owner.key(),
            lst: lst.get(),
            lamports: exit.lamports.get(),
            fee_lamports: exit.fee.get(),
            slot: clock.slot,
            books: (&*pool).into(),
        });
        Ok(())
    }
}
