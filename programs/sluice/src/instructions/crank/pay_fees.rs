use crate::{
    cpi::{signer::PoolSigner, token},
    error::SluiceError,
    events::FeesPaid,
    state::Pool,
};
use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};
use sluice_math::Lst;

/// Accounts of `pay_fees`.
#[derive(Accounts)]
pub struct PayFees<'info> {
    /// The pool.
    #[account(
        has_one = mint_authority @ SluiceError::ForeignAccount,
        has_one = fees @ SluiceError::ForeignAccount,
    )]
    pub pool: AccountLoader<'info, Pool>,
    /// The token account that collects the reward fee.
    #[account(mut)]
    pub fees: Account<'info, TokenAccount>,
    /// The treasury's token account. `dup` leaves it to the constraints to refuse the fees
    /// account, with an error that says so.
    #[account(
        mut,
        dup,
        constraint = treasury_account.owner == pool.load()?.treasury @ SluiceError::WrongTreasuryAccount,
        constraint = treasury_account.mint == fees.mint @ SluiceError::WrongTreasuryAccount,
        constraint = treasury_account.key() != fees.key() @ SluiceError::AccountsNotDistinct,
    )]
    pub treasury_account: Account<'info, TokenAccount>,
    /// The pool's mint authority, owner of the fees.
    /// CHECK: bound to the pool by `has_one`
    pub mint_authority: UncheckedAccount<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
}

impl PayFees<'_> {
    /// Forwards the collected reward fee to the treasury. Nothing else depends on it.
    pub fn process(&mut self) -> Result<()> {
        let lst = Lst::new(self.fees.amount);
        if lst.is_zero() {
            return Ok(());
        }
        let signer = PoolSigner::mint_authority(self.pool.key(), &*self.pool.load()?);
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
