//! Nodes of tests: they answer as a script says, and otherwise as an honest node does.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_hash::Hash;
use solana_signature::Signature;
use tokio::runtime::Runtime;

/// What a node answers to the n-th question for a method, from 0; `None`: what honest ones do.
type Script = dyn Fn(&str, usize) -> Option<Response> + Send + Sync;

/// A node on this machine, as long as this value lives.
pub struct TestNode {
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
    is_silent: Arc<AtomicBool>,
    _runtime: Runtime,
}

struct Served {
    balance: u64,
    slot: u64,
    script: Box<Script>,
    asked: Arc<Mutex<Vec<String>>>,
    is_silent: Arc<AtomicBool>,
}

impl TestNode {
    /// A node at this slot by which every account has this balance.
    pub fn start(
        balance: u64,
        slot: u64,
        script: impl Fn(&str, usize) -> Option<Response> + Send + Sync + 'static,
    ) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let is_silent = Arc::new(AtomicBool::new(false));
        let served = Arc::new(Served {
            balance,
            slot,
            script: Box::new(script),
            asked: Arc::clone(&asked),
            is_silent: Arc::clone(&is_silent),
        });
        let runtime = Runtime::new().unwrap();
        let bound = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(bound).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route("/", post(serve)).with_state(served);
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self {
            url,
            asked,
            is_silent,
            _runtime: runtime,
        }
    }

    /// One that answers everything.
    pub fn honest(balance: u64, slot: u64) -> Self {
        Self::start(balance, slot, |_, _| None)
    }

    /// From now on it takes every question and answers none; or it answers again.
    pub fn be_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Ordering::Relaxed);
    }

    /// How often it was asked for this.
    pub fn times(&self, method: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|known| *known == method).count()
    }
}

async fn serve(State(node): State<Arc<Served>>, Json(request): Json<Value>) -> Response {
    if node.is_silent.load(Ordering::Relaxed) {
        return std::future::pending().await;
    }
    let method = request["method"].as_str().unwrap();
    let times = {
        let mut asked = node.asked.lock().unwrap();
        asked.push(method.to_owned());
        asked.iter().filter(|known| *known == method).count()
    };
    let scripted = (node.script)(method, times - 1);
    scripted.unwrap_or_else(|| match method {
        "getGenesisHash" => result(json!(Hash::default().to_string())),
        "getHealth" => result(json!("ok")),
        "getSlot" => result(json!(node.slot)),
        "getBalance" => at(node.slot, json!(node.balance)),
        "sendTransaction" => result(json!(signature(&request).to_string())),
        other => panic!("{other} is not served"),
    })
}

/// The first signature of the transaction in a request.
fn signature(request: &Value) -> Signature {
    let bytes = BASE64_STANDARD.decode(request["params"][0].as_str().unwrap());
    Signature::try_from(&bytes.unwrap()[1..65]).unwrap()
}

/// A result.
pub fn result(value: Value) -> Response {
    Json(json!({ "jsonrpc": "2.0", "id": 0, "result": value })).into_response()
}

/// A result as of a slot.
pub fn at(slot: u64, value: Value) -> Response {
    result(json!({ "context": { "slot": slot }, "value": value }))
}

/// An error.
pub fn error(code: i64, message: &str) -> Response {
    let error = json!({ "code": code, "message": message });
    Json(json!({ "jsonrpc": "2.0", "id": 0, "error": error })).into_response()
}

/// A status without an answer.
pub fn status(code: u16, header: Option<(&'static str, &str)>) -> Response {
    let headers = header.map(|(name, value)| [(HeaderName::from_static(name), value.to_owned())]);
    let status = StatusCode::from_u16(code).unwrap();
    match headers {
        Some(headers) => (status, headers).into_response(),
        None => status.into_response(),
    }
}

/// A port that does with each connection what it likes, once the request is in.
pub fn raw_node(serve: impl Fn(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 16 * 1024];
            // The requests of these tests come in one piece.
            if stream.read(&mut request).is_ok() {
                serve(&mut stream);
                stream.flush().ok();
            }
        }
    });
    url
}

/// A port at which nothing listens.
pub fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
