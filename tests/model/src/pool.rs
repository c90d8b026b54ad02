//! The model's books: prices, balances, and what holders do with them.

use std::collections::{BTreeMap, BTreeSet};

use sluice::{
    SluiceError::{
        BreakerTripped, MathOverflow, MathRatio, MathUnderflow, NoValue, PoolStale,
        RewardsBeingPaid,
    },
    state::{BREAKER_EPOCHS, PoolConfig, SEED_LAMPORTS, SETTLEMENT_WAIT_EPOCHS},
};
use sluice_math::{
    BPS, Bps, Ceil, Finalize, Floor, HighWater, Lamports, Ledger, Lst, MathError, Ratio,
    RewardRate, Spread, queue_lamports,
};

use crate::{
    action::Refusal,
    conduct::Conduct,
    now::{Now, Rents},
    queue::Queue,
    slots::{Page, Slot},
};

/// Whether the program must accept an instruction.
pub type Outcome<T = ()> = Result<T, Refusal>;

/// Lamports and LST of a holder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// Lamports in the wallet.
    pub lamports: u64,
    /// LST in the token account.
    pub lst: u64,
}

/// What the last gain was earned with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastGain {
    /// The gain.
    pub lamports: u64,
    /// Effective stake.
    pub stake: u64,
    /// Epochs it took.
    pub epochs: u64,
    /// The highest rate of late.
    pub rate: RewardRate,
}

/// A whole pool.
#[derive(Clone, Debug)]
pub struct Model {
    /// Now.
    pub now: Now,
    /// Rents.
    pub rents: Rents,
    /// Rates and limits.
    pub config: PoolConfig,
    /// Booked amounts.
    pub ledger: Ledger,
    /// Booked lamports of tickets.
    pub claims: u64,
    /// The epoch in which the pool was created.
    pub created_epoch: u64,
    /// The last finalized epoch.
    pub finalized_epoch: u64,
    /// When it began, by the clock.
    pub epoch_start_timestamp: i64,
    /// Value and supply right after the last finalize.
    pub finalized: (Lamports, Lst),
    /// The fee's high-water mark.
    pub high_water: HighWater,
    /// The last gain.
    pub last_gain: LastGain,
    /// What the last rewards added to delegations, per stake and epoch.
    pub paid_rate: RewardRate,
    /// Gain of the last finalize, zero if it had none.
    pub gain: u64,
    /// Fees of instant exits since the last finalize.
    pub instant_fees: u64,
    /// What the instant exits were paid since the last finalize.
    pub instant_paid: u64,
    /// Fall of the value in this epoch.
    pub fallen: u64,
    /// The most validators with weight that a finalize has seen.
    pub most_validators: usize,
    /// Moved by weights and retirements in this epoch.
    pub moved: u64,
    /// Epoch in which the breaker tripped.
    pub tripped: Option<u64>,
    /// What is left of that loss.
    pub unrestored: u64,
    /// Serial of the next slot.
    pub next_serial: u64,
    /// Lamports on their way back, as the last finalize or move left them.
    pub deactivating: u64,
    /// Sum of weights, likewise.
    pub weight: u64,
    /// How the weights share what is stakeable, likewise.
    pub spread: Spread,
    /// What validators have done.
    pub conduct: Conduct,
    /// The only page.
    pub page: Page,
    /// Slots in use.
    pub slots: BTreeMap<u8, Slot>,
    /// Batches and tickets.
    pub queue: Queue,
    /// Real lamports of the reserve.
    pub reserve: u64,
    /// Real lamports of the claims vault.
    pub vault: u64,
    /// Real LST.
    pub mint_supply: u64,
    /// LST in the escrow.
    pub escrow: u64,
    /// LST that strangers sent to the escrow, stuck for ever.
    pub stuck: u64,
    /// LST in the fees account.
    pub fees: u64,
    /// Holders; the last one is the treasury.
    pub holders: Vec<Holder>,
    /// Validators without a vote account.
    pub closed_votes: BTreeSet<usize>,
    /// Lamports at addresses that do not exist yet.
    pub prefunded: BTreeMap<solana_pubkey::Pubkey, u64>,
}

/// LST that can never leave.
pub const DEAD_LST: u64 = SEED_LAMPORTS;

pub fn program_error(error: MathError) -> Refusal {
    Refusal::Program(match error {
        MathError::Overflow => MathOverflow,
        MathError::Underflow => MathUnderflow,
        MathError::DivisionByZero | MathError::TooManyBps => MathRatio,
        MathError::NoValue => NoValue,
    })
}

pub fn bps(share: u16) -> Bps {
    Bps::new(share).expect("the program accepted it")
}

impl Model {
    /// A pool that was just created, in an epoch without rewards to pay.
    pub fn new(now: Now, rents: Rents, config: PoolConfig, holders: Vec<Holder>) -> Self {
        let seed = Lamports::new(SEED_LAMPORTS);
        let ledger = Ledger {
            reserve: Lamports::new(SEED_LAMPORTS + rents.wallet),
            locked: Lamports::new(rents.wallet),
            supply: Lst::new(DEAD_LST),
            ..Ledger::default()
        };
        Self {
            created_epoch: now.epoch,
            finalized_epoch: now.epoch,
            epoch_start_timestamp: 0,
            finalized: (Lamports::ZERO, Lst::ZERO),
            high_water: HighWater {
                full: seed,
                supply: ledger.supply,
            },
            reserve: ledger.reserve.get(),
            vault: 2 * rents.wallet,
            mint_supply: DEAD_LST,
            escrow: DEAD_LST,
            now,
            rents,
            config,
            ledger,
            holders,
            claims: 0,
            last_gain: LastGain::default(),
            paid_rate: RewardRate::default(),
            gain: 0,
            instant_fees: 0,
            instant_paid: 0,
            fallen: 0,
            moved: 0,
            tripped: None,
            unrestored: 0,
            next_serial: 0,
            most_validators: 0,
            deactivating: 0,
            weight: 0,
            spread: Spread {
                cap: Bps::ALL,
                ..Spread::default()
            },
            conduct: Conduct::default(),
            page: Page::default(),
            slots: BTreeMap::new(),
            queue: Queue::default(),
            stuck: 0,
            fees: 0,
            closed_votes: BTreeSet::new(),
            prefunded: BTreeMap::new(),
        }
    }

    /// Whether prices hold.
    pub fn is_fresh(&self) -> bool {
        self.finalized_epoch == self.now.epoch
    }

    pub fn require_fresh(&self) -> Outcome {
        if self.is_fresh() {
            Ok(())
        } else {
            Err(PoolStale.into())
        }
    }

    pub fn require_calm(&self) -> Outcome {
        self.require_fresh()?;
        if self.tripped.is_some() {
            Err(BreakerTripped.into())
        } else {
            Ok(())
        }
    }

    /// Settlement waits for a tripped breaker, but not for long.
    pub fn require_settlement(&self) -> Outcome {
        self.require_fresh()?;
        match self.tripped {
            Some(epoch) if self.now.epoch < epoch + SETTLEMENT_WAIT_EPOCHS => {
                Err(BreakerTripped.into())
            }
            _ => Ok(()),
        }
    }

    /// What exits share now.
    pub fn value(&self) -> u64 {
        self.ledger
            .value(self.now.slot)
            .expect("booked amounts fit")
            .get()
    }

    /// What the pool owns.
    pub fn full(&self) -> u64 {
        self.ledger.full().expect("booked amounts fit").get()
    }

    /// Booked lamports of the reserve above its rent.
    pub fn spendable(&self) -> u64 {
        self.ledger.reserve.get().saturating_sub(self.rents.wallet)
    }

    /// What locked batches can be paid at most.
    pub fn queue_lamports(&self) -> u64 {
        let locked = Lst::new(self.queue.locked_lst());
        queue_lamports(locked, Lamports::new(self.full()), self.ledger.supply)
            .expect("part of what there is")
            .get()
    }

    /// What the reserve should hold.
    pub fn reserve_target(&self) -> u64 {
        self.reserve_share_of(self.full())
    }

    pub fn reserve_share_of(&self, full: u64) -> u64 {
        let share = bps(self.config.reserve_target_bps).ratio();
        Floor(share).apply(full).expect("a part of it")
    }

    /// Lamports with validators that are meant to stay.
    pub fn delegated(&self) -> u64 {
        let booked: u64 = self.slots.values().map(Slot::booked).sum();
        let rents: u64 = self.slots.values().map(|slot| slot.rent).sum();
        booked
            .saturating_sub(rents)
            .saturating_sub(self.deactivating)
    }

    /// The first slot of an epoch's rebalance window.
    pub fn window(&self, epoch: u64) -> u64 {
        let schedule = &self.now.schedule;
        let share = Ratio::new(u64::from(self.config.window_bps), u64::from(BPS));
        let skipped = Ceil(share).apply(schedule.get_slots_in_epoch(epoch));
        schedule.get_first_slot_in_epoch(epoch) + skipped.expect("a part of the epoch")
    }

    /// What the epoch is booked from.
    fn epoch_to_book(&self) -> Finalize {
        let staked = self.slots.values().map(Slot::booked).sum();
        Finalize {
            ledger: self.ledger,
            mint_supply: Lst::new(self.mint_supply),
            observed_staked: Lamports::new(staked),
            observed_reserve: Lamports::new(self.reserve),
            slot: self.now.slot,
            slots_per_epoch: self.now.schedule.get_slots_in_epoch(self.now.epoch),
            epochs_elapsed: self.now.epoch - self.finalized_epoch,
            high_water: self.high_water,
            reward_fee: bps(self.config.reward_fee_bps),
            holder_share: bps(self.config.holder_share_bps),
            drip_bound: bps(self.config.drip_bound_bps),
            breaker_bound: bps(self.config.breaker_bound_bps),
            unrestored: Lamports::new(self.unrestored),
            tripped: self.tripped.is_some() && !self.breaker_ends(),
        }
    }

    /// Whether a tripped breaker is past its epochs.
    fn breaker_ends(&self) -> bool {
        let past = |epoch| self.now.epoch - epoch >= BREAKER_EPOCHS;
        self.tripped.is_some_and(past)
    }

    pub fn finalize(&mut self) -> Outcome {
        if self.is_fresh() {
            return Ok(());
        }
        if self.now.pays_rewards {
            return Err(RewardsBeingPaid.into());
        }
        self.require_observed()?;
        let booked = self.epoch_to_book().book().map_err(program_error)?;

        self.ledger = booked.ledger;
        self.high_water = booked.high_water;
        self.gain = booked.gain.get();
        if self.gain > 0 {
            let stake = self.page.earning_in(self.now.epoch);
            let epochs = self.now.epoch - self.finalized_epoch;
            let rate = self.last_gain.rate;
            self.last_gain = LastGain {
                lamports: self.gain,
                stake,
                epochs,
                rate: rate
                    .after(booked.gain, Lamports::new(stake), epochs)
                    .map_err(program_error)?,
            };
        }
        let (paid, rewarded) = self.page.paid_and_rewarded_in(self.now.epoch);
        let (paid, rewarded) = (Lamports::new(paid), Lamports::new(rewarded));
        self.paid_rate = self.paid_rate.measured(paid, rewarded, 1);
        self.fees += booked.fee_lst.get();
        self.mint_supply += booked.fee_lst.get();
        self.instant_fees = 0;
        self.instant_paid = 0;
        self.moved = 0;
        self.fallen = booked.fall.get();
        self.unrestored = booked.unrestored.get();
        if booked.trips {
            self.tripped = Some(self.now.epoch);
        } else if self.breaker_ends() {
            self.tripped = None;
            self.unrestored = 0;
        }
        self.finalized_epoch = self.now.epoch;
        self.epoch_start_timestamp = self.now.epoch_start_timestamp;
        self.finalized = (
            self.ledger.value(self.now.slot).map_err(program_error)?,
            self.ledger.supply,
        );
        self.deactivating = self.slots.values().map(|slot| slot.deactivating).sum();
        self.weight = self.slots.values().map(|slot| u64::from(slot.weight)).sum();
        let weighted = self.slots.values().filter(|slot| slot.weight > 0).count();
        self.most_validators = self.most_validators.max(weighted);
        self.spread = self.spread_anew()?;
        self.queue.roll(self.now.slot);
        Ok(())
    }
}
