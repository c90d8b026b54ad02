//! The books and slots of a snapshot, on which planned steps are carried out as the program will.

use sluice::{
    foreign::StakeView,
    moment::Moment,
    state::{
        PROBATION_EPOCHS, Pool, Slot,
        StakeAccountKind::{self, Main, Transient},
        UnstakeBatch, ValidatorPage, short_epoch,
    },
};
use sluice_math::{Arrival, Collection, Departure, Flows, Lamports, MissingStake, SlotNow};

use crate::{PoolSnapshot, Result, SlotAddress, StakeAccount};

/// A copy of a pool that steps are tried on.
#[derive(Clone)]
pub struct World<'a> {
    pub snapshot: &'a PoolSnapshot,
    pub moment: Moment,
    pub pool: Pool,
    pub batches: Vec<UnstakeBatch>,
    pages: Vec<ValidatorPage>,
    slots: Vec<SlotNow>,
}

/// A slot of a world that has a validator. Only [`World::places`] makes them, of its own pages.
#[derive(Clone, Copy, Debug)]
pub struct At {
    pub place: SlotAddress,
    page: usize,
    order: usize,
}

impl<'a> World<'a> {
    /// The world as the snapshot shows it, its queue rolled as every move finds it.
    pub fn new(snapshot: &'a PoolSnapshot) -> Result<Self> {
        let mut world = Self {
            snapshot,
            moment: snapshot.cluster.moment(),
            pool: snapshot.rolled_pool()?,
            batches: snapshot.batches.clone(),
            pages: snapshot.pages.clone(),
            slots: Vec::new(),
        };
        for at in world.places() {
            world.slots.push(SlotNow {
                main: world.stake_now(&at, Main),
                transient: world.stake_now(&at, Transient),
                rent: snapshot.cluster.stake_rent(),
            });
        }
        Ok(world)
    }

    fn stake_now(&self, at: &At, kind: StakeAccountKind) -> sluice_math::StakeNow {
        let stakes = &self.snapshot.stakes;
        let stake = stakes.get(&at.place.stake(kind));
        let stake = stake.copied().unwrap_or(StakeAccount::MISSING);
        let booked = self.slot(at).booked(kind);
        // What was reset is reclaimed before anything moves.
        let view = match stake.is_reset(self.snapshot.cluster.stake_rent()) {
            true => StakeView::Initialized,
            false => stake.view,
        };
        view.now(stake.lamports, booked, &self.moment)
    }

    pub fn epoch(&self) -> u64 {
        self.moment.clock.epoch
    }

    /// Every slot that has a validator.
    pub fn places(&self) -> Vec<At> {
        let pages = self.pages.iter().enumerate();
        let places = pages.flat_map(|(position, page)| {
            let slots = (0u8..).zip(&page.slots);
            slots
                .filter(|(_, slot)| !slot.is_empty())
                .map(move |(index, slot)| (position, SlotAddress::of(page.index, index, slot)))
        });
        places
            .enumerate()
            .map(|(order, (page, place))| At { place, page, order })
            .collect()
    }

    /// What the books say of a slot.
    pub fn slot(&self, at: &At) -> &Slot {
        &self.pages[at.page].slots[usize::from(at.place.slot)]
    }

    /// What a slot's stake accounts are by now.
    pub fn now(&self, at: &At) -> &SlotNow {
        &self.slots[at.order]
    }

    /// The pool-wide amounts that decide the moves, as they are by now.
    pub fn flows(&self) -> Result<Flows> {
        Ok(self.pool.flows(&self.moment)?)
    }

    /// Lamports that the reserve can pay.
    pub fn spendable(&self) -> Lamports {
        self.pool.spendable(self.snapshot.cluster.reserve_rent())
    }

    pub fn collect(&mut self, at: &At, done: &Collection) -> Result<()> {
        let (epoch, page) = (self.epoch(), &mut self.pages[at.page]);
        self.pool
            .book_collection(page, at.place.slot, done, epoch)?;
        self.slots[at.order] = done.after;
        Ok(())
    }

    pub fn undelegate(&mut self, at: &At, done: &Departure) -> Result<()> {
        let (epoch, page) = (self.epoch(), &mut self.pages[at.page]);
        self.pool.book_departure(page, at.place.slot, done, epoch)?;
        self.slots[at.order] = done.after;
        Ok(())
    }

    pub fn delegate(&mut self, at: &At, done: &Arrival) -> Result<()> {
        let (epoch, page) = (self.epoch(), &mut self.pages[at.page]);
        self.pool.book_arrival(page, at.place.slot, done, epoch)?;
        self.slots[at.order] = done.after;
        Ok(())
    }

    pub fn report_loss(&mut self, at: &At, missing: &MissingStake) -> Result<()> {
        let (clock, page) = (&self.moment.clock, &mut self.pages[at.page]);
        self.pool
            .book_missing(page, at.place.slot, missing, clock)?;
        let slot = &mut self.slots[at.order];
        slot.main.holding.booked = missing.main;
        slot.transient.holding.booked = missing.transient;
        Ok(())
    }

    pub fn eject(&mut self, at: &At) -> Result<()> {
        // The marker may say a later one; nothing that is planned asks for it.
        let back = self.epoch().saturating_add(PROBATION_EPOCHS + 1);
        Ok(self.pages[at.page].eject(at.place.slot, short_epoch(back)?)?)
    }
}
