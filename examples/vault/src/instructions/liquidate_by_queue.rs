use anchor_lang::prelude::*;
use anchor_spl::token::{Token, TokenAccount};
use sluice::{
    cpi::{self, accounts::RequestUnstake},
    program::Sluice,
};

use super::seize;
use crate::{
    Loan, Market, Seizure, VaultError, error::Checked, events::LoanLiquidated, state::SEIZURE_SEED,
};

/// Accounts of `liquidate_by_queue`. Other batches of the pool may follow, writable.
#[derive(Accounts)]
pub struct LiquidateByQueue<'info> {
    /// The market.
    #[account(
        mut,
        has_one = pool @ VaultError::WrongPool,
        has_one = vault @ VaultError::WrongVault
    )]
    pub market: Account<'info, Market>,
    /// The market's LST.
    #[account(mut)]
    pub vault: Account<'info, TokenAccount>,
    /// The loan.
    #[account(mut, has_one = market @ VaultError::WrongMarket)]
    pub loan: Account<'info, Loan>,
    /// The seizure to be, which will own the ticket.
    #[account(
        init,
        payer = keeper,
        space = Seizure::DISCRIMINATOR.len().saturating_add(Seizure::INIT_SPACE),
        seeds = [SEIZURE_SEED, market.key().as_ref(), &market.seizures.to_le_bytes()],
        bump
    )]
    pub seizure: Account<'info, Seizure>,
    /// Who liquidates, and pays the rents of seizure, ticket, and batch where it is the first of it. Gets
    /// what the queue pays beyond what was owed.
    #[account(mut)]
    pub keeper: Signer<'info>,
    /// The pool.
    /// CHECK: compared with the market
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// The open batch.
    /// CHECK: Sluice checks it
    #[account(mut)]
    pub batch: UncheckedAccount<'info>,
    /// The ticket to be.
    /// CHECK: Sluice derives its address from the market and the seizure's number
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

impl<'info> LiquidateByQueue<'info> {
    /// Queues LST of the loan. The book expects of them what was owed, or what they are worth if less.
    pub fn process(&mut self, bump: u8, other_batches: &[AccountInfo<'info>]) -> Result<()> {
        let due = seize::due(&mut self.market, &self.loan, &self.pool)?;
        let worth = due.taken.worth_lamports;
        let booked = self.market.book.queued(self.loan.debt_parts, worth)?;
        seize::release(&mut self.loan, &due.taken)?;
        let number = self.market.seizures;
        self.market.seizures = number.checked_add(1).checked()?;
        self.seizure.set_inner(Seizure {
            market: self.market.key(),
            ticket: self.ticket.key(),
            payer: self.keeper.key(),
            expected_lamports: booked,
            owed_lamports: due.owed_lamports,
            rent_lamports: self.rent_lamports()?,
            number,
            bump,
        });

        self.queue(due.taken.lst, number, other_batches)?;
        emit!(LoanLiquidated {
            market: self.market.key(),
            loan: self.loan.key(),
            owed_lamports: due.owed_lamports,
            seized_lst: due.taken.lst,
            booked_lamports: booked,
            surplus_lamports: 0,
            by_queue: true,
            book: self.market.book,
        });
        Ok(())
    }

    /// What the keeper pays for the seizure, in lamports.
    fn rent_lamports(&self) -> Result<u64> {
        let bytes = self.seizure.to_account_info().data_len();
        Ok(Rent::get()?.minimum_balance(bytes))
    }

    /// Puts LST of the vault into the queue. The market signs for them; the seizure owns the ticket.
    fn queue(&self, lst: u64, number: u64, other_batches: &[AccountInfo<'info>]) -> Result<()> {
        let accounts = RequestUnstake {
            pool: self.pool.to_account_info(),
            batch: self.batch.to_account_info(),
            ticket: self.ticket.to_account_info(),
            requester: self.market.to_account_info(),
            owner: self.seizure.to_account_info(),
            payer: self.keeper.to_account_info(),
            source: self.vault.to_account_info(),
            escrow: self.escrow.to_account_info(),
            token_program: self.token_program.to_account_info(),
            system_program: self.system_program.to_account_info(),
        };
        let signers: &[&[&[u8]]] = &[&self.market.seeds()];
        let request = CpiContext::new_with_signer(self.sluice.key(), accounts, signers)
            .with_remaining_accounts(other_batches.to_vec());
        cpi::request_unstake(request, lst, number)
    }
}
