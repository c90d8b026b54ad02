//! A pool of one large validator, epoch by epoch, by the rules of the crate.

use sluice_math::{
    Bps, EntryCharge, Finalize, Floor, Flows, HighWater, Lamports, Ledger, Lst, Ratio, RewardRate,
    queue_lamports, settlement,
};

/// What stake earns in an epoch, in parts of 10^12: 6% a year, in epochs of two days.
pub(crate) const PER_EPOCH_E12: u64 = 330_000_000;
const SLOTS: u64 = 432_000;
const SOL: u64 = 1_000_000_000;
const START: u64 = 1_000_000 * SOL;

pub(crate) struct Pool {
    pub(crate) ledger: Ledger,
    high_water: HighWater,
    /// Stake that is on its way back.
    deactivating: Lamports,
    /// Stake that this epoch delegated: it earns from the next one on.
    activating: Lamports,
    rate: RewardRate,
    part: Bps,
    epoch: u64,
}

fn plus(one: Lamports, other: Lamports) -> Lamports {
    one.add(other).unwrap()
}

impl Pool {
    /// A pool that stakes, with some quiet epochs behind it. It has the recommended rates.
    pub(crate) fn settled(part: Bps) -> Self {
        let supply = Lst::new(START);
        let mut pool = Self {
            ledger: Ledger {
                reserve: Lamports::new(START),
                supply,
                ..Ledger::default()
            },
            high_water: HighWater {
                full: Lamports::new(START),
                supply,
            },
            deactivating: Lamports::ZERO,
            activating: Lamports::ZERO,
            rate: RewardRate::default(),
            part,
            epoch: 0,
        };
        pool.rebalance(Lst::ZERO);
        for _ in 0..10 {
            pool.quiet_epoch();
        }
        pool
    }

    fn boundary(&self) -> u64 {
        self.epoch * SLOTS
    }

    /// The last slot of the epoch.
    fn end(&self) -> u64 {
        (self.epoch + 1) * SLOTS - 1
    }

    /// What the pool owns per LST, in parts of 10^15.
    pub(crate) fn price_e15(&self) -> u128 {
        let full = u128::from(self.ledger.full().unwrap().get());
        full * 1_000_000_000_000_000 / u128::from(self.ledger.supply.get())
    }

    /// What LST is worth once all that is withheld has dripped.
    pub(crate) fn worth(&self, lst: Lst) -> Lamports {
        let full = self.ledger.full().unwrap();
        let price = Floor(Ratio::new(full.get(), self.ledger.supply.get()));
        Lamports::new(price.apply(lst.get()).unwrap())
    }

    /// The boundary: stake has earned, what left has cooled down, the epoch is booked.
    fn next_epoch(&mut self) {
        self.epoch += 1;
        let stake = self.ledger.staked;
        let paid = Floor(Ratio::new(PER_EPOCH_E12, 1_000_000_000_000));
        let earning = stake.sub(self.activating).unwrap();
        let paid = Lamports::new(paid.apply(earning.get()).unwrap());
        let booked = Finalize {
            ledger: self.ledger,
            mint_supply: self.ledger.supply,
            observed_staked: plus(stake, paid),
            observed_reserve: self.ledger.reserve,
            slot: self.boundary(),
            slots_per_epoch: SLOTS,
            epochs_elapsed: 1,
            high_water: self.high_water,
            reward_fee: Bps::new(500).unwrap(),
            holder_share: Bps::ZERO,
            drip_bound: Bps::new(50).unwrap(),
            breaker_bound: Bps::new(100).unwrap(),
            unrestored: Lamports::ZERO,
            tripped: false,
        }
        .book()
        .unwrap();
        self.rate = self.rate.measured(paid, earning, 1);
        (self.ledger, self.high_water) = (booked.ledger, booked.high_water);
        self.ledger.staked = self.ledger.staked.sub(self.deactivating).unwrap();
        self.ledger.reserve = plus(self.ledger.reserve, self.deactivating);
        self.deactivating = Lamports::ZERO;
    }

    /// The window: what is there beyond reserve target and queue is staked, what is missing comes back.
    fn rebalance(&mut self, locked: Lst) {
        let full = self.ledger.full().unwrap();
        let target = Floor(Bps::new(100).unwrap().ratio()).apply(full.get());
        let flows = Flows {
            full,
            reserve_target: Lamports::new(target.unwrap()),
            queue: queue_lamports(locked, full, self.ledger.supply).unwrap(),
            spendable: self.ledger.reserve,
            ..Flows::default()
        };
        self.deactivating = flows.need().unwrap().min(self.ledger.staked);
        let surplus = flows.surplus();
        self.activating = surplus;
        self.ledger.reserve = self.ledger.reserve.sub(surplus).unwrap();
        self.ledger.staked = plus(self.ledger.staked, surplus);
    }

    /// A deposit in the last slot of the epoch.
    pub(crate) fn deposit(&mut self, lamports: Lamports) -> Lst {
        let charge = EntryCharge::of(self.rate, self.part, Bps::ZERO);
        let quote = self.ledger.deposit(lamports, Bps::ZERO, charge, self.end());
        let quote = quote.unwrap();
        self.ledger = quote.ledger;
        quote.minted
    }

    pub(crate) fn quiet_epoch(&mut self) {
        self.next_epoch();
        self.rebalance(Lst::ZERO);
    }

    /// Newcomers come before the window, and their SOL is staked in it.
    pub(crate) fn growing_epoch(&mut self, percent: u64) {
        self.next_epoch();
        self.deposit(self.share(percent));
        self.rebalance(Lst::ZERO);
    }

    /// Somebody comes after the window, asks in the next epoch to leave and is paid right after the
    /// boundary: he has held through two boundaries, and his lamports never were stake.
    pub(crate) fn visit(&mut self, percent: u64) -> (Lamports, Lamports) {
        let lamports = self.share(percent);
        let lst = self.deposit(lamports);
        self.next_epoch();
        self.rebalance(lst);
        self.next_epoch();
        let settled = settlement_of(&self.ledger, lst, self.boundary());
        self.ledger = settled.1;
        self.rebalance(Lst::ZERO);
        (lamports, settled.0)
    }

    fn share(&self, percent: u64) -> Lamports {
        let full = self.ledger.full().unwrap().get();
        let share = Floor(Ratio::new(percent, 100));
        Lamports::new(share.apply(full).unwrap())
    }
}

/// All of a batch is settled.
fn settlement_of(ledger: &Ledger, lst: Lst, slot: u64) -> (Lamports, Ledger) {
    let value = ledger.value(slot).unwrap();
    let settled = settlement(lst, ledger.reserve, value, ledger.supply).unwrap();
    assert_eq!(settled, Some(lst), "the reserve has enough");
    let paid = ledger.settle(lst, slot, ledger.reserve, Lst::ZERO).unwrap();
    let reserve = paid.ledger.reserve.sub(paid.lamports).unwrap();
    let left = Ledger {
        reserve,
        ..paid.ledger
    };
    (paid.lamports, left)
}
