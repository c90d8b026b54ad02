//! `sluice-actions`: a service that answers Solana Actions for a pool.
//!
//! It makes transactions that stake, unstake and claim, for wallets to sign and to send: by the same builders
//! and rules as the command line. It has no keys, signs nothing and sends nothing.

mod acts;
mod args;
mod desk;
mod http;
mod limits;
mod refusal;
mod spec;

use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context, Result};
pub use args::Arguments;
use clap::Parser;
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
    sync::Semaphore,
    time::interval,
};

use crate::{desk::Desk, http::Shared, limits::Limits};

/// How often those are forgotten who ask no more.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// A service that answers until this value is dropped.
pub struct Service {
    /// Where it listens.
    pub address: SocketAddr,
    // Ends before what its threads share.
    runtime: Runtime,
    _shared: Arc<Shared>,
}

impl Service {
    /// Reads the pool, and listens.
    ///
    /// # Errors
    ///
    /// Where the port is taken, no node answers, or it serves another cluster or no such pool.
    pub fn start(arguments: &Arguments) -> Result<Self> {
        let runtime = Runtime::new().context("no threads can be started")?;
        let named = arguments.listen;
        let listener = runtime
            .block_on(TcpListener::bind(named))
            .with_context(|| {
                format!("nothing can be served at {named}: choose another --listen")
            })?;
        let address = listener.local_addr().context("the port is of no use")?;
        let public_url = match &arguments.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{address}"),
        };
        let shared = Arc::new(Shared {
            desk: Desk::open(arguments, public_url)?,
            limits: Limits::new(arguments.requests_per_minute, &arguments.trusted_proxies),
            places: Arc::new(Semaphore::new(arguments.most_at_once.into())),
            timeout: arguments.timeout(),
        });
        let served =
            http::router(Arc::clone(&shared)).into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async move { axum::serve(listener, served).await });
        let forgetful = Arc::clone(&shared);
        runtime.spawn(async move {
            let mut due = interval(FORGET_EVERY);
            loop {
                due.tick().await;
                forgetful.limits.forget_idle();
            }
        });
        Ok(Self {
            address,
            runtime,
            _shared: shared,
        })
    }

    /// Answers until somebody ends the process.
    ///
    /// # Errors
    ///
    /// Where signals cannot be waited for.
    pub fn run(self) -> Result<()> {
        self.runtime.block_on(async {
            let mut terminate = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            Ok(())
        })
    }
}

/// Does what the command line says until a signal ends it.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let served = Service::start(&arguments).and_then(|service| {
        let address = service.address;
        eprintln!("Actions are at http://{address}/api/stake, /api/unstake and /api/claim.");
        service.run()
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
