//! Lamports or stake in, LST out.

use crate::{Bps, EntryCharge, Floor, Lamports, Ledger, Lst, MathError, Ratio, Result};

/// What a deposit of lamports mints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositQuote {
    /// LST for the depositor: rounded down, in favour of those who hold already.
    pub minted: Lst,
    /// Part of the lamports that buys nothing and drips to all holders: rounded up.
    pub fee: Lamports,
    /// Another part that buys nothing and drips to all holders, for the reward that it did not earn:
    /// rounded up. Zero for stake.
    pub charge: Lamports,
    /// The ledger with the lamports and the LST.
    pub ledger: Ledger,
}

impl Ledger {
    /// A deposit at the full price: a newcomer buys a share of everything, also of rewards not
    /// yet released, so that nobody gains by arriving just before they are. Fee and charge stay.
    ///
    /// [`MathError::NoValue`] after a total loss.
    pub fn deposit(
        &self,
        lamports: Lamports,
        fee: Bps,
        charge: EntryCharge,
        slot: u64,
    ) -> Result<DepositQuote> {
        if !self.has_value(slot)? {
            return Err(MathError::NoValue);
        }
        let (fee, charge) = charge.with_fee(fee, lamports)?;
        let kept = fee.add(charge)?;
        let price = Floor(Ratio::new(self.supply.get(), self.full()?.get()));
        let minted = Lst::new(price.apply(lamports.sub(kept)?.get())?);
        Ok(DepositQuote {
            minted,
            fee,
            charge,
            ledger: Self {
                reserve: self.reserve.add(lamports)?,
                pending: self.pending.add(kept)?,
                supply: self.supply.add(minted)?,
                ..*self
            },
        })
    }

    /// A deposit of active stake: as one of lamports, which stay in a stake account. It has
    /// earned its part of the running epoch's reward, and pays no charge.
    pub fn deposit_stake(&self, lamports: Lamports, fee: Bps, slot: u64) -> Result<DepositQuote> {
        let quote = self.deposit(lamports, fee, EntryCharge::NONE, slot)?;
        Ok(DepositQuote {
            ledger: Self {
                reserve: self.reserve,
                staked: self.staked.add(lamports)?,
                ..quote.ledger
            },
            ..quote
        })
    }
}
