//! A node that does not say what the cluster says.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::post};
use reqwest::Client;
use serde_json::Value;
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

struct Node {
    client: Client,
    honest_url: String,
    lie: Box<Lie>,
}

impl LyingNode {
    /// A node before the one at `honest_url`.
    pub fn before(
        honest_url: &str,
        lie: impl Fn(&Value, &mut Value) + Send + Sync + 'static,
    ) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let node = Arc::new(Node {
            client: Client::new(),
            honest_url: honest_url.to_owned(),
            lie: Box::new(lie),
        });
        let routes = Router::new().route("/", post(answer)).with_state(node);
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self {
            url,
            _runtime: runtime,
        }
    }
}

async fn answer(State(node): State<Arc<Node>>, Json(request): Json<Value>) -> Json<Value> {
    let sent = node.client.post(&node.honest_url).json(&request).send();
    let mut answer = sent.await.unwrap().json().await.unwrap();
    (node.lie)(&request, &mut answer);
    Json(answer)
}
