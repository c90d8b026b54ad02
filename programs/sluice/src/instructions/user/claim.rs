use anchor_lang::{Lamports as _, prelude::*};
use sluice_math::Lamports;

use crate::{
    calls::{signer::PoolSigner, system},
    ensure,
    error::{SluiceError, ensure_is, ensure_own, refuse},
    events::TicketClaimed,
    moment::rent_of,
    state::{Pool, Ticket, UnstakeBatch},
    sums::Tally,
};

/// Accounts of `claim`.
#[derive(Accounts)]
pub struct Claim<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The ticket's batch.
    #[account(mut)]
    pub batch: AccountLoader<'info, UnstakeBatch>,
    /// The ticket.
    #[account(mut)]
    pub ticket: AccountLoader<'info, Ticket>,
    /// Owner of the ticket, who is paid; need not sign.
    /// CHECK: compared with the ticket
    #[account(mut)]
    pub owner: UncheckedAccount<'info>,
    /// Who paid for the ticket and gets its rent back.
    /// CHECK: compared with the ticket
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
    /// Who opened the batch and gets its rent when its last ticket closes.
    /// CHECK: compared with the batch
    #[account(mut)]
    pub opener: UncheckedAccount<'info>,
    /// The pool's claims vault, which pays.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub claims_vault: UncheckedAccount<'info>,
    /// The pool's reserve, which receives the dust of closed batches.
    /// CHECK: compared with the pool
    #[account(mut)]
    pub reserve: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl Claim<'_> {
    fn validate(&self, pool: &Pool, batch: &UnstakeBatch, ticket: &Ticket) -> Result<()> {
        ensure_is(&self.owner, &ticket.owner, SluiceError::NotTicketOwner)?;
        ensure!(
            ticket.is_of(batch, &self.batch.key()),
            SluiceError::ForeignAccount
        );
        ensure_own(&[
            (self.pool.as_ref(), &batch.pool),
            (&self.payer, ticket.rent_recipient()),
            (&self.opener, &batch.opener),
            (&self.claims_vault, &pool.claims_vault),
            (&self.reserve, &pool.reserve),
        ])
    }

    /// Pays a ticket what its batch has been paid for it, as far as the vault keeps its rent.
    /// Anybody may call, at any time.
    pub fn process(&mut self) -> Result<()> {
        let mut pool = self.pool.load_mut()?;
        let mut batch = self.batch.load_mut()?;
        let mut ticket = self.ticket.load_mut()?;
        self.validate(&pool, &batch, &ticket)?;
        let payout = batch.payout(&ticket, self.payable()?)?;
        let payout = payout.ok_or_else(|| refuse(SluiceError::NothingToClaim))?;
        let dust = payout.dust.unwrap_or_default();

        let signer = PoolSigner::claims_vault(self.pool.key(), &pool);
        let (vault, lamports) = (&self.claims_vault, payout.lamports);
        system::transfer_signed(vault, &self.owner, lamports, &signer)?;
        system::transfer_signed(vault, &self.reserve, dust, &signer)?;

        ticket.claimed_lamports.increase(lamports.get())?;
        batch.claimed_lamports.increase(lamports.get())?;
        pool.book_claim(lamports, dust)?;
        emit!(TicketClaimed {
            pool: self.pool.key(),
            batch: batch.id,
            ticket: self.ticket.key(),
            owner: self.owner.key(),
            payer: self.payer.key(),
            lamports: lamports.get(),
            closed: payout.closes,
            dust_lamports: dust.get(),
            books: (&*pool).into(),
        });
        drop(ticket);
        if payout.closes {
            batch.tickets.decrease(1)?;
            self.close_ticket()?;
        }
        drop(batch);
        if payout.dust.is_some() {
            self.batch.close(self.opener.to_account_info())?;
        }
        Ok(())
    }

    /// Closes the ticket; its rent goes back to who paid it. The runtime refuses to leave an account
    /// with less than its rent: what a payment of dust leaves an empty owner short of comes out
    /// of the ticket's rent, or the ticket and its batch could never close.
    fn close_ticket(&self) -> Result<()> {
        let missing = rent_of(self.owner.data_len())?
            .saturating_sub(Lamports::new(self.owner.lamports()))
            .min(Lamports::new(self.ticket.as_ref().lamports()));
        if !missing.is_zero() {
            self.ticket.sub_lamports(missing.get())?;
            self.owner.add_lamports(missing.get())?;
        }
        self.ticket.close(self.payer.to_account_info())
    }

    /// What the vault can pay and keep today's rent, without which the runtime lets nobody take
    /// from it. It has twice the rent of its creation beside the claims: only where rent rises
    /// beyond that a rest stays owed, until anybody sends the vault what it lacks.
    fn payable(&self) -> Result<Lamports> {
        Ok(Lamports::new(self.claims_vault.lamports()).saturating_sub(rent_of(0)?))
    }
}

impl Pool {
    /// What rounding left in a closed batch drips to all holders.
    fn book_claim(&mut self, lamports: Lamports, dust: Lamports) -> Result<()> {
        self.claims_lamports.decrease(lamports.get())?;
        self.claims_lamports.decrease(dust.get())?;
        self.reserve_lamports.increase(dust.get())?;
        self.pending_lamports.increase(dust.get())
    }
}
