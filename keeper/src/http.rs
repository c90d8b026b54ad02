//! What is served: the page, metrics, and whether the keeper lives and is ready. Only reading, never asking a node.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use anyhow::{Result, anyhow};
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{net::TcpListener, runtime::Runtime};
use tracing::warn;

use crate::{
    facts::since,
    known::{Known, Shared},
    metrics, page,
    settings::Settings,
};

/// Beyond what a transaction may take, the working thread says something at least so often.
const SILENCE: Duration = Duration::from_secs(120);
/// A pool that was not read for longer, and for three looks, is not kept.
const UNREAD: Duration = Duration::from_secs(60);
/// The text format of OpenMetrics.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What answers are made of.
#[derive(Clone)]
struct Served {
    shared: Shared,
    silence_seconds: u64,
    unread_seconds: u64,
}

/// Listens where the configuration says: at which address that is, where any port will do.
///
/// Fails where the port cannot be used.
pub fn start(runtime: &Runtime, settings: &Settings, shared: Shared) -> Result<SocketAddr> {
    let named = settings.listen;
    let listener = runtime
        .block_on(TcpListener::bind(named))
        .map_err(|error| unusable(named, &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| unusable(named, &error))?;
    if !address.ip().is_loopback() {
        warn!("Everybody who reaches {address} can read the page and the metrics.");
    }
    let served = Served {
        shared,
        silence_seconds: (settings.patience() + SILENCE).as_secs(),
        unread_seconds: (settings.every() * 3).max(UNREAD).as_secs(),
    };
    let router = Router::new()
        .route("/", get(front))
        .route("/metrics", get(metrics))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(served);
    runtime.spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// Fails where nothing could be served at this address.
pub fn require_free(named: SocketAddr) -> Result<()> {
    std::net::TcpListener::bind(named)
        .map(drop)
        .map_err(|error| unusable(named, &error))
}

fn unusable(named: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    anyhow!("nothing can be served at {named} ({error}): set `listen` to another port")
}

async fn front(State(served): State<Served>) -> Response {
    let page = page::of(&served.shared.lock(), SystemTime::now());
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, page::POLICY),
    ];
    (headers, page.into_string()).into_response()
}

async fn metrics(State(served): State<Served>) -> Response {
    let text = metrics::text(&served.shared.lock(), SystemTime::now());
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Whether the working thread lives: where not, a new start helps.
async fn healthz(State(served): State<Served>) -> Response {
    let silent = since(served.shared.lock().beat, SystemTime::now());
    if silent <= served.silence_seconds {
        return "alive\n".into_response();
    }
    let what = format!("nothing was done for {silent} seconds\n");
    (StatusCode::SERVICE_UNAVAILABLE, what).into_response()
}

/// Whether every pool is kept: where not, a new start does not help.
async fn readyz(State(served): State<Served>) -> Response {
    let obstacles = served.obstacles(&served.shared.lock(), SystemTime::now());
    if obstacles.is_empty() {
        return "ready\n".into_response();
    }
    let what = obstacles.join("\n") + "\n";
    (StatusCode::SERVICE_UNAVAILABLE, what).into_response()
}

impl Served {
    fn obstacles(&self, known: &Known, now: SystemTime) -> Vec<String> {
        let whole = known.trouble.iter().map(|trouble| trouble.what.clone());
        let pools = known.pools.iter().filter_map(|pool| {
            let address = pool.address();
            match (&pool.trouble, &pool.seen) {
                (Some(trouble), _) => Some(format!("{address}: {}", trouble.what)),
                (None, None) => Some(format!("{address}: not read yet")),
                (None, Some((at, _))) => {
                    let seconds = since(*at, now);
                    let is_old = seconds > self.unread_seconds;
                    is_old.then(|| format!("{address}: not read for {seconds} seconds"))
                }
            }
        });
        whole.chain(pools).collect()
    }
}
