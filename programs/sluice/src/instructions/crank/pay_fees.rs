use anchor_lang::{
    prelude::*,
    solana_program::{program_pack::Pack, system_program},
};
use anchor_spl::{
    associated_token::{AssociatedToken, get_associated_token_address},
    token::{ID as TOKEN_PROGRAM, Token, TokenAccount, spl_token},
};
use sluice_math::Lst;

use crate::{
    calls::{signer::PoolSigner, token},
    ensure,
    error::{SluiceError, ensure_is, ensure_own, refuse},
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
    /// The treasury's associated token account, which need not exist.
    /// CHECK: compared with its address, and read once it exists
    #[account(mut)]
    pub treasury_account: UncheckedAccount<'info>,
    /// The treasury.
    /// CHECK: compared with the pool
    pub treasury: UncheckedAccount<'info>,
    /// The pool's LST mint.
    /// CHECK: compared with the pool
    pub mint: UncheckedAccount<'info>,
    /// The pool's mint authority, owner of the fees.
    /// CHECK: compared with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// Who pays the rent of the treasury's token account where that is missing.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The program that creates associated token accounts.
    pub associated_token_program: Program<'info, AssociatedToken>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl PayFees<'_> {
    fn validate(&self, pool: &Pool) -> Result<()> {
        ensure!(
            self.treasury_account.key() != self.fees.key(),
            SluiceError::AccountsNotDistinct
        );
        let wrong = SluiceError::WrongTreasuryAccount;
        ensure_is(&self.treasury, &pool.treasury, wrong)?;
        // Anybody could scatter the revenue over accounts that the treasury does not look at.
        let expected = get_associated_token_address(&pool.treasury, &pool.mint);
        ensure_is(&self.treasury_account, &expected, wrong)?;
        ensure_is(&self.mint, &pool.mint, SluiceError::WrongMint)?;
        ensure_own(&[
            (self.fees.as_ref(), &pool.fees),
            (&self.mint_authority, &pool.mint_authority),
        ])
    }

    /// Forwards the collected reward fee to the treasury, whose token account is created where it is
    /// missing. Nothing else depends on it.
    pub fn process(&mut self) -> Result<()> {
        let pool = Pool::current(&self.pool)?;
        self.validate(&pool)?;
        let lst = Lst::new(self.fees.amount);
        if lst.is_zero() {
            return Ok(());
        }
        if self.treasury_account.owner == &system_program::ID {
            token::create_associated(
                &self.treasury_account,
                &self.treasury,
                &self.mint,
                &self.payer,
                [&self.system_program, &self.token_program],
            )?;
        }
        self.require_treasurys_own(&pool)?;
        let signer = PoolSigner::mint_authority(self.pool.key(), &pool);
        let (fees, treasury) = (self.fees.as_ref(), &self.treasury_account);
        token::transfer_signed(fees, treasury, &self.mint_authority, lst, &signer)?;
        emit!(FeesPaid {
            pool: self.pool.key(),
            treasury_account: self.treasury_account.key(),
            lst: lst.get(),
        });
        Ok(())
    }

    /// An associated token account can be given to another owner.
    fn require_treasurys_own(&self, pool: &Pool) -> Result<()> {
        let account = &self.treasury_account;
        let token = spl_token::state::Account::unpack(&account.try_borrow_data()?)
            .map_err(|_| refuse(SluiceError::WrongTreasuryAccount))?;
        ensure!(
            account.owner == &TOKEN_PROGRAM && token.owner == pool.treasury,
            SluiceError::WrongTreasuryAccount
        );
        Ok(())
    }
}
