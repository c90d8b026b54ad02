//! The amounts from which both prices follow.

use anchor_lang::prelude::*;
use sluice_math::{
    Bps, DepositQuote, Drip, EntryCharge, HighWater, Lamports, Ledger, Lst, RewardRate,
};

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

    /// What `deposit_sol` mints at this moment. Fails as it does.
    pub fn deposit_at(&self, lamports: Lamports, clock: &Clock) -> Result<DepositQuote> {
        ensure!(!lamports.is_zero(), SluiceError::ZeroAmount);
        self.require_deposits_open(clock)?;
        self.quote_deposit(lamports, clock.slot)
    }

    /// Quotes a deposit of lamports at `slot`.
    pub fn quote_deposit(&self, lamports: Lamports, slot: u64) -> Result<DepositQuote> {
        let fee = Bps::new(self.config.deposit_fee_bps).checked()?;
        let charge = self.entry_charge_beside(fee)?;
        let ledger = self.ledger();
        let quote = ledger.deposit(lamports, fee, charge, slot).checked()?;
        self.require_within_limits(lamports, &quote.ledger)?;
        ensure!(!quote.minted.is_zero(), SluiceError::AmountTooSmall);
        Ok(quote)
    }

    /// What a deposit of SOL leaves to all holders beside the deposit fee, in this epoch.
    pub fn entry_charge(&self) -> Result<EntryCharge> {
        self.entry_charge_beside(Bps::new(self.config.deposit_fee_bps).checked()?)
    }

    fn entry_charge_beside(&self, fee: Bps) -> Result<EntryCharge> {
        let part = Bps::new(self.config.entry_charge_bps).checked()?;
        let rate = RewardRate::new(self.paid_rate_e12);
        Ok(EntryCharge::of(rate, part, fee))
    }
}
