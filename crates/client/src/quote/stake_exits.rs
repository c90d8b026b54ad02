//! What a stake account would mint, and what an exit with one would give.

use sluice::{
    SluiceError,
    foreign::{OfferedStake, StakeView},
};
use sluice_math::{Bps, DepositQuote, Lamports, Lst, StakeExit, StakeStatus};

use super::prices::{program, require};
use crate::{PlacedSlot, PoolSnapshot, Result, SlotAddress};

impl PoolSnapshot {
    /// What `deposit_stake` would mint for an account that its staker and withdrawer offer. Fails
    /// as it would. The snapshot must have its stakes.
    pub fn quote_stake_deposit(
        &self,
        placed: &PlacedSlot<'_>,
        offered: &OfferedStake,
    ) -> Result<DepositQuote> {
        let cluster = &self.cluster;
        self.pool.require_deposits_open(&cluster.clock)?;
        placed.slot.require_takes_stake()?;
        let authority = self.addresses.stake_authority;
        let own = offered.staker == authority || offered.withdrawer == authority;
        require(!own, SluiceError::OwnStakeAccount)?;
        offered.require_depositable(&placed.place.vote, &cluster.moment())?;
        let main_is_active = self.active_main(&placed.place).is_some();
        require(main_is_active, SluiceError::MainNotActive)?;
        let quote = self.value_of_stake(offered.lamports)?;
        require(!quote.minted.is_zero(), SluiceError::AmountTooSmall)?;
        Ok(quote)
    }

    /// What stake of this many lamports would mint, whether or not deposits are open.
    pub fn value_of_stake(&self, lamports: Lamports) -> Result<DepositQuote> {
        let fee = Bps::new(self.pool.config.deposit_fee_bps)?;
        let slot = self.cluster.clock.slot;
        program(self.pool.ledger().deposit_stake(lamports, fee, slot))
    }

    /// What `withdraw_stake` would give. Fails as it would. The snapshot must have its stakes.
    pub fn quote_stake_exit(&self, placed: &PlacedSlot<'_>, lst: Lst) -> Result<StakeExit> {
        let cluster = &self.cluster;
        let slot = cluster.clock.slot;
        require(!lst.is_zero(), SluiceError::ZeroAmount)?;
        self.pool.require_stake_exits_open(&cluster.clock)?;
        let delegated = self.active_main(&placed.place);
        require(delegated.is_some(), SluiceError::MainNotActive)?;
        let delegated = delegated.unwrap_or_default();
        let can_split = self.can_split(&placed.place, delegated);
        require(can_split, SluiceError::InsufficientReserve)?;
        let exit = self.pool.quote_stake_exit(lst, slot)?;
        let (leaving, minimum) = (placed.slot.is_leaving(), cluster.minimum_delegation);
        let (exit, _) = self
            .pool
            .fit_stake_exit(exit, leaving, delegated, minimum, slot)?;
        Ok(exit)
    }

    /// What main has delegated, where all of it is active.
    pub fn active_main(&self, place: &SlotAddress) -> Option<Lamports> {
        let main = self.stakes.get(&place.main)?;
        match main.view {
            StakeView::Delegated(delegation)
                if main.status(&self.cluster) == StakeStatus::Active =>
            {
                Some(delegation.lamports)
            }
            _ => None,
        }
    }

    /// Whether main holds today's rent beside its stake, or the reserve can top it up.
    pub(crate) fn can_split(&self, place: &SlotAddress, delegated: Lamports) -> bool {
        let held = self.stakes.get(&place.main).map(|main| main.lamports);
        let above_stake = held.unwrap_or_default().saturating_sub(delegated);
        let missing = self.cluster.stake_rent().saturating_sub(above_stake);
        missing <= self.pool.spendable(self.cluster.reserve_rent())
    }
}
