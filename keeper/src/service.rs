//! The service: connects, turns all pools again and again, and ends when it is asked to.

use std::{
    collections::BTreeSet,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use sluice_cli::{
    config::{cluster_name, require_cluster},
    failure::{Code, Failure, misuse},
};
use sluice_client::{
    ClientError, CrankReport, Executor, Journal, Landing, Nodes, PoolAddresses, TokenMetadata,
    Turn, Watch,
    plan::crank,
    resolve_pool_by,
    words::amounts::{counted, sol},
};
use sluice_math::Lamports;
use solana_hash::Hash;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use tokio::runtime::Runtime;
use tracing::{info, warn};

use crate::{
    alerts::Alerts,
    around::Around,
    check,
    chronicle::Chronicle,
    claims::Claims,
    http,
    known::{KnownNode, Limits, Shared},
    outcome::Purpose,
    probe,
    purse::PoolPurse,
    settings::Settings,
    stop::Stop,
    store::Historian,
    tables::Tables,
};

/// How long a question is tried that is asked again anyway.
const HASTE: Duration = Duration::from_secs(3);
/// Beyond what a transaction may take, the working thread gives a sign of life at least so often.
const SILENCE: Duration = Duration::from_secs(120);
/// A pool that was not read for longer, and for three looks, is not kept.
const UNREAD: Duration = Duration::from_secs(60);

/// The cluster, once a node has answered.
pub struct Connected {
    /// What it is called.
    pub cluster: String,
    /// The hash of its first block.
    pub genesis: Hash,
    /// Where transactions are noted.
    pub journal: Journal,
    /// The pools, in the order of the configuration.
    pub pools: Vec<PoolAddresses>,
}

impl Connected {
    /// Asks which cluster it is, and for the pools.
    ///
    /// Fails where it is another cluster than the configuration says, where a pool is none, and where
    /// one is named by its address and by its mint: it would have twice the budget.
    pub fn to(rpc: &RpcClient, nodes: &Nodes, settings: &Settings) -> Result<Self> {
        let genesis = rpc.get_genesis_hash().map_err(ClientError::from)?;
        require_cluster(&settings.urls, settings.genesis.as_ref(), &genesis)?;
        let pools = settings.pools.iter();
        let pools = pools.map(|named| resolve_pool_by(rpc, nodes.each(), named));
        let pools = pools.collect::<sluice_client::Result<Vec<_>>>()?;
        let distinct: BTreeSet<_> = pools.iter().map(|pool| pool.pool).collect();
        if distinct.len() < pools.len() {
            return Err(misuse(
                "`pools` names a pool twice, by its address and by its mint",
            ));
        }
        Ok(Self {
            cluster: cluster_name(&genesis),
            genesis,
            journal: Journal::new(settings.journal()?, genesis.to_string()),
            pools,
        })
    }
}

/// Serves and keeps until a signal ends it.
///
/// Fails where the port is taken, the signer cannot be used, or the cluster or a pool is another one than
/// the configuration says. A node that does not answer is waited for.
pub fn run(settings: &Settings) -> Result<()> {
    let runtime = Runtime::new().context("no threads can be started")?;
    let nodes = Arc::new(Nodes::with_manners(&settings.urls, settings.manners())?);
    let stop = Arc::new(Stop::new(Arc::clone(&nodes)));
    stop.on_signals(&runtime)?;
    let signer = check::signer(settings)?;
    let _alone = settings.occupy_state()?;
    let limits = Limits {
        silence: settings.patience() + SILENCE,
        unread: (settings.every() * 3).max(UNREAD),
    };
    let shared = Shared::new(signer.pubkey(), &settings.pools, limits);
    let address = http::start(&runtime, settings, shared.clone())?;
    info!("The page is at http://{address}/.");
    if let Some(warning) = settings.foreign_variables() {
        warn!("{warning}");
    }
    for node in nodes.open_to_others() {
        warn!("{node} is not encrypted: everybody on the way can change what it answers.");
    }
    let service = Service {
        settings,
        stop: &stop,
        shared: &shared,
        signer: &*signer,
        rpc: nodes.client(),
        hasty: nodes.hasty_client(HASTE),
        nodes: &nodes,
    };
    let alerts = Alerts::start(runtime.handle(), settings, shared.clone())?;
    let program_rpc = nodes.client();
    let historian = Historian {
        place: settings.store()?,
        rpc: nodes.finalized_client(),
        shared: &shared,
        stop: &stop,
    };
    let kept = thread::scope(|scope| {
        scope.spawn(|| stop.guard(|| historian.watch()));
        for (index, url) in nodes.urls().enumerate() {
            shared.lock().nodes.push(KnownNode::new(url.name));
            let (shared, stop) = (&shared, &*stop);
            scope.spawn(move || stop.guard(|| probe::watch(&url, index, shared, stop)));
        }
        scope.spawn(|| stop.guard(|| alerts.watch(&stop)));
        scope.spawn(|| stop.guard(|| alerts.watch_program(&program_rpc, &stop)));
        let kept = stop.guard(|| service.keep());
        // The other threads end too, also after a failure.
        stop.request();
        kept
    });
    // The name of a webhook may still be looked up: nobody waits for that.
    runtime.shutdown_background();
    kept?;
    info!("Ended: nothing is under way.");
    Ok(())
}

/// A pool that is kept.
struct Kept {
    watch: Watch,
    /// Why nothing more was paid when cranks were turned last, where a node shows what cannot be.
    doubt: Option<ClientError>,
    claims: Option<Claims>,
    tables: Option<Tables>,
}

impl Kept {
    /// When something is to be done, where that is known.
    fn begins(&self) -> Option<Instant> {
        let claims = self.claims.as_ref().and_then(Claims::begins);
        [self.watch.begins(), claims].into_iter().flatten().min()
    }

    /// Does what the keeper does for a pool beside cranks.
    fn beside_cranks(&mut self, around: &Around<'_>) -> Result<(), ClientError> {
        if let Some(claims) = &mut self.claims {
            claims.turn(around)?;
        }
        self.tables
            .as_mut()
            .map_or(Ok(()), |tables| tables.turn(around))
    }
}

struct Service<'a> {
    settings: &'a Settings,
    stop: &'a Stop,
    shared: &'a Shared,
    signer: &'a dyn Signer,
    rpc: RpcClient,
    hasty: RpcClient,
    nodes: &'a Nodes,
}

impl Service<'_> {
    fn keep(&self) -> Result<()> {
        let Some(connected) = self.connect()? else {
            return Ok(());
        };
        info!(
            keeper = %self.signer.pubkey(),
            cluster = connected.cluster,
            "Keeping {}.", counted(connected.pools.len().try_into().unwrap_or(u64::MAX), "pool")
        );
        let executor = Executor::new(&self.rpc, self.signer).with_landing(Landing {
            hasty: Some(&self.hasty),
            nodes: self.nodes.each(),
            journal: Some(&connected.journal),
            priority_fee: self.settings.priority_fee(),
            patience: self.settings.patience(),
            stop: Some(self.stop.flag()),
            purse: None,
        });
        let kept = connected.pools.iter().map(|pool| {
            let noted = format!("claims-{}-{}", connected.genesis, pool.pool);
            Ok(Kept {
                watch: Watch::new(*pool),
                doubt: None,
                claims: self.settings.claims(&noted)?,
                tables: self.settings.close_tables.then(Tables::default),
            })
        });
        let mut kept = kept.collect::<Result<Vec<Kept>>>()?;
        while !self.stop.is_requested() {
            for (index, kept) in kept.iter_mut().enumerate() {
                if !self.stop.is_requested() {
                    self.turn(&executor, &connected, kept, index);
                }
            }
            self.tidy(&connected.journal);
            self.weigh();
            let begins = kept.iter().filter_map(Kept::begins).min();
            let begins = begins.map(|at| at.saturating_duration_since(Instant::now()));
            let every = self.settings.every();
            self.stop
                .sleep(begins.map_or(every, |begins| begins.min(every)));
        }
        Ok(())
    }

    /// Waits for a node; nothing where the end is asked for first.
    fn connect(&self) -> Result<Option<Connected>> {
        while !self.stop.is_requested() {
            match Connected::to(&self.rpc, self.nodes, self.settings) {
                Ok(connected) => {
                    let mut known = self.shared.lock();
                    known.cluster = Some(connected.cluster.clone());
                    known.genesis = Some(connected.genesis);
                    known.connection.is_well();
                    drop(known);
                    let (path, cluster) = (self.settings.journal()?, connected.genesis.to_string());
                    self.stop.know(Journal::new(path, cluster));
                    return Ok(Some(connected));
                }
                Err(error) => self.unconnected(error)?,
            }
            self.stop.sleep(self.settings.every());
        }
        Ok(None)
    }

    /// Only a node that gives no usable answer is waited for.
    fn unconnected(&self, error: anyhow::Error) -> Result<()> {
        if self.stop.is_requested() {
            return Ok(());
        }
        let what = error.to_string();
        if Failure::from(error).code() != Code::Node {
            anyhow::bail!("{what}");
        }
        let mut known = self.shared.lock();
        known.beat = Instant::now();
        let is_to_be_told = known.connection.is_ill(what.clone(), Instant::now());
        drop(known);
        if is_to_be_told {
            warn!("{what}");
        }
        Ok(())
    }

    /// Reads what a pool's token is called: nice to know, and it can be named later, or be renamed.
    fn name(&self, addresses: &PoolAddresses, index: usize) {
        let Ok(token) = TokenMetadata::load(&self.rpc, addresses) else {
            return;
        };
        if let Some(pool) = self.shared.lock().pools.get_mut(index) {
            pool.token = token;
        }
    }

    /// Strikes out of the journal what was told, and says what was forgotten.
    fn tidy(&self, journal: &Journal) {
        for forgotten in self.nodes.forgotten() {
            warn!("{forgotten}.");
        }
        let was_ill = self.shared.lock().journal.trouble().is_some();
        let struck = journal.strike_out_decided();
        let struck = struck.and_then(|()| if was_ill { journal.check() } else { Ok(()) });
        match struck {
            Ok(()) => self.shared.journal_works(),
            Err(error) => self.shared.journal_fails(&error),
        }
    }

    /// Looks at a pool, and cranks what is due. An error ends this turn alone.
    fn turn(&self, executor: &Executor<'_>, connected: &Connected, kept: &mut Kept, index: usize) {
        let addresses = *kept.watch.pool();
        let chronicle = Chronicle {
            shared: self.shared,
            index,
            pool: addresses.pool.to_string(),
        };
        let purse = PoolPurse {
            chronicle: &chronicle,
            purpose: Purpose::Crank,
            budget: None,
        };
        let cranking = executor.clone().with_purse(&purse);
        let turned = kept.watch.turn(&cranking, |cranking, pending| {
            chronicle.settled(&self.rpc, connected, pending);
            cranking.crank(&addresses, &mut |progress| chronicle.progress(progress))
        });
        let snapshot = match turned {
            Ok(Turn::Quiet(snapshot)) => *snapshot,
            Ok(Turn::Cranked(report)) => {
                let left = crank::plan(&report.snapshot).unwrap_or_default();
                let in_breach = crank::in_breach(&report.snapshot).unwrap_or_default();
                let CrankReport {
                    waiting,
                    snapshot,
                    failures,
                    ..
                } = *report;
                let mut errors = failures.into_iter().map(|failure| failure.error);
                kept.doubt = errors.find(|error| matches!(error, ClientError::PaidBefore { .. }));
                chronicle.planned(&left.steps);
                chronicle.note(|pool| {
                    pool.waiting = waiting;
                    (pool.in_breach, pool.held_back) = (in_breach, left.held_back);
                });
                self.name(&addresses, index);
                snapshot
            }
            Err(error) => return chronicle.trouble(&error),
        };
        chronicle.note(|pool| pool.see(snapshot.clone()));
        let around = Around {
            rpc: &self.rpc,
            executor,
            chronicle: &chronicle,
            snapshot: &snapshot,
            stop: self.stop,
        };
        let done = kept.beside_cranks(&around);
        match (done, &kept.doubt) {
            (Err(error), _) => chronicle.trouble(&error),
            (Ok(()), Some(doubt)) => chronicle.trouble(doubt),
            (Ok(()), None) => chronicle.well(),
        }
    }

    /// Reads what the keeper has.
    fn weigh(&self) {
        if self.stop.is_requested() {
            return;
        }
        let balance = self.hasty.get_balance(&self.signer.pubkey());
        let mut known = self.shared.lock();
        known.beat = Instant::now();
        let Ok(balance) = balance.map(Lamports::new) else {
            return;
        };
        if known.is_poor() != Some(true) && balance < crate::known::LOW_BALANCE {
            warn!(
                "The keeper {} has only {}: its transactions will fail soon.",
                self.signer.pubkey(),
                sol(balance.get())
            );
        }
        known.balance = Some(balance);
    }
}
