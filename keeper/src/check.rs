//! `--check`: what the keeper would do, without doing it.

use std::fmt::Write;

use anyhow::Result;
use sluice_client::{
    ClientError, CrankPlan, Nodes, PoolAddresses, PoolSnapshot,
    plan::crank,
    words::amounts::{counted, sol},
};
use solana_rpc_client::rpc_client::RpcClient;

use crate::{service::Connected, settings::Settings, store};

/// Opens the signer, asks the nodes, and says what is due in each pool.
///
/// Fails where the service would not start, and where no node answers.
pub fn check(settings: &Settings) -> Result<String> {
    let keeper = settings.signer()?.pubkey();
    let nodes = Nodes::with_manners(&settings.urls, settings.manners())?;
    let rpc = nodes.client();
    let connected = Connected::to(&rpc, settings)?;
    let balance = rpc.get_balance(&keeper).map_err(ClientError::from)?;
    let mut said = format!(
        "The configuration can be used.\nKeeper {keeper}, with {}, on {}, by {}.\nThe page would be at \
         http://{}/.\n",
        sol(balance),
        connected.cluster,
        counted(u64::try_from(nodes.each().len())?, "node"),
        settings.listen,
    );
    writeln!(said, "{}", store::check(&settings.store()?)?)?;
    for pool in &connected.pools {
        write!(said, "{}", of_pool(&rpc, pool)?)?;
    }
    Ok(said)
}

fn of_pool(rpc: &RpcClient, addresses: &PoolAddresses) -> Result<String> {
    let snapshot = PoolSnapshot::with_stakes(rpc, addresses)?;
    let CrankPlan { steps, waiting } = crank::plan(&snapshot)?;
    let mut said = format!(
        "Pool {}, epoch {}:\n",
        addresses.pool, snapshot.cluster.clock.epoch
    );
    for step in &steps {
        writeln!(said, "  now    {}: {}.", step.kind, step.why)?;
    }
    for later in &waiting {
        writeln!(said, "  later  {later}.")?;
    }
    if steps.is_empty() && waiting.is_empty() {
        writeln!(said, "  Nothing is due.")?;
    }
    Ok(said)
}
