use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token, TokenAccount};

use super::moves::Moves;
use crate::{Direction, Pair, PairError, events::Swapped};

/// Accounts of `swap`.
#[derive(Accounts)]
pub struct Swap<'info> {
    /// The pair.
    #[account(
        mut,
        has_one = lst_mint @ PairError::WrongMint,
        has_one = vault @ PairError::WrongVault
    )]
    pub pair: Account<'info, Pair>,
    /// The LST. Sluice changes it where it mints or burns.
    #[account(mut)]
    pub lst_mint: Account<'info, Mint>,
    /// The pair's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// Who swaps.
    #[account(mut)]
    pub user: Signer<'info>,
    /// The user's LST.
    #[account(mut, token::mint = lst_mint, token::authority = user)]
    pub user_lst: Account<'info, TokenAccount>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl<'info> Swap<'info> {
    /// Swaps at the pair's price.
    pub fn process(&mut self, direction: Direction, amount: u64, minimum: u64) -> Result<()> {
        let (received, reserves) = self.pair.reserves.swap(direction, amount)?;
        require!(received >= minimum, PairError::BelowMinimum);

        self.pair.reserves = reserves;
        let moves = self.moves();
        match direction {
            Direction::SolForLst => {
                moves.take_lamports(amount)?;
                moves.give_lst(received)?;
            }
            Direction::LstForSol => {
                moves.take_lst(amount)?;
                moves.give_lamports(received)?;
            }
        }
        self.tell(direction, amount, received, false);
        Ok(())
    }

    /// Logs the swap.
    pub fn tell(&self, direction: Direction, paid: u64, received: u64, through_sluice: bool) {
        emit!(Swapped {
            pair: self.pair.key(),
            user: self.user.key(),
            direction,
            paid,
            received,
            through_sluice,
            reserves: self.pair.reserves,
        });
    }

    fn moves(&self) -> Moves<'_, 'info> {
        Moves {
            pair: &self.pair,
            lst_mint: &self.lst_mint,
            vault: &self.vault,
            user: &self.user,
            user_lst: &self.user_lst,
            token_program: &self.token_program,
            system_program: &self.system_program,
        }
    }
}
