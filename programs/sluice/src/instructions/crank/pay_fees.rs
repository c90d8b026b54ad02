use anchor_lang::prelude::*;
use anchor_spl::{
    associated_token::get_associated_token_address,
    token::{Token, TokenAccount},
};
use sluice_math::Lst;

use crate::{
    calls::{signer::PoolSigner, token},
    ensure,
    error::{SluiceError, ensure_own},
    events::FeesPaid,
    state::Pool,
};

/// Accounts of `pay_fees`.
#[derive(Accounts)]
pub struct PayFees<'info> {
    /// The pool.
    pub pool: AccountLoader<'info, Pool>,
    /// The token account that collects the reward fee.
    #[account(mut)]
    pub fees: Account<'info, TokenAccount>,
    /// The treasury's associated token account. `dup` leaves it to `process` to refuse the fees account, with
    /// an error that says so.
    #[account(mut, dup)]
    pub treasury_account: Account<'info, TokenAccount>,
    /// The pool's mint authority, owner of the fees.
    /// CHECK: compared with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
}

impl PayFees<'_> {
    fn validate(&self, pool: &Pool) -> Result<()> {
        let (fees, treasury) = (&self.fees, &self.treasury_account);
        ensure!(
            treasury.owner == pool.treasury && treasury.mint == pool.mint,
            SluiceError::WrongTreasuryAccount
        );
        ensure!(
            treasury.key() != fees.key(),
            SluiceError::AccountsNotDistinct
        );
        // Anybody could scatter the revenue over accounts that the treasury does not look at.
        let expected = get_associated_token_address(&pool.treasury, &pool.mint);
        ensure!(
            treasury.key() == expected,
            SluiceError::WrongTreasuryAccount
        );
        ensure_own(&[
            (fees.as_ref(), &pool.fees),
            (&self.mint_authority, &pool.mint_authority),
        ])
    }

    /// Forwards the collected reward fee to the treasury. Nothing else depends on it.
    pub fn process(&mut self) -> Result<()> {
        let pool = Pool::current(&self.pool)?;
        self.validate(&pool)?;
        let lst = Lst::new(self.fees.amount);
        if lst.is_zero() {
            return Ok(());
        }
        let signer = PoolSigner::mint_authority(self.pool.key(), &pool);
        let (fees, treasury) = (self.fees.as_ref(), self.treasury_account.as_ref());
        token::transfer_signed(fees, treasury, &self.mint_authority, lst, &signer)?;
        emit!(FeesPaid {
            pool: self.pool.key(),
            treasury_account: self.treasury_account.key(),
            lst: lst.get(),
        });
        Ok(())
    }
}
