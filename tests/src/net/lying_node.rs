//! A node that does not say what the cluster says.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime};

/// A JSON-RPC port before an honest one: it passes every request on, and may change the answer. It
/// serves as long as this value lives.
pub struct LyingNode {
    /// Where it listens.
    pub url: String,
    _runtime: Runtime,
}

/// What an answer becomes, given the request and the honest answer.
type Lie = dyn Fn(&Value, &mut Value) + Send + Sync;

/// How a node refuses a method.
#[derive(Clone, Copy, Debug)]
pub enum MethodRefusal {
    /// With a JSON-RPC error of this code.
    Code(i64),
    /// With this HTTP status.
    Status(u16),
}

impl MethodRefusal {
    /// All forms that are known: no index for it, no such method, and what providers answer by the
    /// code or by the status, where a plan does not include it.
    pub const ALL: [Self; 6] = [
        Self::Code(-32_010),
        Self::Code(-32_601),
        Self::Code(403),
        Self::Code(410),
        Self::Status(403),
        Self::Status(410),
    ];
}

struct Node {
    client: Client,
    honest_url: String,
    refused: Vec<(&'static str, MethodRefusal)>,
    lie: Box<Lie>,
}

impl LyingNode {
    /// A node before the one at `honest_url`.
    pub fn before(
        honest_url: &str,
        lie: impl Fn(&Value, &mut Value) + Send + Sync + 'static,
    ) -> Self {
        Self::start(honest_url, Vec::new(), Box::new(lie))
    }

    /// A node before the one at `honest_url` that is honest, but does not offer these methods.
    pub fn without(honest_url: &str, methods: &[&'static str], refusal: MethodRefusal) -> Self {
        let refused = methods.iter().map(|method| (*method, refusal)).collect();
        Self::start(honest_url, refused, Box::new(|_, _| ()))
    }

    fn start(honest_url: &str, refused: Vec<(&'static str, MethodRefusal)>, lie: Box<Lie>) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let node = Arc::new(Node {
            client: Client::new(),
            honest_url: honest_url.to_owned(),
            refused,
            lie,
        });
        let routes = Router::new().route("/", post(answer)).with_state(node);
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self {
            url,
            _runtime: runtime,
        }
    }
}

async fn answer(State(node): State<Arc<Node>>, Json(request): Json<Value>) -> Response {
    let mut refused = node.refused.iter();
    match refused.find(|(method, _)| request["method"] == *method) {
        Some((_, MethodRefusal::Status(status))) => {
            return StatusCode::from_u16(*status).unwrap().into_response();
        }
        Some((_, MethodRefusal::Code(code))) => {
            let error = json!({"code": code, "message": "not offered here"});
            let id = &request["id"];
            return Json(json!({"jsonrpc": "2.0", "id": id, "error": error})).into_response();
        }
        None => {}
    }
    let sent = node.client.post(&node.honest_url).json(&request).send();
    let mut answer = sent.await.unwrap().json().await.unwrap();
    (node.lie)(&request, &mut answer);
    Json(answer).into_response()
}
