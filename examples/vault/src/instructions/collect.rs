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
    /// Who paid the rent of the seizure and gets it back.
    /// CHECK: compared with the seizure
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl Collect<'_> {
    /// Moves what the queue has paid to the market. Sluice closes a ticket with its last payment, and its
    /// number is never used again.
    pub fn process(&mut self) -> Result<()> {
        let closes = self.ticket.data_is_empty();
        let paid = self.paid()?;
        require!(paid > 0 || closes, VaultError::NothingToCollect);

        let expected = self.seizure.expected_lamports;
        let met = if closes { expected } else { expected.min(paid) };
        self.seizure.expected_lamports = expected.checked_sub(met).checked()?;
        self.market.book.collected(paid, met)?;
        self.seizure.sub_lamports(paid)?;
        self.market.add_lamports(paid)?;
        emit!(SeizureCollected {
            market: self.market.key(),
            seizure: self.seizure.key(),
            lamports: paid,
            closed: closes,
            book: self.market.book,
        });
        if closes {
            self.seizure.close(self.payer.to_account_info())?;
        }
        Ok(())
    }

    /// What the seizure has above its rent, in lamports.
    fn paid(&self) -> Result<u64> {
        let bytes = self.seizure.to_account_info().data_len();
        let rent = Rent::get()?.minimum_balance(bytes);
        Ok(self.seizure.get_lamports().saturating_sub(rent))
    }
}
