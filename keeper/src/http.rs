//! What is served: the page, metrics, and whether the keeper lives and is ready. Only reading, never asking a node.

use std::{net::SocketAddr, time::Instant};

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
    known::{Known, Shared},
    metrics, page,
    settings::Settings,
};

/// The text format of OpenMetrics.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

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
    let router = Router::new()
        .route("/", get(front))
        .route("/metrics", get(metrics))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(shared);
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

async fn front(State(shared): State<Shared>) -> Response {
    let page = page::of(&shared.lock(), Instant::now());
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, page::POLICY),
    ];
    (headers, page.into_string()).into_response()
}

async fn metrics(State(shared): State<Shared>) -> Response {
    let text = metrics::text(&shared.lock(), Instant::now());
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Whether the process lives and its loop turns: where not, a new start helps.
async fn healthz(State(shared): State<Shared>) -> Response {
    let Some(silence) = shared.lock().silence(Instant::now()) else {
        return "alive\n".into_response();
    };
    let what = format!("nothing was done for {} seconds\n", silence.as_secs());
    (StatusCode::SERVICE_UNAVAILABLE, what).into_response()
}

/// Whether what is known of every pool is recent and transactions can be sent: where not, a new start hardly
/// helps.
async fn readyz(State(shared): State<Shared>) -> Response {
    let obstacles = obstacles(&shared.lock(), Instant::now());
    if obstacles.is_empty() {
        return "ready\n".into_response();
    }
    let what = obstacles.join("\n") + "\n";
    (StatusCode::SERVICE_UNAVAILABLE, what).into_response()
}

fn obstacles(known: &Known, now: Instant) -> Vec<String> {
    let whole = [&known.connection, &known.journal].into_iter();
    let whole = whole.filter_map(|condition| Some(condition.trouble()?.what.clone()));
    let pools = known.pools.iter().filter_map(|pool| {
        let trouble = pool.condition.trouble();
        let what = trouble.map(|trouble| trouble.what.clone());
        let what = what.or_else(|| known.is_outdated(pool, now))?;
        Some(format!("{}: {what}", pool.address()))
    });
    whole.chain(pools).collect()
}
