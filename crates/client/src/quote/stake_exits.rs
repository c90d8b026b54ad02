//! What a stake account would mint, and what an exit with one would give.

use sluice::{
    SluiceError,
    foreign::{OfferedStake, StakeView, VoteView},
    state::Slot,
};
use sluice_math::{Bps, DepositQuote, Lamports, Lst, StakeExit, StakeStatus};
use solana_pubkey::Pubkey;

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
        self.require_earns(&placed.place.vote)?;
        let quote = self.value_of_stake(offered.lamports)?;
        require(!quote.minted.is_zero(), SluiceError::AmountTooSmall)?;
        let full = quote.ledger.full()?;
        self.pool
            .require_room(placed.slot, offered.lamports, full, &cluster.moment())?;
        Ok(quote)
    }

    /// Fails where the stake of a validator would earn the pool nothing: it does not vote, or not
    /// on the pool's terms. The snapshot must have its votes.
    pub(crate) fn require_earns(&self, vote: &Pubkey) -> Result<()> {
        let moment = self.cluster.moment();
        Ok(self.pool.require_earns(self.vote_view(vote), &moment)?)
    }

    /// A vote account as the program reads it.
    pub(crate) fn vote_view(&self, vote: &Pubkey) -> VoteView<'_> {
        self.votes.get(vote).map_or(VoteView::Gone, |account| {
            VoteView::read(&account.owner, &account.data)
        })
    }

    /// Books a deposit of stake into this view.
    pub(crate) fn book_stake_deposit(
        &mut self,
        place: &SlotAddress,
        lamports: Lamports,
    ) -> Result<()> {
        let quote = self.value_of_stake(lamports)?;
        self.pool.book(&quote.ledger);
        if let Some(page) = self.pages.get_mut(usize::from(place.page)) {
            let slot = page.slot_mut(place.slot)?;
            slot.main_lamports = slot.main_lamports.saturating_add(lamports.get());
        }
        Ok(())
    }

    /// The most stake of a validator that a deposit may bring now: by its share of the pool, in
    /// which the deposit counts; all there is where nothing binds it.
    pub fn room_for_stake(&self, slot: &Slot) -> Result<Lamports> {
        let moment = self.cluster.moment();
        let full = self.pool.ledger().full()?.get();
        let (mut least, mut most) = (0, u64::MAX.saturating_sub(full));
        let fits = |offered: u64| {
            let offered = Lamports::new(offered);
            let full = Lamports::new(full).add(offered)?;
            Result::Ok(self.pool.require_room(slot, offered, full, &moment).is_ok())
        };
        while least < most {
            let middle = least + (most - least).div_ceil(2);
            if fits(middle)? {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        Ok(Lamports::new(least))
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
        self.pool
            .require_balanced(placed.slot, exit.lamports, &cluster.moment())?;
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
