//! What a pool was when it was priced for an epoch.

use std::ops::RangeInclusive;

use sluice::state::{EpochRate, Pool};
use sluice_client::PoolSnapshot;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use sqlx::{Row as _, any::AnyRow};

use super::{Condition, Kept, Row, Value, Writer, count, maybe_count, name};
use crate::{Result, Store, numbers::maybe_signed};

/// What a pool was when it was priced for an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolEpoch {
    /// The pool.
    pub pool: Pubkey,
    /// What the pool's history on the chain has, as long as it has it.
    pub rate: EpochRate,
    /// What only the pool itself says, and only in that epoch; none where it was not looked at in time.
    pub priced: Option<Priced>,
}

/// What a pool says of its last pricing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priced {
    /// The slot in which it was priced.
    pub slot: u64,
    /// What exits shared right afterwards, in lamports.
    pub value_lamports: u64,
    /// What the value fell by in this epoch, as far as it was booked when this was stored.
    pub fallen_lamports: u64,
}

impl PoolEpoch {
    /// All epochs that the chain has of a pool.
    pub fn of(snapshot: &PoolSnapshot) -> Vec<Self> {
        let pool = &snapshot.pool;
        let rates = snapshot.history.iter();
        let rows = rates.map(|rate| Self {
            pool: snapshot.addresses.pool,
            rate: *rate,
            priced: Priced::of(pool).filter(|_| rate.epoch == pool.finalized_epoch),
        });
        rows.collect()
    }
}

impl Priced {
    /// What this pool says. None where an old layout does not tell it.
    pub fn of(pool: &Pool) -> Option<Self> {
        (pool.finalized_value_lamports > 0).then_some(Self {
            // The drip starts anew in every pricing, and at no other time.
            slot: pool.drip_start_slot,
            value_lamports: pool.finalized_value_lamports,
            fallen_lamports: pool.fallen_lamports,
        })
    }
}

impl Row for PoolEpoch {
    const TABLE: &'static str = "pool_epochs";
    const COLUMNS: &'static [&'static str] = &[
        "pool",
        "epoch",
        "epoch_start_timestamp",
        "full_lamports",
        "supply_lst",
        "gain_lamports",
        "fee_lamports",
        "fee_kept_lamports",
        "value_lamports",
        "fallen_lamports",
        "priced_slot",
    ];
    const KEY: usize = 2;
    const VAGUE: &'static [&'static str] = &["fallen_lamports"];

    fn values(&self) -> Result<Vec<Value>> {
        let rate = &self.rate;
        let of_pool =
            |part: fn(Priced) -> u64| Ok(Value::Number(maybe_signed(self.priced.map(part))?));
        Ok(vec![
            Value::named(self.pool),
            Value::count(rate.epoch)?,
            Value::Number(Some(rate.epoch_start_timestamp)),
            Value::count(rate.full_lamports)?,
            Value::count(rate.lst_supply)?,
            Value::count(rate.gain_lamports)?,
            Value::count(rate.fee_lamports)?,
            Value::count(rate.fee_kept_lamports)?,
            of_pool(|priced| priced.value_lamports)?,
            of_pool(|priced| priced.fallen_lamports)?,
            of_pool(|priced| priced.slot)?,
        ])
    }

    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let slot = maybe_count(row, "priced_slot")?;
        let value = maybe_count(row, "value_lamports")?;
        let fallen = maybe_count(row, "fallen_lamports")?;
        Ok(Self {
            pool: name(row, "pool")?,
            rate: EpochRate {
                epoch: count(row, "epoch")?,
                full_lamports: count(row, "full_lamports")?,
                lst_supply: count(row, "supply_lst")?,
                gain_lamports: count(row, "gain_lamports")?,
                fee_lamports: count(row, "fee_lamports")?,
                fee_kept_lamports: count(row, "fee_kept_lamports")?,
                epoch_start_timestamp: row.try_get("epoch_start_timestamp")?,
            },
            priced: slot
                .zip(value)
                .zip(fallen)
                .map(|((slot, value_lamports), fallen_lamports)| Priced {
                    slot,
                    value_lamports,
                    fallen_lamports,
                }),
        })
    }
}

impl Store {
    /// Writes epochs of one pool that are not stored. What is stored stays as it is.
    pub fn keep_pool_epochs(&mut self, writer: &Writer, rows: &[PoolEpoch]) -> Result<Kept> {
        let epochs = || rows.iter().map(|row| row.rate.epoch);
        let (Some(first), Some(last), Some(row)) = (epochs().min(), epochs().max(), rows.first())
        else {
            return Ok(Kept::default());
        };
        self.keep(
            writer,
            rows,
            of_pool(&writer.genesis, &row.pool, &(first..=last))?,
        )
    }

    /// What a pool was in these epochs, oldest first.
    pub fn history(
        &mut self,
        genesis: &Hash,
        pool: &Pubkey,
        epochs: &RangeInclusive<u64>,
    ) -> Result<Vec<PoolEpoch>> {
        self.select(of_pool(genesis, pool, epochs)?)
    }

    /// The last epoch of a pool that is stored.
    pub fn last_epoch(&mut self, genesis: &Hash, pool: &Pubkey) -> Result<Option<u64>> {
        let (genesis, pool) = (genesis.to_string(), pool.to_string());
        self.wait(async |connection| {
            let sql =
                "SELECT MAX(epoch) AS epoch FROM pool_epochs WHERE genesis = $1 AND pool = $2";
            let query = sqlx::query(sql).bind(genesis).bind(pool);
            maybe_count(&query.fetch_one(connection).await?, "epoch")
        })
    }

    /// The clusters of which this pool is stored: one, unless its mint is used on several.
    pub fn clusters(&mut self, pool: &Pubkey) -> Result<Vec<Hash>> {
        let pool = pool.to_string();
        self.wait(async |connection| {
            let sql = "SELECT DISTINCT genesis FROM pool_epochs WHERE pool = $1 ORDER BY genesis";
            let rows = sqlx::query(sql).bind(pool).fetch_all(connection).await?;
            rows.iter().map(|row| name(row, "genesis")).collect()
        })
    }
}

/// The rows of a pool in these epochs: of every table that has both.
pub(super) fn of_pool(
    genesis: &Hash,
    pool: &Pubkey,
    epochs: &RangeInclusive<u64>,
) -> Result<Condition> {
    // No epoch is beyond what can be stored.
    let last = (*epochs.end()).min(i64::MAX.unsigned_abs());
    Ok(Condition::new(
        "genesis = $1 AND pool = $2 AND epoch BETWEEN $3 AND $4",
        [
            Value::named(genesis),
            Value::named(pool),
            Value::count(*epochs.start())?,
            Value::count(last)?,
        ],
    ))
}
