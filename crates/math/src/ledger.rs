//! What a pool owns and owes, and its two prices.

use crate::{Drip, Floor, Lamports, Lst, Ratio, Result};

/// The booked amounts of a pool from which both prices follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Lamports in all stake accounts.
    pub staked: Lamports,
    /// Lamports in the reserve.
    pub reserve: Lamports,
    /// Rent paid in by creator and curator: in `staked` and `reserve`, but never the holders'.
    pub locked: Lamports,
    /// Booked rewards not yet released to exits.
    pub drip: Drip,
    /// Lamports that join the drip at the next finalize.
    pub pending: Lamports,
    /// LST in existence.
    pub supply: Lst,
}

/// Where this many times the seed's LST or less stay, nobody is left whom the drip protects.
pub const LAST_HOLDERS: u64 = 10;

/// What burning LST is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redeemed {
    /// Lamports at the exit price, before any fee: rounded down, in favour of those who stay.
    pub lamports: Lamports,
    /// The ledger without the LST; the lamports have not left it yet.
    pub ledger: Ledger,
}

impl Ledger {
    /// What the pool owns: `staked + reserve - locked`, zero after a loss beyond that.
    pub fn full(&self) -> Result<Lamports> {
        Ok(self.staked.add(self.reserve)?.saturating_sub(self.locked))
    }

    /// What exits share at `slot`: `full` less what is withheld and pending.
    pub fn value(&self, slot: u64) -> Result<Lamports> {
        let unreleased = self.drip.withheld_at(slot)?.add(self.pending)?;
        Ok(self.full()?.saturating_sub(unreleased))
    }

    /// Whether the value at any slot is above zero: cheaper than computing it.
    pub fn has_value(&self, slot: u64) -> Result<bool> {
        let most_unreleased = self.drip.withheld.add(self.pending)?;
        Ok(self.full()? > most_unreleased || !self.value(slot)?.is_zero())
    }

    /// Burns `lst` at the exit price of `slot`. The rewards that the leavers forgo go from the
    /// drip to `pending`, so nobody who comes by can collect them within the running drip.
    ///
    /// Fails where `lst` exceeds the supply.
    pub fn redeem(&self, lst: Lst, slot: u64) -> Result<Redeemed> {
        let value = self.value(slot)?;
        let price = Floor(Ratio::new(value.get(), self.supply.get()));
        let drip = self.drip.without_share_of(lst, self.supply)?;
        let forgone = self
            .drip
            .withheld_at(slot)?
            .saturating_sub(drip.withheld_at(slot)?);
        Ok(Redeemed {
            lamports: Lamports::new(price.apply(lst.get())?),
            ledger: Self {
                drip,
                pending: self.pending.add(forgone)?,
                supply: self.supply.sub(lst)?,
                ..*self
            },
        })
    }

    /// A settlement of `lst` at the exit price of `slot`, from `spendable` lamports of the reserve:
    /// what [`Self::redeem`] says, and for who leaves last also the rewards that they would forgo,
    /// rounded down. Beside the `seed` there is hardly anybody then who earned them, and whoever
    /// came next could only get them with time.
    pub fn settle(&self, lst: Lst, slot: u64, spendable: Lamports, seed: Lst) -> Result<Redeemed> {
        let redeemed = self.redeem(lst, slot)?;
        let most = seed.get().saturating_mul(LAST_HOLDERS);
        if redeemed.ledger.supply.get() > most {
            return Ok(redeemed);
        }
        let share = Floor(Ratio::new(lst.get(), self.supply.get()));
        let forgone = Lamports::new(share.apply(self.drip.withheld_at(slot)?.get())?)
            .min(redeemed.ledger.pending.sub(self.pending)?)
            .min(spendable.saturating_sub(redeemed.lamports));
        Ok(Redeemed {
            lamports: redeemed.lamports.add(forgone)?,
            ledger: Self {
                pending: redeemed.ledger.pending.sub(forgone)?,
                ..redeemed.ledger
            },
        })
    }
}
