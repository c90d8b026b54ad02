//! A pool as it is now.

mod words;

use anyhow::Result;
use serde::{Serialize, Serializer};
use sluice::{
    SluiceError,
    error::refuse,
    state::{Parameter, Parameters, Pool, PoolConfig, PoolLimits, Unit},
};
use sluice_client::{ClientError, PoolSnapshot, TokenMetadata, words::amounts::price_lamports};
use sluice_math::RewardRate;

use super::{loss::Loss, pause::Pause, role::Roles, yields::Yields};
use crate::{moment::Calendar, next, output::announce, parameters::limit, session::Session};

/// Parts of 10^9 in a basis point.
const PARTS_PER_BPS: u32 = 100_000;

/// Everything about a pool that is not about single validators or tickets.
#[derive(Debug, Serialize)]
pub struct Shown {
    pool: String,
    mint: String,
    token_name: Option<String>,
    token_symbol: Option<String>,
    epoch: u64,
    slot: u64,
    finalized_epoch: u64,
    is_fresh: bool,
    is_tripped: bool,
    is_paused: bool,
    prices: Prices,
    /// Over the last 1, 10 and 30 epochs.
    yields: Yields,
    holdings: Holdings,
    entry: Entry,
    instant_exit: InstantExit,
    queue: Queue,
    validator_count: u32,
    total_weight: u64,
    window: Window,
    pause: Pause,
    loss: Option<Loss>,
    roles: Roles,
    rates: Rates,
    limits: Limits,
    pending_changes: usize,
}

/// Both prices, as the amounts they follow from and per whole token.
#[derive(Debug, Serialize)]
struct Prices {
    full_lamports: u64,
    value_lamports: u64,
    supply_lst: u64,
    deposit_price_lamports: Option<u64>,
    exit_price_lamports: Option<u64>,
    withheld_lamports: u64,
    pending_lamports: u64,
    drip_end_slot: u64,
    last_gain_lamports: u64,
}

/// Where the pool's lamports are.
#[derive(Debug, Serialize)]
struct Holdings {
    staked_lamports: u64,
    deactivating_lamports: u64,
    reserve_lamports: u64,
    locked_rent_lamports: u64,
    claims_lamports: u64,
    /// What the share cap lets no validator have, and what that could earn in an epoch.
    beyond_share_cap_lamports: u64,
    missed_reward_lamports: u64,
}

/// What a deposit of SOL leaves to all holders in this epoch, both in parts of 10^9.
#[derive(Debug, Serialize)]
struct Entry {
    fee_parts_e9: u32,
    charge_parts_e9: u32,
}

/// What somebody can take out at once.
#[derive(Debug, Serialize)]
struct InstantExit {
    buffer_lamports: u64,
    target_lamports: u64,
    fee_bps: u16,
}

/// Exits that wait.
#[derive(Debug, Serialize)]
struct Queue {
    open_batch: u64,
    open_lst: u64,
    open_lock_slot: u64,
    head_batch: u64,
    locked_lst: u64,
    locked_lamports: u64,
}

/// When stake moves and the queue locks.
#[derive(Debug, Serialize)]
struct Window {
    start_slot: u64,
    is_open: bool,
    seconds_until_open: Option<u64>,
}

/// Everything that is set in basis points.
#[derive(Debug)]
struct Rates(PoolConfig);

/// Limits on deposits.
#[derive(Debug, Serialize)]
struct Limits {
    deposit_cap_lamports: Option<u64>,
    minimum_deposit_lamports: u64,
}

/// Shows the configured pool.
pub fn show(session: &Session) -> Result<Shown> {
    let snapshot = session.snapshot()?;
    if snapshot.needs_migration() {
        announce(next::sentence(&refuse(SluiceError::MigrationNeeded).into()));
    }
    let calendar = Calendar::measure(session, &snapshot)?;
    let token = TokenMetadata::load(&session.rpc, &snapshot.addresses)?;
    Shown::new(&snapshot, &calendar, token.as_ref())
}

impl Shown {
    fn new(
        snapshot: &PoolSnapshot,
        calendar: &Calendar<'_>,
        token: Option<&TokenMetadata>,
    ) -> Result<Self> {
        let pool = &snapshot.rolled_pool()?;
        let clock = &snapshot.cluster.clock;
        Ok(Self {
            pool: snapshot.addresses.pool.to_string(),
            mint: pool.mint.to_string(),
            token_name: token.map(TokenMetadata::name),
            token_symbol: token.map(TokenMetadata::symbol),
            epoch: clock.epoch,
            slot: clock.slot,
            finalized_epoch: pool.finalized_epoch,
            is_fresh: snapshot.is_fresh(),
            is_tripped: pool.is_tripped(),
            is_paused: pool.is_paused(clock.epoch),
            prices: Prices::new(pool, clock.slot)?,
            yields: Yields::of(snapshot),
            holdings: Holdings::new(snapshot, pool)?,
            entry: Entry::new(pool)?,
            instant_exit: InstantExit::new(snapshot, pool)?,
            queue: Queue::new(pool)?,
            validator_count: pool.validator_count,
            total_weight: pool.total_weight,
            window: Window::new(snapshot, calendar)?,
            pause: Pause::new(snapshot, calendar),
            loss: Loss::of(snapshot, calendar)?,
            roles: Roles::new(pool),
            rates: Rates(pool.config),
            limits: Limits::new(pool),
            pending_changes: snapshot.pending_changes(),
        })
    }
}

impl Prices {
    fn new(pool: &Pool, slot: u64) -> Result<Self> {
        let ledger = pool.ledger();
        let (full, value) = (ledger.full()?, ledger.value(slot)?);
        Ok(Self {
            full_lamports: full.get(),
            value_lamports: value.get(),
            supply_lst: ledger.supply.get(),
            deposit_price_lamports: price_lamports(full, ledger.supply),
            exit_price_lamports: price_lamports(value, ledger.supply),
            withheld_lamports: ledger.drip.withheld_at(slot)?.get(),
            pending_lamports: ledger.pending.get(),
            drip_end_slot: ledger.drip.end_slot,
            last_gain_lamports: pool.last_gain_lamports,
        })
    }
}

impl Holdings {
    fn new(snapshot: &PoolSnapshot, pool: &Pool) -> Result<Self> {
        let beyond = snapshot.beyond_share_cap()?;
        let missed = RewardRate::new(pool.paid_rate_e12).earned_on(beyond)?;
        Ok(Self {
            staked_lamports: pool.staked_lamports,
            deactivating_lamports: pool.deactivating_lamports,
            reserve_lamports: pool.reserve_lamports,
            locked_rent_lamports: pool.locked_lamports,
            claims_lamports: pool.claims_lamports,
            beyond_share_cap_lamports: beyond.get(),
            missed_reward_lamports: missed.get(),
        })
    }
}

impl Entry {
    fn new(pool: &Pool) -> Result<Self> {
        let charge = pool.entry_charge().map_err(ClientError::from)?;
        Ok(Self {
            fee_parts_e9: u32::from(pool.config.deposit_fee_bps).saturating_mul(PARTS_PER_BPS),
            charge_parts_e9: charge.get(),
        })
    }
}

impl InstantExit {
    fn new(snapshot: &PoolSnapshot, pool: &Pool) -> Result<Self> {
        let cluster = &snapshot.cluster;
        let refused = ClientError::from;
        let buffer = pool.instant_buffer(&cluster.moment()).map_err(refused)?;
        let fee = pool.instant_fee().map_err(refused)?;
        Ok(Self {
            buffer_lamports: buffer.get(),
            target_lamports: fee.target.get(),
            fee_bps: fee.rate_bps(buffer)?,
        })
    }
}

impl Queue {
    fn new(pool: &Pool) -> Result<Self> {
        let locked = pool.queue_lamports().map_err(ClientError::from)?;
        Ok(Self {
            open_batch: pool.open_batch,
            open_lst: pool.open_lst,
            open_lock_slot: pool.open_lock_slot,
            head_batch: pool.head_batch,
            locked_lst: pool.locked_lst,
            locked_lamports: locked.get(),
        })
    }
}

impl Window {
    fn new(snapshot: &PoolSnapshot, calendar: &Calendar<'_>) -> Result<Self> {
        let start_slot = snapshot.window_start()?;
        let slots = start_slot.saturating_sub(snapshot.cluster.clock.slot);
        Ok(Self {
            start_slot,
            is_open: slots == 0,
            seconds_until_open: calendar.seconds_until(start_slot),
        })
    }
}

impl Serialize for Rates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = Parameters::of(&self.0, &PoolLimits::NONE);
        let rates = Parameter::ALL
            .into_iter()
            .filter(|parameter| parameter.unit() == Unit::Bps);
        serializer.collect_map(rates.map(|rate| (rate.field(), values.get(rate))))
    }
}

impl Limits {
    fn new(pool: &Pool) -> Self {
        let limits = &pool.governance.limits;
        Self {
            deposit_cap_lamports: limit(limits.deposit_cap_lamports),
            minimum_deposit_lamports: limits.minimum_deposit_lamports,
        }
    }
}
