//! Putting LST of the vault into the pool's queue: for who leaves, or for the till.

use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};
use sluice::{
    cpi::{self, accounts::RequestUnstake},
    program::Sluice,
};

use crate::{Exit, Strategy, StrategyError, error::Checked, state::EXIT_SEED};

/// The accounts of a request to the queue.
#[derive(Accounts)]
pub struct Queue<'info> {
    /// The strategy.
    #[account(
        mut,
        has_one = pool @ StrategyError::WrongPool,
        has_one = vault @ StrategyError::WrongVault
    )]
    pub strategy: Account<'info, Strategy>,
    /// The strategy's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The exit to be, which will own the ticket.
    #[account(
        init,
        payer = payer,
        space = Exit::DISCRIMINATOR.len().saturating_add(Exit::INIT_SPACE),
        seeds = [EXIT_SEED, strategy.key().as_ref(), &strategy.exits.to_le_bytes()],
        bump
    )]
    pub exit: Account<'info, Exit>,
    /// Pays the rents of exit, ticket, and batch where it is the first of it, and gets them back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The pool.
    /// CHECK: compared with the strategy
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// The open batch.
    /// CHECK: Sluice checks it
    #[account(mut)]
    pub batch: UncheckedAccount<'info>,
    /// The ticket to be.
    /// CHECK: Sluice derives its address from the strategy and the exit's number
    #[account(mut)]
    pub ticket: UncheckedAccount<'info>,
    /// The pool's escrow of queued LST.
    /// CHECK: Sluice compares it with the pool
    #[account(mut)]
    pub escrow: UncheckedAccount<'info>,
    /// Sluice.
    pub sluice: Program<'info, Sluice>,
    /// The token program.
    pub token_program: Program<'info, Token>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl<'info> Queue<'info> {
    /// Takes LST out of the vault and makes an exit of them, for `owner`, whose `shares` were burned.
    pub fn request(
        &mut self,
        bump: u8,
        owner: Pubkey,
        lst: u64,
        shares: u64,
        other_batches: &[AccountInfo<'info>],
    ) -> Result<()> {
        self.strategy.holdings.take_lst(lst)?;
        let number = self.strategy.exits;
        self.strategy.exits = number.checked_add(1).checked()?;
        let space = self.exit.to_account_info().data_len();
        self.exit.set_inner(Exit {
            strategy: self.strategy.key(),
            owner,
            ticket: self.ticket.key(),
            payer: self.payer.key(),
            lst,
            shares,
            rent_lamports: Rent::get()?.minimum_balance(space),
            number,
            bump,
        });

        let accounts = RequestUnstake {
            pool: self.pool.to_account_info(),
            batch: self.batch.to_account_info(),
            ticket: self.ticket.to_account_info(),
            requester: self.strategy.to_account_info(),
            owner: self.exit.to_account_info(),
            payer: self.payer.to_account_info(),
            source: self.vault.to_account_info(),
            escrow: self.escrow.to_account_info(),
            token_program: self.token_program.to_account_info(),
            system_program: self.system_program.to_account_info(),
        };
        let signers: &[&[&[u8]]] = &[&self.strategy.seeds()];
        let request = CpiContext::new_with_signer(self.sluice.key(), accounts, signers)
            .with_remaining_accounts(other_batches.to_vec());
        cpi::request_unstake(request, lst, number)
    }
}
