//! A loss booked between two finalizes.

use crate::{BPS, Bps, Ceil, Drip, Holding, Lamports, Ledger, Ratio, Result};

/// What a slot's stake accounts hold of what is booked. What they hold more waits for the next
/// finalize.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingStake {
    /// Booked lamports that are gone.
    pub lost: Lamports,
    /// Booked lamports that main still has.
    pub main: Lamports,
    /// Booked lamports that transient still has.
    pub transient: Lamports,
    /// The part of both that is on its way back.
    pub returning: Lamports,
}

impl MissingStake {
    /// By both accounts and the rent of a stake account.
    pub fn of(main: &Holding, transient: &Holding, rent: Lamports) -> Result<Self> {
        let booked = main.booked.add(transient.booked)?;
        let [main, transient] = [main, transient].map(|account| Holding {
            booked: account.left(rent),
            ..*account
        });
        Ok(Self {
            lost: booked.sub(main.booked.add(transient.booked)?)?,
            main: main.booked,
            transient: transient.booked,
            returning: main.returning(rent).add(transient.returning(rent))?,
        })
    }
}

/// What a reported loss does to the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportedLoss {
    /// The part that neither pending nor withheld rewards cover: the fall of the value.
    pub fall: Lamports,
    /// The ledger without the lost stake.
    pub ledger: Ledger,
}

impl Ledger {
    /// Takes `lost` lamports of stake from what is pending, then from what is withheld at `slot`,
    /// then from the value: as finalize does. Rent that was paid in is lost last, at nobody's
    /// expense.
    pub fn lose(&self, lost: Lamports, slot: u64) -> Result<ReportedLoss> {
        let left = Self {
            staked: self.staked.sub(lost)?,
            ..*self
        };
        let loss = self.full()?.sub(left.full()?)?;
        let from_pending = self.pending.min(loss);
        let rest = loss.sub(from_pending)?;
        let withheld = self.drip.withheld_at(slot)?;
        let from_drip = withheld.min(rest);
        Ok(ReportedLoss {
            fall: rest.sub(from_drip)?,
            ledger: Self {
                drip: self.drip.reduced_by(from_drip, slot)?,
                pending: self.pending.sub(from_pending)?,
                ..left
            },
        })
    }
}

impl Drip {
    /// The same drip with `lamports` less withheld at `slot`: what stays withheld is rounded up.
    fn reduced_by(&self, lamports: Lamports, slot: u64) -> Result<Self> {
        if lamports.is_zero() {
            return Ok(*self);
        }
        let withheld = self.withheld_at(slot)?;
        let share = Ceil(Ratio::new(withheld.sub(lamports)?.get(), withheld.get()));
        Ok(Self {
            withheld: Lamports::new(share.apply(self.withheld.get())?),
            ..*self
        })
    }
}

/// Whether a fall of `value` by `fall` is abnormal: more than `bound` of it.
pub fn is_abnormal(fall: Lamports, value: Lamports, bound: Bps) -> bool {
    let fall = u128::from(fall.get()).saturating_mul(u128::from(BPS));
    let most = u128::from(value.get()).saturating_mul(u128::from(bound.get()));
    fall > most
}
