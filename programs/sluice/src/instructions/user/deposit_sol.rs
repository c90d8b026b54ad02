use anchor_lang::prelude::*;
use anchor_spl::token::Token;
use sluice_math::{Lamports, Lst};

use crate::{
    calls::{signer::PoolSigner, system, token},
    ensure,
    error::{SluiceError, ensure_is, ensure_own},
    events::SolDeposited,
    state::Pool,
};

/// Accounts of `deposit_sol`.
#[derive(Accounts)]
pub struct DepositSol<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The pool's LST mint.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub mint: UncheckedAccount<'info>,
    /// The pool's mint authority.
    /// CHECK: compared with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// The pool's reserve, which receives the lamports.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// Who pays.
    #[account(mut)]
    pub depositor: Signer<'info>,
    /// Token account of the pool's mint that receives the LST.
    /// CHECK: the token program refuses another mint's account
    #[account(mut)]
    pub recipient: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl DepositSol<'_> {
    fn validate(&self, pool: &Pool) -> Result<()> {
        ensure_is(&self.mint, &pool.mint, SluiceError::WrongMint)?;
        ensure_own(&[
            (&self.mint_authority, &pool.mint_authority),
            (&self.reserve, &pool.reserve),
        ])
    }

    /// Deposits lamports at the full price.
    pub fn process(&mut self, lamports: u64, minimum_lst: u64) -> Result<()> {
        let clock = Clock::get()?;
        let lamports = Lamports::new(lamports);

        let mut pool = Pool::current_mut(&self.pool)?;
        self.validate(&pool)?;
        let quote = pool.deposit_at(lamports, &clock)?;
        ensure!(
            quote.minted >= Lst::new(minimum_lst),
            SluiceError::BelowMinimum
        );

        system::transfer(&self.depositor, &self.reserve, lamports)?;
        let signer = PoolSigner::mint_authority(self.pool.key(), &pool);
        token::mint(
            &self.mint,
            &self.recipient,
            &self.mint_authority,
            quote.minted,
            &signer,
        )?;

        pool.book(&quote.ledger);
        pool.check_invariants(&self.reserve)?;
        emit!(SolDeposited {
            pool: self.pool.key(),
            depositor: self.depositor.key(),
            lamports: lamports.get(),
            fee_lamports: quote.fee.get(),
            charge_lamports: quote.charge.get(),
            lst: quote.minted.get(),
            slot: clock.slot,
            books: (&*pool).into(),
        });
        Ok(())
    }
}
