//! The books and stake accounts of a snapshot, on which planned steps are carried out as the
//! program will.

use crate::{Cluster, PoolSnapshot, Result, SlotAddress, StakeAccount};
use sluice::{
    foreign::{StakeDelegation, StakeStatus, StakeView},
    state::{
        Pool, Slot,
        StakeAccountKind::{self, Main, Transient},
        UnstakeBatch, ValidatorPage,
    },
};
use sluice_math::{Flows, Lamports};
use solana_pubkey::Pubkey;
use std::collections::HashMap;

/// A copy of a pool that steps are tried on.
#[derive(Clone)]
pub struct World<'a> {
    pub snapshot: &'a PoolSnapshot,
    pub pool: Pool,
    pub pages: Vec<ValidatorPage>,
    pub batches: Vec<UnstakeBatch>,
    stakes: HashMap<Pubkey, StakeAccount>,
}

/// Where a slot is among the world's pages.
#[derive(Clone, Copy, Debug)]
pub struct At {
    pub page: usize,
    pub index: u8,
    pub place: SlotAddress,
}

impl<'a> World<'a> {
    /// The world as the snapshot shows it, its queue rolled as every move finds it.
    pub fn new(snapshot: &'a PoolSnapshot) -> Result<Self> {
        Ok(Self {
            snapshot,
            pool: snapshot.rolled_pool()?,
            pages: snapshot.pages.clone(),
            batches: snapshot.batches.clone(),
            stakes: snapshot.stakes.clone(),
        })
    }

    pub fn cluster(&self) -> &'a Cluster {
        &self.snapshot.cluster
    }

    pub fn epoch(&self) -> u64 {
        self.cluster().clock.epoch
    }

    /// Every slot that has a validator.
    pub fn places(&self) -> Vec<At> {
        self.snapshot
            .slots()
            .map(|placed| At {
                page: usize::from(placed.place.page),
                index: placed.place.slot,
                place: placed.place,
            })
            .collect()
    }

    pub fn page(&mut self, at: &At) -> Result<&mut ValidatorPage> {
        self.pages
            .get_mut(at.page)
            .ok_or_else(|| sluice::error::refuse(sluice::SluiceError::WrongPages).into())
    }

    pub fn slot(&self, at: &At) -> Result<&Slot> {
        let page = self
            .pages
            .get(at.page)
            .ok_or_else(|| sluice::error::refuse(sluice::SluiceError::WrongPages))?;
        Ok(page.slot(at.index)?)
    }

    pub fn stake(&self, at: &At, kind: StakeAccountKind) -> StakeAccount {
        let address = at.place.stake(kind);
        self.stakes
            .get(&address)
            .copied()
            .unwrap_or(StakeAccount::MISSING)
    }

    pub fn status(&self, at: &At, kind: StakeAccountKind) -> StakeStatus {
        self.stake(at, kind).status(self.cluster())
    }

    pub fn put(&mut self, at: &At, kind: StakeAccountKind, stake: StakeAccount) {
        self.stakes.insert(at.place.stake(kind), stake);
    }

    /// The pool-wide amounts that decide the moves, as they are by now.
    pub fn flows(&self) -> Result<Flows> {
        Ok(self.pool.flows(&self.cluster().moment())?)
    }

    /// Lamports that the account could give to the reserve.
    pub fn free(&self, at: &At, kind: StakeAccountKind) -> Result<Lamports> {
        let stake = self.stake(at, kind);
        if !stake.view.is_ours() {
            return Ok(Lamports::ZERO);
        }
        let booked = self.slot(at)?.booked(kind);
        let held_back = self.held_back(&stake)?;
        Ok(stake.lamports.min(booked).saturating_sub(held_back))
    }

    /// Lamports that the account lacks to hold today's rent beside its stake.
    pub fn rent_shortfall(&self, at: &At, kind: StakeAccountKind) -> Result<Lamports> {
        let stake = self.stake(at, kind);
        Ok(self.held_back(&stake)?.saturating_sub(stake.lamports))
    }

    fn held_back(&self, stake: &StakeAccount) -> Result<Lamports> {
        let cluster = self.cluster();
        Ok(stake.staked(cluster).add(cluster.stake_rent())?)
    }

    /// From a stake account into the reserve.
    pub fn withdraw(&mut self, at: &At, kind: StakeAccountKind, lamports: Lamports) -> Result<()> {
        let mut stake = self.stake(at, kind);
        stake.lamports = stake.lamports.sub(lamports)?;
        self.put(at, kind, stake);
        let mut pool = self.pool;
        pool.book_to_reserve(self.page(at)?, at.index, kind, lamports)?;
        self.pool = pool;
        Ok(())
    }

    /// From the reserve into a stake account.
    pub fn fund(&mut self, at: &At, kind: StakeAccountKind, lamports: Lamports) -> Result<()> {
        let mut stake = self.stake(at, kind);
        stake.lamports = stake.lamports.add(lamports)?;
        self.put(at, kind, stake);
        let mut pool = self.pool;
        pool.book_from_reserve(self.page(at)?, at.index, kind, lamports)?;
        self.pool = pool;
        Ok(())
    }

    /// What the stake program does to a delegation and its lamports when active stake moves.
    pub fn move_stake(
        &mut self,
        at: &At,
        from: StakeAccountKind,
        to: StakeAccountKind,
        lamports: Lamports,
    ) -> Result<()> {
        let (mut source, mut destination) = (self.stake(at, from), self.stake(at, to));
        let StakeView::Delegated(mut left) = source.view else {
            return Ok(());
        };
        let merged = match destination.view {
            StakeView::Delegated(there)
                if destination.status(self.cluster()) == StakeStatus::Active =>
            {
                there.lamports.add(lamports)?
            }
            _ => lamports,
        };
        destination.view = StakeView::Delegated(StakeDelegation {
            lamports: merged,
            ..left
        });
        left.lamports = left.lamports.sub(lamports)?;
        source.view = if left.lamports.is_zero() {
            StakeView::Initialized
        } else {
            StakeView::Delegated(left)
        };
        source.lamports = source.lamports.sub(lamports)?;
        destination.lamports = destination.lamports.add(lamports)?;
        self.put(at, from, source);
        self.put(at, to, destination);
        Ok(())
    }

    /// What the stake program does when an account deactivates in this epoch.
    pub fn deactivate(&mut self, at: &At, kind: StakeAccountKind) {
        let mut stake = self.stake(at, kind);
        if let StakeView::Delegated(delegation) = &mut stake.view {
            delegation.deactivation_epoch = self.epoch();
        }
        self.put(at, kind, stake);
    }

    /// What the stake program does when everything above rent is delegated in this epoch.
    pub fn delegate(&mut self, at: &At, kind: StakeAccountKind) {
        let mut stake = self.stake(at, kind);
        stake.view = StakeView::Delegated(StakeDelegation {
            vote: at.place.vote,
            lamports: stake.lamports.saturating_sub(self.cluster().stake_rent()),
            activation_epoch: self.epoch(),
            deactivation_epoch: u64::MAX,
        });
        self.put(at, kind, stake);
    }

    /// Books what of the slot is on its way back, as both accounts say now.
    pub fn book_returning(&mut self, at: &At) -> Result<()> {
        let rent = self.cluster().stake_rent();
        let mut returning = Lamports::ZERO;
        for kind in [Main, Transient] {
            let booked = self.slot(at)?.booked(kind);
            let part = self.stake(at, kind).view.returning(booked, rent);
            returning = returning.add(part)?;
        }
        let mut pool = self.pool;
        pool.book_deactivating(self.page(at)?, at.index, returning)?;
        self.pool = pool;
        Ok(())
    }
}
