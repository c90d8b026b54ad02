//! `--check`: what the keeper would do, without doing it.

use std::fmt::Write;

use anyhow::{Result, ensure};
use sluice_client::{
    ClientError, CrankPlan, Nodes, PoolAddresses, PoolSnapshot,
    plan::crank,
    words::amounts::{counted, sol},
};
use solana_rpc_client::rpc_client::RpcClient;

use crate::{alerts, service::Connected, settings::Settings};

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
    for pool in &connected.pools {
        write!(said, "{}", of_pool(&rpc, pool)?)?;
    }
    Ok(said)
}

/// Sends a test message to each webhook, and says that they took it.
///
/// Fails where there is no webhook, and where one takes no message: the others were sent theirs all the
/// same.
pub fn webhooks(settings: &Settings) -> Result<String> {
    let tried = alerts::test(&settings.alerts, &settings.signer()?.pubkey())?;
    ensure!(
        !tried.is_empty(),
        "there is nobody to tell: `[[alerts.webhooks]]` is missing"
    );
    let failures = tried.iter().filter_map(|(name, sent)| {
        let what = sent.as_ref().err()?;
        Some(format!("the {name} took no test message: {what}"))
    });
    let failures: Vec<String> = failures.collect();
    let others = match failures.len() < tried.len() {
        true => "; all others took theirs",
        false => "",
    };
    ensure!(failures.is_empty(), "{}{others}", failures.join("; "));
    let names: Vec<String> = tried.into_iter().map(|(name, _)| name).collect();
    Ok(format!(
        "A test message was taken by: {}.\n",
        names.join(", ")
    ))
}

fn of_pool(rpc: &RpcClient, addresses: &PoolAddresses) -> Result<String> {
    let snapshot = PoolSnapshot::with_stakes(rpc, addresses)?;
    let CrankPlan { steps, waiting, .. } = crank::plan(&snapshot)?;
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
