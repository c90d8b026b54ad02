//! A localnet that is asked anything, over both of its ports.

mod nonsense;
mod requests;

use std::{
    panic,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use arbitrary::{Arbitrary, Unstructured};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, header::CONTENT_TYPE};
use serde_json::{Value, json};
use sluice_localnet::{ADVANCE_EPOCH_METHOD, Localnet, LocalnetConfig};
use solana_hash::Hash;
use tokio::{net::TcpStream, runtime::Runtime, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use self::{nonsense::Changed, requests::Requests};
use crate::Target;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest request that the server takes, in bytes.
const MOST_BYTES: usize = 1024 * 1024;
/// How many messages a WebSocket carries before there is another: it has room for 1,024 subscriptions.
const MESSAGES: u32 = 200;
/// Of so many requests that jump to the next epoch, which takes long, one is sent.
const JUMPS: u32 = 50;

/// Whether a thread has panicked, of the server also: it catches some and goes on.
static HAS_PANICKED: AtomicBool = AtomicBool::new(false);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A localnet and a client of it.
pub struct Node {
    runtime: Runtime,
    localnet: Localnet,
    requests: Requests,
    http: Client,
    socket: Option<(Socket, u32)>,
    jumps: u32,
    answers: Answers,
}

/// What the node has said.
#[derive(Default)]
struct Answers {
    results: u64,
    errors: u64,
    without_json: u64,
    pushed: u64,
}

/// A transaction of the faucet's, with any instructions.
#[derive(Arbitrary, Debug)]
struct Made {
    is_simulated: bool,
    instructions: Vec<(u8, Vec<u8>, Vec<u8>)>,
}

impl Node {
    /// A localnet with its usual programs.
    #[expect(clippy::new_without_default, reason = "a target is made on purpose")]
    pub fn new() -> Self {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            HAS_PANICKED.store(true, Relaxed);
            report(what);
        }));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let config = LocalnetConfig {
            rpc_port: 0,
            ..requests::config()
        };
        let localnet = runtime
            .block_on(Localnet::start(config))
            .expect("a localnet");
        Self {
            requests: Requests::of(&localnet),
            runtime,
            localnet,
            http: Client::new(),
            socket: None,
            jumps: 0,
            answers: Answers::default(),
        }
    }

    fn post(&mut self, body: Vec<u8>) -> Option<Value> {
        let sent = String::from_utf8_lossy(&body).into_owned();
        if sent.contains(ADVANCE_EPOCH_METHOD) {
            self.jumps += 1;
            if self.jumps % JUMPS != 1 {
                return None;
            }
        }
        // The server closes the connection of such a request while it is being sent.
        let is_too_large = body.len() > MOST_BYTES;
        let (http, url) = (self.http.clone(), self.localnet.rpc_url());
        let asked = async move {
            let request = http
                .post(url)
                .header(CONTENT_TYPE, "application/json")
                .body(body);
            let answer = request.send().await.ok()?;
            Some((answer.status(), answer.text().await.ok()?))
        };
        let answer = self
            .runtime
            .block_on(async { timeout(PATIENCE, asked).await });
        let Some((status, text)) = answer.expect("an answer in time") else {
            assert!(is_too_large, "no answer over HTTP to {sent}");
            return None;
        };
        assert!(!status.is_server_error(), "{status}: {text}");
        let answer: Option<Value> = serde_json::from_str(&text).ok();
        let is_asked =
            serde_json::from_str::<Value>(&sent).is_ok_and(|sent| sent.get("id").is_some());
        let is_silent = answer.as_ref().is_none_or(Value::is_null);
        assert!(
            is_too_large || !is_asked || !is_silent,
            "{status}: no answer to {sent}"
        );
        match &answer {
            Some(Value::Array(answers)) => answers.iter().for_each(|one| self.answers.note(one)),
            // A notification is not answered.
            None | Some(Value::Null) => self.answers.without_json += 1,
            Some(answer) => self.answers.note(answer),
        }
        answer
    }

    /// Sends a message over WebSocket, and another one whose answer must come.
    fn say(&mut self, bytes: &[u8]) {
        let url = self.localnet.websocket_url();
        let (socket, said) = self.socket.take().unwrap_or_else(|| {
            let connected = self
                .runtime
                .block_on(async { timeout(PATIENCE, connect_async(url)).await });
            let (socket, _) = connected.expect("in time").expect("a WebSocket");
            (socket, 0)
        });
        let message = match std::str::from_utf8(bytes) {
            Ok(text) => Message::text(text),
            Err(_) => Message::binary(bytes.to_vec()),
        };
        let answers = &mut self.answers;
        let socket = self
            .runtime
            .block_on(async { timeout(PATIENCE, converse(socket, message, answers)).await });
        let socket = socket.expect("an answer over WebSocket in time");
        self.socket = socket
            .filter(|_| said < MESSAGES)
            .map(|socket| (socket, said + 1));
    }

    fn send(&mut self, made: &Made) {
        let asked = requests::call("getLatestBlockhash", json!([]));
        let answer = self
            .post(asked.to_string().into_bytes())
            .unwrap_or_default();
        let hash = answer["result"]["value"]["blockhash"].as_str();
        let hash = hash
            .and_then(|hash| hash.parse().ok())
            .expect("a blockhash");
        let bytes = self.requests.transaction(&hash, &made.instructions);
        let method = if made.is_simulated {
            "simulateTransaction"
        } else {
            "sendTransaction"
        };
        self.post_transaction(method, &bytes);
    }

    fn post_transaction(&mut self, method: &str, bytes: &[u8]) {
        let params = json!([BASE64_STANDARD.encode(bytes), {"encoding": "base64"}]);
        drop(self.post(requests::call(method, params).to_string().into_bytes()));
    }

    fn require_alive(&mut self) {
        let before = self.answers.results;
        drop(
            self.post(
                requests::call("getHealth", json!([]))
                    .to_string()
                    .into_bytes(),
            ),
        );
        assert!(
            self.answers.results > before,
            "the node is not well any more"
        );
        assert!(
            !HAS_PANICKED.load(Relaxed),
            "a thread of the node has panicked"
        );
    }
}

/// The WebSocket after an answer came; none where the node has closed it, as it may.
async fn converse(mut socket: Socket, message: Message, answers: &mut Answers) -> Option<Socket> {
    const LAST: &str = "the last one";
    let last = json!({"jsonrpc": "2.0", "id": LAST, "method": "noSuchMethod", "params": []});
    socket.send(message).await.ok()?;
    socket.send(Message::text(last.to_string())).await.ok()?;
    while let Some(Ok(answer)) = socket.next().await {
        let Message::Text(text) = answer else {
            continue;
        };
        let answer: Value = serde_json::from_str(&text).expect("the node speaks JSON");
        if answer["id"] == LAST {
            return Some(socket);
        }
        answers.note(&answer);
    }
    None
}

impl Answers {
    fn note(&mut self, answer: &Value) {
        assert_eq!(answer["jsonrpc"], "2.0", "no answer in JSON-RPC: {answer}");
        if answer.get("method").is_some() {
            self.pushed += 1;
        } else if let Some(error) = answer.get("error") {
            assert!(
                error["code"].is_i64() && error["message"].is_string(),
                "{answer}"
            );
            self.errors += 1;
        } else {
            self.results += 1;
        }
    }
}

impl Target for Node {
    /// Every method with parameters that it answers, over its port, and some transactions.
    fn seeds(&self) -> Vec<Vec<u8>> {
        let numbers = 0..self.requests.count();
        let mut seeds: Vec<Vec<u8>> = numbers.map(|number| vec![4, number, 0]).collect();
        seeds.extend(
            self.requests
                .texts()
                .map(|text| [&[0], text.as_bytes()].concat()),
        );
        seeds.extend(
            self.requests
                .subscriptions()
                .map(|text| [&[1], text.as_bytes()].concat()),
        );
        let bytes = self.requests.transaction(&Hash::default(), &[]);
        seeds.push([&[2], bytes.as_slice()].concat());
        seeds.push(vec![3, 0, 1, 0, 1, 1, 1, 2, 0, 1, 2, 0, 0]);
        seeds
    }

    fn run(&mut self, input: &[u8]) {
        let Some((kind, bytes)) = input.split_first() else {
            return;
        };
        let mut unstructured = Unstructured::new(bytes);
        match kind % 5 {
            0 => drop(self.post(bytes.to_vec())),
            1 => self.say(bytes),
            2 => {
                for method in ["sendTransaction", "simulateTransaction", "getFeeForMessage"] {
                    self.post_transaction(method, bytes);
                }
            }
            3 => {
                if let Ok(made) = Made::arbitrary(&mut unstructured) {
                    self.send(&made);
                }
            }
            _ => {
                if let Ok(changed) = Changed::arbitrary(&mut unstructured) {
                    let request = changed.of(&self.requests);
                    drop(self.post(request.to_string().into_bytes()));
                }
            }
        }
        self.require_alive();
    }

    fn reached(&self) -> String {
        let Answers {
            results,
            errors,
            without_json,
            pushed,
        } = self.answers;
        format!(
            "{results} results, {errors} errors, {without_json} without a body in JSON, {pushed} pushed"
        )
    }
}
