//! The fixture's own state, and the settings it starts with.

use {
    crate::cluster::{Cluster, ClusterBuilder},
    sluice::state::{PoolConfig, PoolLimits},
    sluice_client::PoolAddresses,
    solana_pubkey::Pubkey,
    std::collections::BTreeMap,
};

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
    pub(super) name: String,
    pub(super) tickets: BTreeMap<Pubkey, Pubkey>,
    pub(super) oldest_batch: u64,
    pub(super) requests: u64,
    pub(super) stakes_taken: u64,
}

/// The rates that pools have unless a test says otherwise: a fee of 5% on rewards, none on
/// deposits, instant exits from 3% to 0.1%, a reserve target of 1%, the window at 80% of the
/// epoch, 5% tolerance, 10% movement cap, a drip of at most 0.5% of the value per epoch, a breaker
/// at 5%, commissions up to 10%.
pub fn default_config() -> PoolConfig {
    PoolConfig {
        reward_fee_bps: 500,
        deposit_fee_bps: 0,
        instant_fee_max_bps: 300,
        instant_fee_min_bps: 10,
        stake_exit_fee_bps: 10,
        reserve_target_bps: 100,
        window_bps: 8_000,
        tolerance_bps: 500,
        movement_cap_bps: 1_000,
        drip_bound_bps: 50,
        breaker_bound_bps: 500,
        max_commission_bps: 1_000,
        max_block_commission_bps: 10_000,
        share_cap_bps: 10_000,
        holder_share_bps: 0,
    }
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

impl Default for PoolBuilder {
    fn default() -> Self {
        Self {
            cluster: Cluster::builder(),
            config: default_config(),
            limits: PoolLimits::NONE,
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

    /// Changes the pool's rates, from [`default_config`].
    pub fn config(mut self, change: impl FnOnce(&mut PoolConfig)) -> Self {
        change(&mut self.config);
        self
    }

    /// Sets limits on deposits; without it there are none.
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
