//! What a cluster paid for an epoch.

use std::ops::RangeInclusive;

use sluice_client::quote::ratings::ClusterEpoch;
use solana_hash::Hash;
use sqlx::{Row as _, any::AnyRow};

use super::{Kept, Row, Value, Writer, count, maybe_count, within};
use crate::{Result, Store, numbers::maybe_signed};

impl Row for ClusterEpoch {
    const TABLE: &'static str = "cluster_epochs";
    const COLUMNS: &'static [&'static str] =
        &["epoch", "stake_lamports", "rewards_lamports", "points"];
    const KEY: usize = 1;

    fn values(&self) -> Result<Vec<Value>> {
        Ok(vec![
            Value::count(self.epoch)?,
            Value::count(self.stake_lamports)?,
            Value::Number(maybe_signed(self.rewards_lamports)?),
            Value::Text(self.points.map(|points| points.to_string())),
        ])
    }

    fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let points: Option<String> = row.try_get("points")?;
        let points = points.map(|points| points.parse()).transpose();
        Ok(Self {
            epoch: count(row, "epoch")?,
            stake_lamports: count(row, "stake_lamports")?,
            rewards_lamports: maybe_count(row, "rewards_lamports")?,
            points: points
                .map_err(|error: std::num::ParseIntError| sqlx::Error::Decode(error.into()))?,
        })
    }
}

impl Store {
    /// Writes what the cluster paid for epochs that were over before `running`, as far as it is not stored.
    pub fn keep_cluster(
        &mut self,
        writer: &Writer,
        rows: &[ClusterEpoch],
        running: u64,
    ) -> Result<Kept> {
        let rows: Vec<_> = rows
            .iter()
            .filter(|row| row.epoch < running)
            .copied()
            .collect();
        let epochs = || rows.iter().map(|row| row.epoch);
        let (Some(first), Some(last)) = (epochs().min(), epochs().max()) else {
            return Ok(Kept::default());
        };
        self.keep(writer, &rows, within(&writer.genesis, &(first..=last))?)
    }

    /// What the cluster paid for these epochs, oldest first.
    pub fn cluster(
        &mut self,
        genesis: &Hash,
        epochs: &RangeInclusive<u64>,
    ) -> Result<Vec<ClusterEpoch>> {
        self.select(within(genesis, epochs)?)
    }
}
