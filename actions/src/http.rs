//! The routes, and what every answer has: headers for browsers of any origin, and JSON also where it fails.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{
        ConnectInfo, DefaultBodyLimit, Query, Request, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use tokio::{sync::Semaphore, task, time::timeout};
use tower_http::cors::{Any, CorsLayer};

use crate::{
    acts::Act,
    desk::Desk,
    limits::Limits,
    refusal::Refusal,
    spec::{ActionPostRequest, ActionRule, ActionsJson, VERSION},
};

/// No request has more bytes: one is an address and its name.
const LARGEST_BODY_BYTES: usize = 4 * 1024;
const ICON: &str = include_str!("icon.svg");
const ACTION_VERSION: HeaderName = HeaderName::from_static("x-action-version");
const BLOCKCHAIN_IDS: HeaderName = HeaderName::from_static("x-blockchain-ids");

/// What requests share.
pub struct Shared {
    /// The pool.
    pub desk: Desk,
    /// Who asks how often.
    pub limits: Limits,
    /// Places for those who are worked at.
    pub places: Arc<Semaphore>,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// What a URL says. More is allowed, and not read.
#[derive(Debug, Deserialize)]
struct Asked {
    amount: Option<String>,
}

/// All that is served.
pub fn router(shared: Arc<Shared>) -> Router {
    let mut router = Router::new()
        .route("/actions.json", get(rules))
        .route("/icon.svg", get(icon));
    for act in Act::ALL {
        let show = move |State(shared): State<Arc<Shared>>| show(act, shared);
        let prepare = move |State(shared): State<Arc<Shared>>, asked, request| {
            prepare(act, shared, asked, request)
        };
        router = router.route(&act.path(), get(show).post(prepare));
    }
    router
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "There is no Action here"))
        .method_not_allowed_fallback(async || {
            Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "An Action takes GET and POST",
            )
        })
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), admit))
        .layer(cors())
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            name_chain,
        ))
        .with_state(shared)
}

/// What the specification wants of every endpoint.
fn cors() -> CorsLayer {
    let also = ["x-accept-action-version", "x-accept-blockchain-ids"];
    let headers = [
        header::CONTENT_TYPE,
        header::AUTHORIZATION,
        header::CONTENT_ENCODING,
        header::ACCEPT_ENCODING,
    ];
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::OPTIONS])
        .allow_headers(
            headers
                .into_iter()
                .chain(also.map(HeaderName::from_static))
                .collect::<Vec<_>>(),
        )
        .expose_headers([ACTION_VERSION, BLOCKCHAIN_IDS])
}

/// Says for which cluster the Actions are, and by which version of the specification.
async fn name_chain(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(ACTION_VERSION, HeaderValue::from_static(VERSION));
    if let Ok(chain_id) = HeaderValue::from_str(&shared.desk.chain_id) {
        headers.insert(BLOCKCHAIN_IDS, chain_id);
    }
    response
}

/// Refuses who asks too often.
async fn admit(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if shared.limits.admit(peer.ip(), request.headers()) {
        return next.run(request).await;
    }
    let said = "You ask too often. Try again in a minute";
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, said).into_response();
    ([(header::RETRY_AFTER, "60")], refusal).into_response()
}

async fn rules(State(shared): State<Arc<Shared>>) -> Json<ActionsJson> {
    let rule = |pattern: &str, path: &str| ActionRule {
        path_pattern: pattern.to_owned(),
        api_path: shared.desk.url(path),
    };
    let acts = Act::ALL.map(|act| rule(act.page(), &act.path()));
    let own = rule("/api/**", "/api/**");
    Json(ActionsJson {
        rules: acts.into_iter().chain([own]).collect(),
    })
}

async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml")], ICON)
}

async fn show(act: Act, shared: Arc<Shared>) -> Result<Response, Refusal> {
    let shown = work(shared, move |desk| act.show(desk)).await?;
    Ok(Json(shown).into_response())
}

async fn prepare(
    act: Act,
    shared: Arc<Shared>,
    asked: Result<Query<Asked>, QueryRejection>,
    request: Result<Json<ActionPostRequest>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Query(Asked { amount }) =
        asked.map_err(|wrong| Refusal::new(wrong.status(), "The URL is not to be understood"))?;
    let Json(ActionPostRequest { account }) = request.map_err(|wrong| {
        Refusal::new(
            wrong.status(),
            "Send {\"account\": \"the wallet's address\"} as application/json",
        )
    })?;
    let prepared = work(shared, move |desk| {
        act.prepare(desk, &account, amount.as_deref())
    });
    Ok(Json(prepared.await?).into_response())
}

/// Asks the nodes beside the other requests, where there is a place for it. What is given up goes on until
/// the nodes answer, and keeps its place for as long.
async fn work<T: Send + 'static>(
    shared: Arc<Shared>,
    ask: impl FnOnce(&Desk) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let place = Arc::clone(&shared.places).try_acquire_owned();
    let place = place.map_err(|_| Refusal::busy())?;
    let patience = shared.timeout;
    let answer = task::spawn_blocking(move || {
        let answer = ask(&shared.desk);
        drop(place);
        answer
    });
    match timeout(patience, answer).await {
        Ok(answer) => answer.map_err(Refusal::internal)?,
        Err(_) => Err(Refusal::late()),
    }
}
