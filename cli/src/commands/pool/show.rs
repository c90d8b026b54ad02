//! A pool as it is now.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::{SluiceError, error::refuse, state::Pool};
use sluice_client::{ClientError, PoolSnapshot};

use crate::{
    args::RateArgs,
    moment::{in_about, seconds_for},
    money::{lst, percent, price, price_lamports, sol},
    output::{Facts, announce},
    session::Session,
};

/// Everything about a pool that is not about single validators or tickets.
#[derive(Debug, Serialize)]
pub struct Shown {
    pool: String,
    mint: String,
    epoch: u64,
    slot: u64,
    finalized_epoch: u64,
    is_fresh: bool,
    is_tripped: bool,
    is_paused: bool,
    prices: Prices,
    holdings: Holdings,
    instant_exit: InstantExit,
    queue: Queue,
    validator_count: u32,
    total_weight: u64,
    window: Window,
    roles: Roles,
    rates: RateArgs,
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

/// Who may do what.
#[derive(Debug, Serialize)]
struct Roles {
    admin: String,
    curator: String,
    guardian: String,
    treasury: String,
}

/// Shows the configured pool.
pub fn show(session: &Session) -> Result<Shown> {
    let snapshot = session.snapshot()?;
    if snapshot.needs_migration() {
        announce(ClientError::from(refuse(SluiceError::MigrationNeeded)));
    }
    let window = Window::new(session, &snapshot)?;
    Shown::new(&snapshot, window)
}

impl Shown {
    fn new(snapshot: &PoolSnapshot, window: Window) -> Result<Self> {
        let pool = &snapshot.rolled_pool()?;
        let clock = &snapshot.cluster.clock;
        Ok(Self {
            pool: snapshot.addresses.pool.to_string(),
            mint: pool.mint.to_string(),
            epoch: clock.epoch,
            slot: clock.slot,
            finalized_epoch: pool.finalized_epoch,
            is_fresh: snapshot.is_fresh(),
            is_tripped: pool.is_tripped(),
            is_paused: pool.is_paused(clock.epoch),
            prices: Prices::new(pool, clock.slot)?,
            holdings: Holdings::new(pool),
            instant_exit: InstantExit::new(snapshot, pool)?,
            queue: Queue::new(pool, clock.slot)?,
            validator_count: pool.validator_count,
            total_weight: pool.total_weight,
            window,
            roles: Roles::new(pool),
            rates: (&pool.config).into(),
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
    fn new(pool: &Pool) -> Self {
        Self {
            staked_lamports: pool.staked_lamports,
            deactivating_lamports: pool.deactivating_lamports,
            reserve_lamports: pool.reserve_lamports,
            locked_rent_lamports: pool.locked_lamports,
            claims_lamports: pool.claims_lamports,
        }
    }
}

impl InstantExit {
    fn new(snapshot: &PoolSnapshot, pool: &Pool) -> Result<Self> {
        let cluster = &snapshot.cluster;
        let refused = ClientError::from;
        let buffer = pool
            .instant_buffer(cluster.clock.slot, &cluster.rent)
            .map_err(refused)?;
        let fee = pool.instant_fee().map_err(refused)?;
        Ok(Self {
            buffer_lamports: buffer.get(),
            target_lamports: fee.target.get(),
            fee_bps: fee.rate_bps(buffer)?,
        })
    }
}

impl Queue {
    fn new(pool: &Pool, slot: u64) -> Result<Self> {
        let locked = pool.queue_lamports(slot).map_err(ClientError::from)?;
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
    fn new(session: &Session, snapshot: &PoolSnapshot) -> Result<Self> {
        let start_slot = snapshot.window_start()?;
        let slots = start_slot.saturating_sub(snapshot.cluster.clock.slot);
        Ok(Self {
            start_slot,
            is_open: slots == 0,
            seconds_until_open: seconds_for(slots, &session.rpc)?,
        })
    }
}

impl Roles {
    fn new(pool: &Pool) -> Self {
        Self {
            admin: pool.admin.to_string(),
            curator: pool.curator.to_string(),
            guardian: pool.guardian.to_string(),
            treasury: pool.treasury.to_string(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            prices,
            holdings,
            instant_exit,
            queue,
            roles,
            rates,
            ..
        } = self;
        let facts = [
            ("Pool", self.pool.clone()),
            ("Token mint", self.mint.clone()),
            ("Epoch", self.state()),
            ("", String::new()),
            ("Deposit price", price(prices.deposit_price_lamports)),
            ("Exit price", price(prices.exit_price_lamports)),
            ("Supply", lst(prices.supply_lst)),
            ("Owned", sol(prices.full_lamports)),
            ("Redeemable", sol(prices.value_lamports)),
            (
                "Dripping",
                format!(
                    "{} until slot {}",
                    sol(prices.withheld_lamports),
                    prices.drip_end_slot
                ),
            ),
            (
                "Drips next",
                format!("{} from the next epoch on", sol(prices.pending_lamports)),
            ),
            ("Last gain", sol(prices.last_gain_lamports)),
            ("", String::new()),
            (
                "Staked",
                format!(
                    "{} with {} validators, {} of it on the way back",
                    sol(holdings.staked_lamports),
                    self.validator_count,
                    sol(holdings.deactivating_lamports)
                ),
            ),
            ("Reserve", sol(holdings.reserve_lamports)),
            (
                "Instant exits",
                format!(
                    "{} available, for {} now; the reserve's target is {}",
                    sol(instant_exit.buffer_lamports),
                    percent(instant_exit.fee_bps),
                    sol(instant_exit.target_lamports)
                ),
            ),
            (
                "Queue",
                format!(
                    "{} in the open batch {}, {} locked and worth {}",
                    lst(queue.open_lst),
                    queue.open_batch,
                    lst(queue.locked_lst),
                    sol(queue.locked_lamports)
                ),
            ),
            ("Unclaimed", sol(holdings.claims_lamports)),
            ("Window", self.window.to_string()),
            ("", String::new()),
            ("Admin", roles.admin.clone()),
            ("Curator", roles.curator.clone()),
            ("Guardian", roles.guardian.clone()),
            ("Treasury", roles.treasury.clone()),
            ("Rates", rates.to_string()),
        ];
        Facts(&facts).fmt(formatter)
    }
}

impl Shown {
    fn state(&self) -> String {
        let freshness = if self.is_fresh {
            "priced".to_owned()
        } else {
            format!(
                "last priced in epoch {}: run `sluice crank`",
                self.finalized_epoch
            )
        };
        let tripped = if self.is_tripped {
            ", breaker tripped"
        } else {
            ""
        };
        let paused = if self.is_paused {
            ", deposits paused"
        } else {
            ""
        };
        format!(
            "{}, slot {}, {freshness}{tripped}{paused}",
            self.epoch, self.slot
        )
    }
}

impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_open {
            return write!(
                formatter,
                "open since slot {}: stake moves now",
                self.start_slot
            );
        }
        write!(formatter, "opens at slot {}", self.start_slot)?;
        match self.seconds_until_open {
            Some(seconds) => write!(formatter, ", {}", in_about(seconds)),
            None => Ok(()),
        }
    }
}
