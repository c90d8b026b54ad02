//! Random pools: each order of magnitude as often as another, and now and then what no pool has.

use rand::{Rng, SeedableRng, rngs::StdRng};
use sluice::state::{NEVER, Pool};
use solana_clock::Clock;

/// One amount of so many is zero.
const ZERO_IN: u32 = 60;

/// A pool, and a user of it.
pub struct State {
    /// The pool.
    pub pool: Pool,
    /// Wrapped SOL of the user.
    pub wrapped: u64,
    /// LST of the user: all that is neither queued nor dead.
    pub held_lst: u64,
    /// Lamports to pay in.
    pub lamports: u64,
    /// LST to pay in.
    pub lst: u64,
}

/// Draws one state after another.
pub struct States {
    random: StdRng,
    clock: Clock,
    /// Addresses, bumps, roles.
    like: Pool,
}

impl States {
    /// Of a seed, for pools that are like this one in what no price depends on.
    pub fn of(seed: u64, clock: Clock, like: Pool) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            clock,
            like,
        }
    }

    /// The next one.
    pub fn draw(&mut self) -> State {
        let digits = self.random.random_range(3..18);
        let whole = 10_u64.pow(digits);
        let mut pool = self.like;
        self.ledger(&mut pool, whole);
        self.gates(&mut pool);
        self.config(&mut pool);
        let queued = pool.open_lst + pool.locked_lst;
        let held_lst = pool.lst_supply.saturating_sub(pool.dead_lst + queued);
        let (lamports, lst) = (self.amount(whole / 4), self.part(held_lst));
        State {
            pool,
            wrapped: whole,
            held_lst,
            lamports,
            lst,
        }
    }

    fn ledger(&mut self, pool: &mut Pool, whole: u64) {
        let slot = self.clock.slot;
        pool.staked_lamports = self.amount(whole);
        pool.reserve_lamports = 890_880 + self.amount(whole / 4);
        pool.locked_lamports = self.amount(whole / 4_096);
        pool.withheld_lamports = self.amount(whole / 256);
        pool.drip_start_slot = self
            .random
            .random_range(slot.saturating_sub(300)..slot + 30);
        pool.drip_end_slot = pool.drip_start_slot + self.amount(999);
        pool.pending_lamports = self.amount(whole / 1_024);
        pool.lst_supply = self.amount(whole);
        pool.dead_lst = self.amount(pool.lst_supply / 64);
        pool.open_lst = self.amount(pool.lst_supply / 32);
        pool.locked_lst = self.amount(pool.lst_supply / 32);
        let lock_slot = self.random.random_range(slot.saturating_sub(50)..slot + 50);
        pool.open_lock_slot = self.mostly(lock_slot, 0);
        pool.open_batch = self.amount(999);
        pool.instant_fee_lamports = self.amount(whole / 4_096);
        pool.instant_paid_lamports = self.amount(whole / 64);
        pool.paid_rate_e12 = self.amount(1_000_000_000);
    }

    fn gates(&mut self, pool: &mut Pool) {
        let epoch = self.clock.epoch;
        pool.finalized_epoch = self.mostly(epoch, epoch - 1);
        pool.breaker_epoch = self.mostly(NEVER, epoch);
        pool.paused_until_epoch = self.mostly(0, epoch + 1);
    }

    fn config(&mut self, pool: &mut Pool) {
        let most = pool.lst_supply;
        let config = &mut pool.config;
        config.deposit_fee_bps = self.bps(10);
        config.entry_charge_bps = self.bps(10_000);
        config.instant_fee_max_bps = self.bps(300);
        config.instant_fee_min_bps = self.bps(100);
        config.reserve_target_bps = self.bps(2_000);
        let limits = &mut pool.governance.limits;
        limits.minimum_deposit_lamports = self.amount(most / 1_024);
        limits.deposit_cap_lamports = self.mostly(NEVER, most);
    }

    fn amount(&mut self, most: u64) -> u64 {
        if self.random.random_ratio(1, ZERO_IN) {
            return 0;
        }
        self.random.random_range(0..=most)
    }

    /// A part of a whole, small ones as often as large ones.
    fn part(&mut self, whole: u64) -> u64 {
        let shift = self.random.random_range(0..12);
        self.amount(whole >> shift)
    }

    fn bps(&mut self, most: u16) -> u16 {
        if self.random.random_ratio(1, 800) {
            return u16::MAX;
        }
        self.random.random_range(0..=most)
    }

    fn mostly(&mut self, usual: u64, other: u64) -> u64 {
        if self.random.random_ratio(1, 30) {
            other
        } else {
            usual
        }
    }
}
