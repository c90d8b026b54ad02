//! `--check`: what the keeper would do, without doing it.

use std::fmt::Write;

use anyhow::{Error, Result, anyhow, ensure};
use sluice_cli::failure::sentence;
use sluice_client::{
    ClientError, CrankPlan, Nodes, PoolAddresses, PoolSnapshot,
    plan::crank,
    words::amounts::{counted, sol},
};
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;

use crate::{
    alerts, http,
    service::Connected,
    settings::{Settings, all_of},
    store,
};

/// Opens the signer, asks the nodes, and says what is due in each pool.
///
/// Fails with all of what would keep the service from its work: signer, port, folder, nodes, pools and store.
/// Where a keeper runs with this folder, its port is not tried.
pub fn check(settings: &Settings) -> Result<String> {
    let nodes = Nodes::with_manners(&settings.urls, settings.manners())?;
    let rpc = nodes.client();
    let mut findings = Findings::default();
    let runs = settings.is_occupied();
    let port = match runs {
        true => Ok(()),
        false => http::require_free(settings.listen),
    };
    let keeper = findings.here(settings, port);
    let connected = findings.note(Connected::to(&rpc, &nodes, settings));
    let store = findings.note(settings.store().and_then(|place| Ok(store::check(&place)?)));
    let (Some(keeper), Some(connected), Some(store), true) =
        (keeper, connected, store, findings.0.is_empty())
    else {
        return Err(findings.error());
    };
    let keeper = keeper.pubkey();
    let balance = rpc.get_balance(&keeper).map_err(ClientError::from)?;
    let mut said = format!(
        "The configuration can be used.\nKeeper {keeper}, with {}, on {}, by {}.\nThe page would be at \
         http://{}/.\n",
        sol(balance),
        connected.cluster,
        counted(u64::try_from(nodes.each().len())?, "node"),
        settings.listen,
    );
    if runs {
        let note =
            "A keeper runs with this folder `state`: whether the port is free was not tried.";
        writeln!(said, "{note}")?;
    }
    writeln!(said, "{store}")?;
    if let Some(warning) = settings.foreign_variables() {
        writeln!(said, "{warning}")?;
    }
    for pool in &connected.pools {
        write!(said, "{}", of_pool(&rpc, pool)?)?;
    }
    Ok(said)
}

/// The signer of a service that could start on this machine.
///
/// Fails with all of what is wrong here: signer, port and folder.
pub fn signer(settings: &Settings) -> Result<Box<dyn Signer>> {
    let mut findings = Findings::default();
    match findings.here(settings, http::require_free(settings.listen)) {
        Some(signer) if findings.0.is_empty() => Ok(signer),
        _ => Err(findings.error()),
    }
}

/// What is wrong, of things that are looked at one after another.
#[derive(Default)]
struct Findings(Vec<Error>);

impl Findings {
    /// Opens the signer, and looks at what this machine must offer beside a `port`.
    fn here(&mut self, settings: &Settings, port: Result<()>) -> Option<Box<dyn Signer>> {
        let signer = self.note(settings.signer());
        self.note(port);
        self.note(settings.require_writable_state());
        signer
    }

    fn note<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    /// One error for all of them.
    fn error(mut self) -> Error {
        if self.0.len() > 1 {
            let sentences: Vec<String> = self.0.iter().map(sentence).collect();
            return anyhow!(all_of("several things are wrong", &sentences));
        }
        let only = self.0.pop();
        only.unwrap_or_else(|| anyhow!("nothing is wrong"))
    }
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
        writeln!(said, "  now    {}: {}.", step.kind, step.why())?;
    }
    for later in &waiting {
        writeln!(said, "  later  {later}.")?;
    }
    if steps.is_empty() && waiting.is_empty() {
        writeln!(said, "  Nothing is due.")?;
    }
    Ok(said)
}
