use std::{cell::RefMut, iter};

use anchor_lang::prelude::*;
use sluice_math::{Bps, Lamports};
use solana_stake_interface::program::ID as STAKE_PROGRAM;

use super::set_weight::next_epoch;
use crate::{
    calls::{
        account,
        signer::PoolSigner,
        stake::{self, StakeSigner},
    },
    ensure,
    error::{Checked, SluiceError, ensure_is, ensure_own, refuse},
    events::ValidatorAdded,
    foreign::VoteView,
    moment::Moment,
    state::{
        MAIN_SEED, MARKER_SEED, MAX_PAGES, Marker, PAGE_SEED, Pool, SLOTS_PER_PAGE, Slot,
        SlotState, TRANSIENT_SEED, UNJUDGED_EPOCHS, VERSION, ValidatorPage, short_epoch,
        short_serial,
    },
    sums::Tally,
};

/// Accounts of `add_validator`. Candidates may follow, writable: pages, and pairs of stake accounts
/// of later serials, so that a message may wait while others add validators.
#[derive(Accounts)]
pub struct AddValidator<'info> {
    /// The pool.
    #[account(mut)]
    pub pool: AccountLoader<'info, Pool>,
    /// The curator, who pays all rent.
    #[account(mut)]
    pub curator: Signer<'info>,
    /// The first candidate for a page with a free slot; created if it is the pool's next one.
    /// CHECK: either loaded as a page of this pool, or created at the derived address
    #[account(mut)]
    pub page: UncheckedAccount<'info>,
    /// The vote account's marker: one slot per vote account.
    /// CHECK: created at the derived address, or kept from an earlier slot of the vote account
    #[account(mut)]
    pub marker: UncheckedAccount<'info>,
    /// The validator's vote account.
    /// CHECK: read and judged by `VoteView`
    pub vote: UncheckedAccount<'info>,
    /// The first candidate for the new main stake account, which the pool's next serial derives.
    /// CHECK: created at the derived address
    #[account(mut)]
    pub main: UncheckedAccount<'info>,
    /// The first candidate for the new transient stake account.
    /// CHECK: created at the derived address
    #[account(mut)]
    pub transient: UncheckedAccount<'info>,
    /// The pool's stake authority.
    /// CHECK: compared with the pool
    pub stake_authority: UncheckedAccount<'info>,
    /// The stake program.
    /// CHECK: compared with its address
    pub stake_program: UncheckedAccount<'info>,
    /// The system program.
    pub system_program: Program<'info, System>,
}

impl<'info> AddValidator<'info> {
    fn validate(&self, pool: &Pool) -> Result<()> {
        ensure_is(&self.curator, &pool.curator, SluiceError::NotCurator)?;
        ensure_own(&[
            (&self.stake_authority, &pool.stake_authority),
            (&self.stake_program, &STAKE_PROGRAM),
        ])
    }

    /// Adds a validator with two new stake accounts, observed for this epoch.
    pub fn process(&mut self, weight: u16, others: &[AccountInfo<'info>]) -> Result<()> {
        let moment = Moment::now()?;
        let clock = &moment.clock;
        let mut pool = Pool::current_mut(&self.pool)?;
        self.validate(&pool)?;
        self.require_acceptable(&pool, clock.epoch)?;
        moment.require_rewards_paid()?;

        // Whoever is added has no weight before the next epoch, in which holders can still leave.
        let at_once = pool.has_no_weights_yet();
        let serial = pool.next_serial;
        let [main, transient] = self.create_stakes(&pool, serial, others)?;
        let mut slot = Slot {
            vote: self.vote.key(),
            main: main.address,
            transient: transient.address,
            serial: short_serial(serial)?,
            main_lamports: main.rent.get(),
            transient_lamports: transient.rent.get(),
            deactivating_lamports: 0,
            rent_lamports: 0,
            weight: if at_once { weight } else { 0 },
            next_weight: weight,
            delegated_lamports: 0,
            rewarded_lamports: 0,
            paid_lamports: 0,
            credits_observed: 0,
            observed_epoch: short_epoch(clock.epoch)?,
            due_epoch: if at_once {
                0
            } else {
                short_epoch(next_epoch()?)?
            },
            moved_epoch: 0,
            state: SlotState::Active.code(),
            flags: 0,
            unjudged_epochs: UNJUDGED_EPOCHS,
            padding: 0,
        };
        let rent = main.rent.add(transient.rent).checked()?;
        slot.rent_lamports =
            u32::try_from(rent.get()).map_err(|_| refuse(SluiceError::MathOverflow))?;

        let mut page = self.page_with_room(&mut pool, others)?;
        let slot_index = page.insert(slot, rent, clock.epoch)?;
        pool.book_new_slot(slot.weight, rent)?;

        self.write_marker(&slot, clock.epoch)?;
        emit!(ValidatorAdded {
            pool: self.pool.key(),
            vote: slot.vote,
            page: page.index,
            slot_index,
            serial,
            weight,
            from_epoch: if at_once {
                clock.epoch
            } else {
                u64::from(slot.due_epoch)
            },
            rent_lamports: rent.get(),
            books: (&*pool).into(),
        });
        Ok(())
    }
}

impl AddValidator<'_> {
    /// The validator takes stake on terms of the pool, and nobody could undo a delegation to it.
    fn require_acceptable(&self, pool: &Pool, epoch: u64) -> Result<()> {
        let data = self.vote.try_borrow_data()?;
        let vote = VoteView::read(self.vote.owner, &data).known()?;
        vote.terms.require_acceptable(&pool.config)?;
        ensure!(!vote.is_delinquent(epoch), SluiceError::ValidatorDelinquent);
        Ok(())
    }
}

impl<'info> AddValidator<'info> {
    /// Main and transient stake accounts of this serial.
    fn create_stakes(
        &self,
        pool: &Pool,
        serial: u64,
        others: &[AccountInfo<'info>],
    ) -> Result<[NewStake; 2]> {
        let main = self.create_stake(pool, (&self.main, others), MAIN_SEED, serial)?;
        let candidates = (self.transient.as_ref(), others);
        let transient = self.create_stake(pool, candidates, TRANSIENT_SEED, serial)?;
        Ok([main, transient])
    }

    /// Creates and initializes that candidate which this serial derives, in one go: between the
    /// two, anybody could take it over with another authority.
    fn create_stake(
        &self,
        pool: &Pool,
        (named, others): (&AccountInfo<'info>, &[AccountInfo<'info>]),
        seed: &[u8],
        serial: u64,
    ) -> Result<NewStake> {
        let pool_key = self.pool.key();
        let serial = serial.to_le_bytes();
        let seeds: &[&[u8]] = &[seed, pool_key.as_ref(), &serial];
        let (address, bump) = Pubkey::find_program_address(seeds, &crate::ID);
        let stake_account = iter::once(named)
            .chain(others)
            .find(|candidate| candidate.key == &address)
            .ok_or_else(|| refuse(SluiceError::ForeignAccount))?;
        let rent = account::create_signed(
            stake_account,
            &self.curator,
            stake::SPACE,
            &STAKE_PROGRAM,
            seeds,
            bump,
        )?;
        StakeSigner {
            authority: &self.stake_authority,
            signer: &PoolSigner::stake_authority(pool_key, pool),
        }
        .initialize(stake_account)?;
        Ok(NewStake { address, rent })
    }

    fn write_marker(&self, slot: &Slot, epoch: u64) -> Result<()> {
        let mut marker = match self.kept_marker()? {
            Some(marker) => marker,
            None => self.new_marker(slot)?,
        };
        ensure!(marker.admits(epoch), SluiceError::NotReinstatable);
        marker.is_kept = 0;
        marker.serial = slot.serial;
        Ok(())
    }

    /// The marker of a validator that was ejected for taking too much, and whose slot is closed.
    fn kept_marker(&self) -> Result<Option<RefMut<'_, Marker>>> {
        if self.marker.owner != &crate::ID {
            return Ok(None);
        }
        let marker = account::load_mut::<Marker>(&self.marker)?;
        ensure_own(&[
            (self.pool.as_ref(), &marker.pool),
            (&self.vote, &marker.vote),
        ])?;
        // Where it has one, the marker cannot be created a second time.
        Ok((!marker.has_slot()).then_some(marker))
    }

    fn new_marker(&self, slot: &Slot) -> Result<RefMut<'_, Marker>> {
        let pool_key = self.pool.key();
        let seeds: &[&[u8]] = &[MARKER_SEED, pool_key.as_ref(), slot.vote.as_ref()];
        let wrong = SluiceError::ForeignAccount;
        let (mut marker, bump) =
            account::create::<Marker>(&self.marker, &self.curator, seeds, wrong)?;
        marker.version = VERSION;
        marker.bump = bump;
        marker.pool = pool_key;
        marker.vote = slot.vote;
        marker.payer = self.curator.key();
        Ok(marker)
    }

    /// The first candidate with a free slot, created if it is the pool's next page.
    fn page_with_room<'a>(
        &'a self,
        pool: &mut Pool,
        others: &'a [AccountInfo<'info>],
    ) -> Result<RefMut<'a, ValidatorPage>> {
        let pool_key = self.pool.key();
        let candidates = || iter::once(self.page.as_ref()).chain(others);
        for candidate in candidates().filter(|candidate| candidate.owner == &crate::ID) {
            let page = account::load_mut::<ValidatorPage>(candidate)?;
            ensure!(page.pool == pool_key, SluiceError::ForeignAccount);
            if usize::from(page.occupied) < SLOTS_PER_PAGE {
                return Ok(page);
            }
        }
        ensure!(pool.page_count < MAX_PAGES, SluiceError::TooManyValidators);
        let index = pool.page_count.to_le_bytes();
        let seeds: &[&[u8]] = &[PAGE_SEED, pool_key.as_ref(), &index];
        let (address, bump) = Pubkey::find_program_address(seeds, &crate::ID);
        let missing = candidates().find(|candidate| candidate.key == &address);
        let missing = missing.ok_or_else(|| self.no_page())?;
        let mut page =
            account::create_with_bump::<ValidatorPage>(missing, &self.curator, seeds, bump)?;
        page.version = VERSION;
        page.bump = bump;
        page.index = pool.page_count;
        page.pool = pool_key;
        pool.page_count.increase(1)?;
        Ok(page)
    }

    /// Why no page can take the validator: all that were named are full, or none is the pool's.
    fn no_page(&self) -> Error {
        refuse(if self.page.owner == &crate::ID {
            SluiceError::PageFull
        } else {
            SluiceError::ForeignAccount
        })
    }
}

/// A stake account that was just created.
struct NewStake {
    address: Pubkey,
    rent: Lamports,
}

impl ValidatorPage {
    /// Puts a slot into the first free place; it counts as observed in `epoch`.
    fn insert(&mut self, slot: Slot, rent: Lamports, epoch: u64) -> Result<u8> {
        let mut places = self.slots.iter_mut().enumerate();
        let free = places.find(|(_, place)| place.is_empty());
        let (index, place) = free.ok_or_else(|| refuse(SluiceError::PageFull))?;
        *place = slot;
        self.begin_epoch(epoch);
        self.occupied.increase(1)?;
        self.observed.increase(1)?;
        self.staked_lamports.increase(rent.get())?;
        self.total_weight = self.total_weight.saturating_add(u64::from(slot.weight));
        u8::try_from(index).map_err(|_| refuse(SluiceError::MathOverflow))
    }
}

impl Pool {
    /// A new slot holds rent that was paid in for it: both prices stay.
    fn book_new_slot(&mut self, weight: u16, rent: Lamports) -> Result<()> {
        self.staked_lamports.increase(rent.get())?;
        self.locked_lamports.increase(rent.get())?;
        self.next_serial.increase(1)?;
        self.validator_count.increase(1)?;
        if weight == 0 {
            return Ok(());
        }
        self.total_weight = self.total_weight.saturating_add(u64::from(weight));
        let cap = Bps::new(self.config.share_cap_bps).checked()?;
        let most = self.validator_count.max(self.most_validators);
        let spread = self
            .spread()?
            .with(weight, cap, u64::from(most))
            .checked()?;
        self.book_spread(&spread);
        Ok(())
    }
}
