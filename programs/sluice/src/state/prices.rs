//! The amounts from which both prices follow.

use anchor_lang::prelude::*;
use sluice_math::{Bps, DepositQuote, Drip, HighWater, Lamports, Ledger, Lst};

use super::Pool;
use crate::{
    ensure,
    error::{Checked, SluiceError},
};

impl Pool {
    /// The amounts from which both prices follow.
    pub fn ledger(&self) -> Ledger {
        Ledger {
            staked: Lamports::new(self.staked_lamports),
            reserve: Lamports::new(self.reserve_lamports),
            locked: Lamports::new(self.locked_lamports),
            drip: Drip {
                withheld: Lamports::new(self.withheld_lamports),
                start_slot: self.drip_start_slot,
                end_slot: self.drip_end_slot,
            },
            pending: Lamports::new(self.pending_lamports),
            supply: Lst::new(self.lst_supply),
        }
    }

    /// Books what a calculation made of [`Self::ledger`].
    pub fn book(&mut self, ledger: &Ledger) {
        self.staked_lamports = ledger.staked.get();
        self.reserve_lamports = ledger.reserve.get();
        self.locked_lamports = ledger.locked.get();
        self.withheld_lamports = ledger.drip.withheld.get();
        self.drip_start_slot = ledger.drip.start_slot;
        self.drip_end_slot = ledger.drip.end_slot;
        self.pending_lamports = ledger.pending.get();
        self.lst_supply = ledger.supply.get();
    }

    /// The fee's high-water mark.
    pub fn high_water(&self) -> HighWater {
        HighWater {
            full: Lamports::new(self.high_water_lamports),
            supply: Lst::new(self.high_water_lst),
        }
    }
    /// Quotes a deposit of lamports at `slot`.
    pub fn quote_deposit(&self, lamports: Lamports, slot: u64) -> Result<DepositQuote> {
        let fee = Bps::new(self.config.deposit_fee_bps).checked()?;
        let quote = self.ledger().deposit(lamports, fee, slot).checked()?;
        self.require_within_limits(lamports, &quote.ledger)?;
        ensure!(!quote.minted.is_zero(), SluiceError::AmountTooSmall);
        Ok(quote)
    }
}
