use anchor_lang::prelude::*;

use crate::{Market, Seizure, VaultError, error::Checked, events::SeizureCollected};

/// Accounts of `collect`. Nobody needs to sign.
///
/// `claim` of Sluice pays the seizure. Its owner does not sign for that, so this program does not call it:
/// who collects puts it in front, unless somebody else has claimed before.
#[derive(Accounts)]
pub struct Collect<'info> {
    /// The market.
    #[account(mut)]
    pub market: Account<'info, Market>,
    /// The seizure.
    #[account(
        mut,
        has_one = market @ VaultError::WrongMarket,
        has_one = ticket @ VaultError::WrongTicket,
        has_one = payer @ VaultError::WrongRecipient
    )]
    pub seizure: Account<'info, Seizure>,
    /// Its ticket, which is gone once all is paid.
    /// CHECK: compared with the seizure
    pub ticket: UncheckedAccount<'info>,
    /// Who liquidated. Gets the rent back, and what has come beyond what was owed.
    /// CHECK: compared with the seizure
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl Collect<'_> {
    /// Moves what the queue has paid to the market, up to what was owed. Sluice closes a ticket with its
    /// last payment, and its number is never used again: then what is left is the payer's.
    pub fn process(&mut self) -> Result<()> {
        let closes = self.ticket.data_is_empty();
        let expected = self.seizure.expected_lamports;
        let paid = self.paid();
        let owed = self.seizure.owed_lamports;
        let met = paid.min(owed);
        require!(met > 0 || closes, VaultError::NothingToCollect);

        let gone = if closes { expected } else { met.min(expected) };
        self.seizure.expected_lamports = expected.checked_sub(gone).checked()?;
        self.seizure.owed_lamports = owed.checked_sub(met).checked()?;
        self.market.book.collected(met, gone)?;
        self.seizure.sub_lamports(met)?;
        self.market.add_lamports(met)?;
        let left = paid.checked_sub(met).checked()?;
        emit!(SeizureCollected {
            market: self.market.key(),
            seizure: self.seizure.key(),
            lamports: met,
            surplus_lamports: if closes { left } else { 0 },
            closed: closes,
            book: self.market.book,
        });
        if closes {
            self.seizure.close(self.payer.to_account_info())?;
        }
        Ok(())
    }

    /// What the seizure has above the rent that was paid for it, in lamports.
    fn paid(&self) -> u64 {
        let lamports = self.seizure.get_lamports();
        lamports.saturating_sub(self.seizure.rent_lamports)
    }
}
