//! The fixture's own state, and the settings it starts with.

use std::collections::BTreeMap;

use sluice::state::{PoolConfig, PoolLimits};
use sluice_client::{Event, PoolAddresses};
use sluice_math::BPS;
use solana_pubkey::Pubkey;

use crate::cluster::{Cluster, ClusterBuilder};

/// How closely the watcher looks at every transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// Everything.
    Full,
    /// Everything but the stake accounts themselves: for pools of many validators.
    Books,
    /// Nothing: where a test breaks an invariant on purpose, past the program.
    Off,
}

/// A pool, and the cluster it lives on.
pub struct Pool {
    /// The cluster. What is sent straight through it is not watched.
    pub cluster: Cluster,
    /// How closely every transaction is watched; [`Watch::Full`] at the start.
    pub watch: Watch,
    /// Where everything of the pool is.
    pub addresses: PoolAddresses,
    /// The program's events of every transaction that was sent through this fixture, in order.
    pub told: Vec<Event>,
    pub(super) name: String,
    pub(super) tickets: BTreeMap<Pubkey, Pubkey>,
    pub(super) oldest_batch: u64,
    pub(super) requests: u64,
    pub(super) stakes_taken: u64,
}

/// Settings of a pool on a new cluster.
pub struct PoolBuilder {
    cluster: ClusterBuilder,
    config: PoolConfig,
    limits: PoolLimits,
    validators: Vec<(u16, u16)>,
    epoch: u64,
    watch: Watch,
}

/// What is recommended, but without a share cap, with the highest movement cap and without an entry
/// charge: tests of other rules want their weights as they are and who retires gone, and reckon
/// without what depends on the last epoch's reward.
const TESTED: PoolConfig = PoolConfig {
    share_cap_bps: BPS,
    movement_cap_bps: 5_000,
    entry_charge_bps: 0,
    ..PoolConfig::RECOMMENDED
};

impl Default for PoolBuilder {
    fn default() -> Self {
        Self {
            cluster: Cluster::builder(),
            config: TESTED,
            limits: PoolLimits::RECOMMENDED,
            validators: Vec::new(),
            epoch: 0,
            watch: Watch::Full,
        }
    }
}

impl PoolBuilder {
    /// Changes the cluster's settings.
    pub fn cluster(mut self, change: impl FnOnce(ClusterBuilder) -> ClusterBuilder) -> Self {
        self.cluster = change(self.cluster);
        self
    }

    /// Changes the pool's rates, from what is recommended, but without a share cap.
    pub fn config(mut self, change: impl FnOnce(&mut PoolConfig)) -> Self {
        change(&mut self.config);
        self
    }

    /// Sets limits on deposits, instead of those that are recommended.
    pub fn limits(mut self, limits: PoolLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds validators `v0`, `v1`, ... with these commissions in basis points and weights.
    pub fn validators(mut self, commissions_and_weights: &[(u16, u16)]) -> Self {
        self.validators.extend_from_slice(commissions_and_weights);
        self
    }

    /// Creates the pool in this epoch; rewards are tiny before epoch 10 or so.
    pub fn epoch(mut self, epoch: u64) -> Self {
        self.epoch = epoch;
        self
    }

    /// How closely the watcher looks.
    pub fn watch(mut self, watch: Watch) -> Self {
        self.watch = watch;
        self
    }

    /// Starts the cluster, and creates the pool named `pool` with its validators.
    pub async fn start(self) -> Pool {
        let mut cluster = self.cluster.sluice().start().await;
        cluster.next_epochs(self.epoch).await;
        let mut pool = Pool::create(cluster, "pool", self.config, self.limits).await;
        pool.watch = self.watch;
        pool.add_validators(&self.validators).await;
        pool
    }
}
