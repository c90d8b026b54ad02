use anchor_lang::prelude::*;
use sluice::{
    cpi::{self, accounts as calls},
    moment::Moment,
    program::Sluice,
    state::Pool,
};
use sluice_math::{Lamports, Lst};

use super::swap::*;
use crate::{Direction, PairError};

/// Accounts of `best_swap`: those of a swap, and what Sluice needs besides.
#[derive(Accounts)]
pub struct BestSwap<'info> {
    /// The accounts of a swap.
    pub swap: Swap<'info>,
    /// The pool. It is compared with the pair's, because anybody can create another.
    #[account(mut, address = swap.pair.pool @ PairError::WrongPool)]
    pub pool: AccountLoader<'info, Pool>,
    /// The pool's mint authority.
    /// CHECK: Sluice compares it with the pool
    pub mint_authority: UncheckedAccount<'info>,
    /// The pool's reserve of SOL.
    /// CHECK: Sluice compares it with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// Sluice.
    pub sluice: Program<'info, Sluice>,
}

impl BestSwap<'_> {
    /// Swaps at the better of two prices.
    pub fn process(&mut self, direction: Direction, amount: u64, minimum: u64) -> Result<()> {
        let own = self.swap.pair.reserves.swap(direction, amount);
        let own = own.map_or(0, |(received, _)| received);
        // Where the pool would refuse, there is only the pair's price.
        match self.pool_would_give(direction, amount) {
            Ok(given) if given > own => self.go_to_the_pool(direction, amount, given, minimum),
            _ => self.swap.process(direction, amount, minimum),
        }
    }

    /// What the pool would mint or pay in this slot, or why it would refuse.
    ///
    /// These are the functions that Sluice itself calls, linked into this program: a quote by CPI would
    /// be the same, but its failure would fail the whole transaction. If Sluice is upgraded and this
    /// program is not, the quote may be wrong. It only chooses the way; `minimum` holds on both.
    fn pool_would_give(&self, direction: Direction, amount: u64) -> Result<u64> {
        let moment = Moment::now()?;
        let mut pool = *Pool::current(&self.pool)?;
        match direction {
            Direction::SolForLst => {
                pool.require_deposits_open(&moment.clock)?;
                let quote = pool.quote_deposit(Lamports::new(amount), moment.clock.slot)?;
                Ok(quote.minted.get())
            }
            Direction::LstForSol => {
                pool.require_instant_exits_open(&moment.clock)?;
                pool.roll_queue(moment.clock.slot)?;
                let exit = pool.quote_instant_exit(Lst::new(amount), &moment)?;
                Ok(exit.lamports.get())
            }
        }
    }

    fn go_to_the_pool(
        &self,
        direction: Direction,
        amount: u64,
        given: u64,
        minimum: u64,
    ) -> Result<()> {
        match direction {
            Direction::SolForLst => self.mint(amount, minimum)?,
            Direction::LstForSol => self.redeem(amount, minimum)?,
        }
        self.swap.tell(direction, amount, given, true);
        Ok(())
    }

    /// SOL of the user becomes new LST. The user's signature reaches through this program.
    fn mint(&self, lamports: u64, minimum_lst: u64) -> Result<()> {
        let accounts = calls::DepositSol {
            pool: self.pool.to_account_info(),
            mint: self.swap.lst_mint.to_account_info(),
            mint_authority: self.mint_authority.to_account_info(),
            reserve: self.reserve.to_account_info(),
            depositor: self.swap.user.to_account_info(),
            recipient: self.swap.user_lst.to_account_info(),
            token_program: self.swap.token_program.to_account_info(),
            system_program: self.swap.system_program.to_account_info(),
        };
        let deposit = CpiContext::new(self.sluice.key(), accounts);
        cpi::deposit_sol(deposit, lamports, minimum_lst)
    }

    /// LST of the user are burned for SOL of the pool's reserve.
    fn redeem(&self, lst: u64, minimum_lamports: u64) -> Result<()> {
        let accounts = calls::WithdrawSol {
            pool: self.pool.to_account_info(),
            mint: self.swap.lst_mint.to_account_info(),
            reserve: self.reserve.to_account_info(),
            owner: self.swap.user.to_account_info(),
            source: self.swap.user_lst.to_account_info(),
            recipient: self.swap.user.to_account_info(),
            token_program: self.swap.token_program.to_account_info(),
            system_program: self.swap.system_program.to_account_info(),
        };
        let withdraw = CpiContext::new(self.sluice.key(), accounts);
        cpi::withdraw_sol(withdraw, lst, minimum_lamports)
    }
}
