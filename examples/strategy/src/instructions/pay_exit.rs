use anchor_lang::{Lamports as _, prelude::*};
use sluice::{
    cpi::{self, accounts::Claim},
    program::Sluice,
    state::{Ticket, UnstakeBatch},
};
use sluice_math::Lamports;

use crate::{Exit, Strategy, StrategyError, events::ExitPaid, state::rate_of};

/// Accounts of `pay_exit`. Nobody needs to sign.
#[derive(Accounts)]
pub struct PayExit<'info> {
    /// The strategy.
    #[account(mut, has_one = pool @ StrategyError::WrongPool)]
    pub strategy: Account<'info, Strategy>,
    /// The exit.
    #[account(
        mut,
        has_one = strategy @ StrategyError::WrongStrategy,
        has_one = ticket @ StrategyError::WrongTicket,
        has_one = owner @ StrategyError::WrongRecipient,
        has_one = payer @ StrategyError::WrongRecipient
    )]
    pub exit: Account<'info, Exit>,
    /// Who is paid.
    /// CHECK: compared with the exit
    #[account(mut)]
    pub owner: UncheckedAccount<'info>,
    /// Who paid the rents and gets them back.
    /// CHECK: compared with the exit
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
    /// The ticket, which is gone once all is paid.
    /// CHECK: compared with the exit
    #[account(mut)]
    pub ticket: UncheckedAccount<'info>,
    /// The pool.
    /// CHECK: compared with the strategy
    #[account(mut)]
    pub pool: UncheckedAccount<'info>,
    /// The ticket's batch.
    /// CHECK: Sluice compares it with the ticket
    #[account(mut)]
    pub batch: UncheckedAccount<'info>,
    /// Who opened the batch.
    /// CHECK: Sluice compares it with the batch
    #[account(mut)]
    pub opener: UncheckedAccount<'info>,
    /// The pool's vault of claims.
    /// CHECK: Sluice compares it with the pool
    #[account(mut)]
    pub claims_vault: UncheckedAccount<'info>,
    /// The pool's reserve of SOL.
    /// CHECK: Sluice compares it with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// Sluice.
    pub sluice: Program<'info, Sluice>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl PayExit<'_> {
    /// Claims what is due, and passes on all that is there: somebody else may have claimed before. Sluice
    /// closes a ticket with its last payment, and its number is never used again.
    pub fn process(&mut self) -> Result<()> {
        if self.must_claim()? {
            self.claim()?;
        }
        let closed = self.ticket.data_is_empty();
        let lamports = self.paid(closed)?;
        if self.owner.key() == self.strategy.till {
            self.book(lamports, closed)?;
        }

        self.exit.sub_lamports(lamports)?;
        self.owner.add_lamports(lamports)?;
        emit!(ExitPaid {
            exit: self.exit.key(),
            owner: self.owner.key(),
            lamports,
            closed,
        });
        if closed {
            self.exit.close(self.payer.to_account_info())?;
        }
        Ok(())
    }

    fn paid(&self, closes: bool) -> Result<u64> {
        let account = self.exit.to_account_info();
        self.exit.paid_lamports(&account, closes)
    }

    /// Whether to call `claim`. It would fail, and with it all, where nothing is due: so it is called then
    /// only if there is nothing to pass on either, and Sluice says so.
    fn must_claim(&self) -> Result<bool> {
        if self.ticket.data_is_empty() {
            return Ok(false);
        }
        Ok(self.is_due()? || self.paid(false)? == 0)
    }

    /// Whether the queue has paid something for the ticket that was not claimed. A batch of another ticket
    /// is Sluice's to refuse.
    fn is_due(&self) -> Result<bool> {
        if self.batch.owner != self.sluice.key {
            return Ok(true);
        }
        let ticket = Ticket::try_deserialize(&mut self.ticket.try_borrow_data()?.as_ref())?;
        let batch = UnstakeBatch::try_deserialize(&mut self.batch.try_borrow_data()?.as_ref())?;
        if !ticket.is_of(&batch, self.batch.key) {
            return Ok(true);
        }
        let rent = Rent::get()?.minimum_balance(0);
        let payable = self.claims_vault.lamports().saturating_sub(rent);
        Ok(batch.payout(&ticket, Lamports::new(payable))?.is_some())
    }

    /// The till has SOL in the place of LST in the queue.
    fn book(&mut self, lamports: u64, is_last: bool) -> Result<()> {
        let rate = rate_of(&self.pool)?;
        let holdings = &mut self.strategy.holdings;
        self.exit.lst = holdings.refilled(lamports, self.exit.lst, is_last, &rate)?;
        Ok(())
    }

    /// Lets the queue pay the exit. The owner of a ticket does not sign for that.
    fn claim(&self) -> Result<()> {
        let accounts = Claim {
            pool: self.pool.to_account_info(),
            batch: self.batch.to_account_info(),
            ticket: self.ticket.to_account_info(),
            owner: self.exit.to_account_info(),
            payer: self.payer.to_account_info(),
            opener: self.opener.to_account_info(),
            claims_vault: self.claims_vault.to_account_info(),
            reserve: self.reserve.to_account_info(),
            system_program: self.system_program.to_account_info(),
        };
        cpi::claim(CpiContext::new(self.sluice.key(), accounts))
    }
}
