//! One random pool, and what is quoted for it.

use std::sync::Arc;

use anchor_lang::prelude::{Clock, EpochSchedule, Rent};
use bytemuck::Zeroable;
use sluice::{
    error::Checked,
    state::{EpochRate, NEVER, Pool, Slot, SlotState, Ticket, UnstakeBatch},
};
use sluice_client::{
    ClientError, Cluster, HeldStake, PoolAddresses, PoolSnapshot, TreasuryAccount, Yield,
};
use sluice_math::{Lamports, Lst};
use solana_epoch_rewards::EpochRewards;
use solana_pubkey::Pubkey;
use solana_stake_interface::stake_history::StakeHistory;

use crate::{
    draw::{Draw, words},
    stake,
};

/// What is quoted, in the order of the answers.
pub const QUOTES: [&str; 12] = [
    "prices",
    "stake",
    "depositStake",
    "unstakeNow",
    "instantBuffer",
    "withdrawStake",
    "isBalanced",
    "unstake",
    "ticket",
    "yield",
    "hasRoom",
    "stakeState",
];

type Answer = Result<Vec<i128>, ClientError>;

/// A pool, and what is asked of it.
pub struct Case {
    snapshot: PoolSnapshot,
    lamports: Lamports,
    lst: Lst,
    slot: Slot,
    taken: Lamports,
    ticket: (Ticket, UnstakeBatch),
    rates: (EpochRate, EpochRate),
    held: HeldStake,
}

impl Case {
    /// Draws one.
    pub fn of(draw: &mut Draw) -> Self {
        let whole = draw.magnitude();
        let mut cluster = cluster(draw);
        let epoch = cluster.clock.epoch;
        cluster.stake_history = Arc::new(stake::history(draw, epoch));
        let pool = pool(draw, whole, &cluster);
        let claims_vault = draw.amount("claimsVaultLamports", whole / 8);
        Self {
            lamports: Lamports::new(draw.amount("lamports", whole / 4)),
            lst: Lst::new(draw.amount("lst", pool.lst_supply / 4)),
            slot: slot(draw, whole),
            taken: Lamports::new(draw.amount("takenLamports", whole / 64)),
            ticket: ticket(draw, whole),
            rates: rates(draw),
            held: stake::held(draw, epoch),
            snapshot: snapshot(pool, cluster, Lamports::new(claims_vault)),
        }
    }

    /// What each quote says: numbers, or an error code.
    pub fn answers(&self) -> Vec<String> {
        let exits = [self.unstake_now(), self.buffer(), self.withdraw_stake()];
        let entries = [self.prices(), self.stake(), self.deposit_stake()];
        let rest = [
            Ok(vec![i128::from(self.is_balanced())]),
            self.unstake(),
            self.claim(),
            Ok(self.yielded()),
            Ok(vec![i128::from(self.has_room())]),
            Ok(vec![stake::state(&self.held, &self.snapshot.cluster)]),
        ];
        let answers = entries.into_iter().chain(exits).chain(rest);
        answers.map(|answer| said(&answer)).collect()
    }

    fn prices(&self) -> Answer {
        let rate = self.snapshot.rate()?;
        Ok(numbers([rate.full.get(), rate.value.get()]))
    }

    fn stake(&self) -> Answer {
        let quote = self.snapshot.quote_deposit(self.lamports)?;
        Ok(numbers([
            quote.minted.get(),
            quote.fee.get(),
            quote.charge.get(),
        ]))
    }

    fn deposit_stake(&self) -> Answer {
        let (pool, clock) = (&self.snapshot.pool, &self.snapshot.cluster.clock);
        pool.require_deposits_open(clock)?;
        let quote = self.snapshot.value_of_stake(self.lamports)?;
        if quote.minted.is_zero() {
            return Err(anchor_lang::error!(sluice::SluiceError::AmountTooSmall).into());
        }
        pool.require_within_limits(self.lamports, &quote.ledger)?;
        Ok(numbers([quote.minted.get(), quote.fee.get()]))
    }

    fn unstake_now(&self) -> Answer {
        let exit = self.snapshot.quote_instant_exit(self.lst)?;
        Ok(numbers([exit.lamports.get(), exit.fee.get()]))
    }

    fn buffer(&self) -> Answer {
        Ok(numbers([self.snapshot.instant_buffer()?.get()]))
    }

    fn withdraw_stake(&self) -> Answer {
        let (pool, clock) = (&self.snapshot.pool, &self.snapshot.cluster.clock);
        if self.lst.is_zero() {
            return Err(anchor_lang::error!(sluice::SluiceError::ZeroAmount).into());
        }
        pool.require_stake_exits_open(clock)?;
        let exit = pool.quote_stake_exit(self.lst, clock.slot)?;
        Ok(numbers([exit.lamports.get(), exit.fee.get()]))
    }

    fn is_balanced(&self) -> bool {
        let moment = self.snapshot.cluster.moment();
        let balanced = self
            .snapshot
            .pool
            .require_balanced(&self.slot, self.taken, &moment);
        balanced.is_ok()
    }

    fn has_room(&self) -> bool {
        let (pool, moment) = (&self.snapshot.pool, self.snapshot.cluster.moment());
        let owned = pool
            .ledger()
            .full()
            .and_then(|full| full.add(self.lamports));
        owned.is_ok_and(|full| {
            let room = pool.require_room(&self.slot, self.lamports, full, &moment);
            room.is_ok()
        })
    }

    fn unstake(&self) -> Answer {
        let schedule = self.snapshot.exit_schedule()?;
        let forecast = self.snapshot.exit_forecast(self.lst, &schedule)?;
        Ok(numbers([
            schedule.lock_slot,
            forecast.now.get(),
            forecast.least.get(),
            forecast.most.get(),
            forecast.least_price.get(),
            forecast.most_price.get(),
            forecast.dates.first_epoch,
            forecast.dates.first_slot,
            forecast.dates.last_epoch,
        ]))
    }

    fn claim(&self) -> Answer {
        let payout = self
            .snapshot
            .ticket_payout(&self.ticket.0, &self.ticket.1)?;
        Ok(numbers([payout.claimable.get(), payout.outstanding.get()]))
    }

    /// What an epoch brought and what a year would; nothing where that is not known.
    fn yielded(&self) -> Vec<i128> {
        let yielded = Yield::between(&self.rates.0, &self.rates.1);
        let parts = yielded.map(|yielded| [yielded.epoch_parts_e9(), yielded.apy_parts_e9()]);
        let parts = parts.into_iter().flatten().flatten();
        parts.map(i128::from).collect()
    }
}

fn numbers<const N: usize>(numbers: [u64; N]) -> Vec<i128> {
    numbers.map(i128::from).to_vec()
}

fn said(answer: &Answer) -> String {
    match answer {
        Ok(numbers) => words(numbers),
        Err(error) => format!("!{}", code(error)),
    }
}

fn code(error: &ClientError) -> u32 {
    let explained = match error {
        ClientError::Rule(explained) => explained.sluice_code,
        ClientError::Math(error) => match Err::<(), _>(*error).checked() {
            Err(error) => match ClientError::from(error) {
                ClientError::Rule(explained) => explained.sluice_code,
                _ => None,
            },
            Ok(()) => None,
        },
        _ => None,
    };
    explained.unwrap_or_default()
}

fn cluster(draw: &mut Draw) -> Cluster {
    let warmup = draw.between("schedule.warmup", 0, 1) == 1;
    let slots_per_epoch = [32, 8_192, 432_000][draw.between("schedule.kind", 0, 2) as usize];
    let epoch_schedule = EpochSchedule::custom(slots_per_epoch, slots_per_epoch, warmup);
    draw.given("schedule.slotsPerEpoch", slots_per_epoch);
    draw.given(
        "schedule.firstNormalEpoch",
        epoch_schedule.first_normal_epoch,
    );
    draw.given("schedule.firstNormalSlot", epoch_schedule.first_normal_slot);
    let slot = draw.amount("clock.slot", 1 << 30);
    let slot = draw.given("clock.slotWithinBounds", slot.min(1 << 50));
    let rent = Rent::default();
    draw.given("emptyRentLamports", rent.minimum_balance(0));
    Cluster {
        clock: Clock {
            slot,
            epoch: draw.given("clock.epoch", epoch_schedule.get_epoch(slot)),
            ..Clock::default()
        },
        rent,
        epoch_schedule,
        stake_history: Arc::new(StakeHistory::default()),
        rewards: EpochRewards::default(),
        minimum_delegation: Lamports::new(draw.amount("minimumDelegationLamports", 1_000_000_000)),
        minimum_is_assumed: false,
    }
}

fn pool(draw: &mut Draw, whole: u64, cluster: &Cluster) -> Pool {
    let Clock { slot, epoch, .. } = cluster.clock;
    let mut pool = Pool::zeroed();
    ledger(&mut pool, draw, whole, slot);
    queue(&mut pool, draw, slot);
    config(&mut pool, draw, epoch);
    pool.finalized_epoch = draw.mostly("finalizedEpoch", epoch, epoch.saturating_sub(1));
    pool.breaker_epoch = draw.mostly("breakerEpoch", NEVER, epoch);
    pool.paused_until_epoch = draw.mostly("pausedUntilEpoch", 0, epoch + 1);
    pool.instant_fee_lamports = draw.amount("instantFeeLamports", whole / 4_096);
    pool.instant_paid_lamports = draw.amount("instantPaidLamports", whole / 64);
    pool.paid_rate_e12 = draw.amount("paidRateE12", 1_000_000_000);
    pool.reward_rate_e12 = draw.amount("rewardRateE12", 1_000_000_000);
    pool.reserve_rent_lamports = draw.amount("reserveRentLamports", whole / 65_536);
    pool.deactivating_lamports = draw.amount("deactivatingLamports", whole / 16);
    pool.spread_weight = draw.amount("spreadWeight", 20_000);
    pool.cut_count = draw.between("cutCount", 0, 3) as u32;
    pool.spread_cap_bps = draw.bps("spreadCapBps", 10_000);
    let limits = &mut pool.governance.limits;
    limits.minimum_deposit_lamports = draw.amount("limits.minimumDepositLamports", whole / 1_024);
    limits.deposit_cap_lamports = draw.mostly("limits.depositCapLamports", NEVER, whole);
    pool
}

fn ledger(pool: &mut Pool, draw: &mut Draw, whole: u64, slot: u64) {
    pool.staked_lamports = draw.amount("stakedLamports", whole);
    pool.reserve_lamports = draw.amount("reserveLamports", whole / 4);
    pool.locked_lamports = draw.amount("lockedLamports", whole / 4_096);
    pool.withheld_lamports = draw.amount("withheldLamports", whole / 256);
    pool.drip_start_slot = draw.between("dripStartSlot", slot.saturating_sub(9_999), slot + 99);
    let length = draw.amount("dripLength", 99_999);
    let end_slot = pool.drip_start_slot.saturating_add(length);
    pool.drip_end_slot = draw.given("dripEndSlot", end_slot);
    pool.pending_lamports = draw.amount("pendingLamports", whole / 1_024);
    pool.lst_supply = draw.amount("lstSupply", whole);
}

fn queue(pool: &mut Pool, draw: &mut Draw, slot: u64) {
    pool.open_batch = draw.amount("openBatch", 999);
    pool.open_lst = draw.amount("openLst", pool.lst_supply / 32);
    let lock_slot = draw.between("lockSlot", slot.saturating_sub(9_999), slot + 99_999);
    pool.open_lock_slot = draw.mostly("openLockSlot", lock_slot, 0);
    pool.locked_lst = draw.amount("lockedLst", pool.lst_supply / 32);
}

fn config(pool: &mut Pool, draw: &mut Draw, epoch: u64) {
    let config = &mut pool.config;
    config.deposit_fee_bps = draw.bps("config.depositFeeBps", 10);
    config.entry_charge_bps = draw.bps("config.entryChargeBps", 10_000);
    config.instant_fee_max_bps = draw.bps("config.instantFeeMaxBps", 300);
    config.instant_fee_min_bps = draw.bps("config.instantFeeMinBps", 100);
    config.reserve_target_bps = draw.bps("config.reserveTargetBps", 2_000);
    config.stake_exit_fee_bps = draw.bps("config.stakeExitFeeBps", 100);
    config.drip_bound_bps = draw.bps("config.dripBoundBps", 100);
    config.tolerance_bps = draw.bps("config.toleranceBps", 2_000);
    config.window_bps = draw.bps("config.windowBps", 10_000);
    pool.window_bps_before = draw.bps("windowBpsBefore", 10_000);
    pool.window_from_epoch = draw.between("windowFromEpoch", epoch, epoch + 2);
}

fn slot(draw: &mut Draw, whole: u64) -> Slot {
    let mut slot = Slot::zeroed();
    slot.state = SlotState::Active.code();
    let weight = draw.between("slot.usualWeight", 1, 9_999);
    slot.weight = draw.mostly("slot.weight", weight, 0) as u16;
    slot.main_lamports = draw.amount("slot.mainLamports", whole / 4);
    slot.transient_lamports = draw.amount("slot.transientLamports", whole / 64);
    slot.deactivating_lamports = draw.amount("slot.deactivatingLamports", whole / 64);
    slot.rent_lamports = draw.between("slot.rentLamports", 0, 9_999_999) as u32;
    slot
}

fn ticket(draw: &mut Draw, whole: u64) -> (Ticket, UnstakeBatch) {
    let mut batch = UnstakeBatch::zeroed();
    batch.lst = draw.amount("batch.lst", whole / 16);
    batch.unsettled_lst = draw.amount("batch.unsettledLst", batch.lst);
    batch.paid_lamports = draw.amount("batch.paidLamports", whole / 16);
    batch.lock_slot = draw.mostly("batch.lockSlot", 1, 0);
    batch.tickets = 2;
    let mut ticket = Ticket::zeroed();
    ticket.lst = draw.amount("ticket.lst", batch.lst);
    ticket.claimed_lamports = draw.amount("ticket.claimedLamports", batch.paid_lamports / 64);
    (ticket, batch)
}

/// Two entries of a history whose prices are near each other.
fn rates(draw: &mut Draw) -> (EpochRate, EpochRate) {
    let mut rates = (EpochRate::zeroed(), EpochRate::zeroed());
    let epochs = draw.between("yield.epochs", 1, 179);
    let seconds = draw.between("yield.secondsPerEpoch", 60, 259_200);
    rates.0.epoch = draw.between("yield.from.epoch", 0, 999);
    rates.0.lst_supply = draw.between("yield.from.lstSupply", 1_000_000_000, 1 << 58);
    let most = rates.0.lst_supply.saturating_mul(2);
    rates.0.full_lamports = draw.between("yield.from.fullLamports", rates.0.lst_supply, most);
    rates.1.epoch = draw.given("yield.to.epoch", rates.0.epoch + epochs);
    rates.1.lst_supply = rates.0.lst_supply;
    // An epoch brings a loss of a thousandth at most, and a gain of two at most.
    let change = i128::from(draw.between("yield.change", 0, 3_000 * epochs));
    let change = change - 1_000 * i128::from(epochs);
    let full = i128::from(rates.0.full_lamports) * (1_000_000 + change) / 1_000_000;
    rates.1.full_lamports = draw.given("yield.to.fullLamports", full as u64);
    rates.0.epoch_start_timestamp = 1_700_000_000;
    let passed = draw.given("yield.seconds", seconds * epochs);
    rates.1.epoch_start_timestamp = 1_700_000_000 + passed as i64;
    rates
}

fn snapshot(pool: Pool, cluster: Cluster, claims_vault: Lamports) -> PoolSnapshot {
    PoolSnapshot {
        addresses: PoolAddresses::of_mint(Pubkey::default()),
        slot: cluster.clock.slot,
        cluster,
        pool,
        pages: Vec::new(),
        history: Box::new(Zeroable::zeroed()),
        reserve: Lamports::ZERO,
        claims_vault,
        mint_supply: Lst::ZERO,
        fees: None,
        treasury_account: TreasuryAccount::Missing,
        batches: Vec::new(),
        stakes: Default::default(),
        votes: Default::default(),
        markers: Default::default(),
    }
}
