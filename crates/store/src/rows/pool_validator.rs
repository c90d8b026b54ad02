//! What an epoch paid for a pool's stake with a validator.

use std::ops::RangeInclusive;

use sluice_client::PoolSnapshot;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use sqlx::any::AnyRow;

use super::{Kept, Row, Value, Writer, count, name, pool_epoch::of_pool};
use crate::{Result, Store};

/// What an epoch paid for a pool's stake with a validator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolValidator {
    /// The pool.
    pub pool: Pubkey,
    /// The epoch that was paid for.
    pub epoch: u64,
    /// The validator's vote account.
    pub vote: Pubkey,
    /// Stake that was paid for, in lamports.
    pub active_lamports: u64,
    /// What it was paid, after the validator's commission, in lamports.
    pub paid_lamports: u64,
}

impl PoolValidator {
    /// What the last boundary paid, of all validators of which that is known.
    pub fn of(snapshot: &PoolSnapshot) -> Vec<Self> {
        let priced = snapshot.pool.finalized_epoch;
        let Some(epoch) = priced.checked_sub(1) else {
            return Vec::new();
        };
        let slots = snapshot
            .slots()
            .filter(|placed| placed.slot.is_observed(priced));
        let rows = slots.filter_map(|placed| {
            let rewarded = placed.slot.rewarded()?;
            Some(Self {
                pool: snapshot.addresses.pool,
                epoch,
                vote: placed.slot.vote,
                active_lamports: rewarded.delegated.get(),
                paid_lamports: rewarded.paid.get(),
            })
        });
        rows.collect()
    }
}

impl Row for PoolValidator {
    const TABLE: &'static str = "pool_validators";
    const COLUMNS: &'static [&'static str] =
        &["pool", "epoch", "vote", "active_lamports", "paid_lamports"];
    const KEY: usize = 3;

    fn values(&self) -> Result<Vec<Value>> {
        Ok(vec![
            Value::named(self.pool),
            Value::count(self.epoch)?,
            Value::named(self.vote),
            Value::count(self.active_lamports)?,
            Value::count(self.paid_lamports)?,
        ])
    }

    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            pool: name(row, "pool")?,
            epoch: count(row, "epoch")?,
            vote: name(row, "vote")?,
            active_lamports: count(row, "active_lamports")?,
            paid_lamports: count(row, "paid_lamports")?,
        })
    }
}

impl Store {
    /// Writes what one epoch paid for one pool's stake, as far as it is not stored.
    pub fn keep_pool_validators(
        &mut self,
        writer: &Writer,
        rows: &[PoolValidator],
    ) -> Result<Kept> {
        let Some(row) = rows.first() else {
            return Ok(Kept::default());
        };
        self.keep(
            writer,
            rows,
            of_pool(&writer.genesis, &row.pool, &(row.epoch..=row.epoch))?,
        )
    }

    /// What these epochs paid for a pool's stake, oldest first.
    pub fn pool_validators(
        &mut self,
        genesis: &Hash,
        pool: &Pubkey,
        epochs: &RangeInclusive<u64>,
    ) -> Result<Vec<PoolValidator>> {
        self.select(of_pool(genesis, pool, epochs)?)
    }
}
