use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token, TokenAccount};
use sluice::{
    cpi::{self, accounts::WithdrawSol},
    program::Sluice,
};

use super::{moves::give_lamports, seize};
use crate::{Loan, Market, VaultError, error::Checked, events::LoanLiquidated};

/// Accounts of `liquidate_now`. Nobody needs to sign.
#[derive(Accounts)]
pub struct LiquidateNow<'info> {
    /// The market.
    #[account(
        mut,
        has_one = pool @ VaultError::WrongPool,
        has_one = vault @ VaultError::WrongVault,
        has_one = lst_mint @ VaultError::WrongMint
    )]
    pub market: Account<'info, Market>,
    /// The market's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The loan.
    #[account(mut, has_one = market @ VaultError::WrongMarket)]
    pub loan: Account<'info, Loan>,
    /// Who liquidates, and is paid what comes beyond what was owed.
    /// CHECK: any account may be paid
    #[account(mut)]
    pub liquidator: UncheckedAccount<'info>,
    /// The pool.
    /// CHECK: compared with the market
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// The pool's LST.
    #[account(mut)]
    pub lst_mint: Account<'info, Mint>,
    /// The pool's reserve of SOL.
    /// CHECK: Sluice compares it with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// Sluice.
    pub sluice: Program<'info, Sluice>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl LiquidateNow<'_> {
    /// Sells LST of the loan to the pool, for no less than what is owed. The lenders get that and no more.
    /// If they got the rest, somebody could lend just before and withdraw after, and take most of it.
    pub fn process(&mut self) -> Result<()> {
        let due = seize::due(&mut self.market, &self.loan, &self.pool)?;
        let parts = self.loan.debt_parts;

        let proceeds = self.sell(due.taken.lst, due.owed_lamports)?;

        self.market.book.repay(parts, due.owed_lamports)?;
        seize::release(&mut self.loan, &due.taken)?;
        let surplus = proceeds.checked_sub(due.owed_lamports).checked()?;
        give_lamports(&self.market, &self.liquidator, surplus)?;
        emit!(LoanLiquidated {
            market: self.market.key(),
            loan: self.loan.key(),
            owed_lamports: due.owed_lamports,
            seized_lst: due.taken.lst,
            booked_lamports: due.owed_lamports,
            surplus_lamports: surplus,
            by_queue: false,
            book: self.market.book,
        });
        Ok(())
    }

    /// Burns LST of the vault for SOL of the pool's reserve. Returns what came, in lamports.
    fn sell(&self, lst: u64, minimum_lamports: u64) -> Result<u64> {
        let before = self.market.get_lamports();
        let accounts = WithdrawSol {
            pool: self.pool.to_account_info(),
            mint: self.lst_mint.to_account_info(),
            reserve: self.reserve.to_account_info(),
            owner: self.market.to_account_info(),
            source: self.vault.to_account_info(),
            recipient: self.market.to_account_info(),
            token_program: self.token_program.to_account_info(),
            system_program: self.system_program.to_account_info(),
        };
        let signers: &[&[&[u8]]] = &[&self.market.seeds()];
        let withdraw = CpiContext::new_with_signer(self.sluice.key(), accounts, signers);
        cpi::withdraw_sol(withdraw, lst, minimum_lamports)?;
        self.market.get_lamports().checked_sub(before).checked()
    }
}
