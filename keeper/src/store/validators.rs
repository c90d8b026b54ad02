//! What epochs of all validators of the cluster were: gathered once in an epoch.

use std::time::{Duration, Instant};

use sluice_client::{
    PoolSnapshot,
    quote::ratings::{ClusterEpoch, Facts, Gathered, Gathering, ValidatorEpoch},
};
use sluice_store::{Kept, Store, StoreError, Writer};
use solana_rpc_client::rpc_client::RpcClient;
use tracing::{debug, info};

/// How long nodes are left alone that did not tell everything.
const PAUSE: Duration = Duration::from_secs(60);

/// When facts are gathered.
#[derive(Default)]
pub struct Validators {
    /// The epoch in which they were last stored.
    stored: Option<u64>,
    /// Not before.
    wait_until: Option<Instant>,
}

impl Validators {
    /// Whether they are to be gathered in this epoch.
    pub fn are_due(&self, epoch: u64) -> bool {
        let waits = self.wait_until.is_some_and(|until| Instant::now() < until);
        self.stored != Some(epoch) && !waits
    }

    /// Gathers and stores, once in each epoch, when its boundary has paid all rewards.
    pub fn turn(
        &mut self,
        rpc: &RpcClient,
        store: &mut Store,
        writer: &Writer,
        snapshot: &PoolSnapshot,
    ) -> Result<Kept, StoreError> {
        let epoch = snapshot.cluster.clock.epoch;
        if !self.are_due(epoch) {
            return Ok(Kept::default());
        }
        self.wait_until = Some(Instant::now() + PAUSE);
        if snapshot.cluster.rewards.active {
            return Ok(Kept::default());
        }
        let gathered = match Gathered::load(rpc, &Gathering::default(), Facts::default()) {
            Ok(gathered) => gathered,
            Err(error) => {
                debug!("Facts of validators are not known yet: {error}");
                return Ok(Kept::default());
            }
        };
        let validators: Vec<ValidatorEpoch> = gathered.facts.validators().cloned().collect();
        let cluster: Vec<ClusterEpoch> = gathered.facts.cluster().copied().collect();
        let mut kept = store.keep_validators(writer, &validators, gathered.epoch)?;
        let paid = store.keep_cluster(writer, &cluster, gathered.epoch)?;
        kept.contradictions.extend(paid.contradictions);
        (self.stored, self.wait_until) = (Some(gathered.epoch), None);
        info!(
            new = kept.new,
            "Facts of validators are stored up to epoch {}.", gathered.epoch
        );
        Ok(kept)
    }
}
