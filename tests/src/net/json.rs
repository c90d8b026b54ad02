//! Raw JSON-RPC: requests as a client of any language writes them.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, Method, RequestBuilder, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};
use sluice_localnet::{Localnet, LocalnetConfig};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signature::Signature;
use solana_signer::{Signer, signers::Signers};
use solana_transaction::Transaction;
use tokio::{net::TcpStream, runtime::Runtime, sync::OnceCell, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use super::start;

/// A localnet that is asked in JSON.
pub struct JsonNet {
    /// The cluster.
    pub localnet: Arc<Localnet>,
    /// A client of it.
    pub rpc: RpcClient,
    http: Client,
}

/// An error object.
#[derive(Debug, PartialEq)]
pub struct Failure {
    /// Its code.
    pub code: i64,
    /// Its sentence.
    pub message: String,
    /// What it says beside that.
    pub data: Value,
}

impl JsonNet {
    /// A localnet that tests share, for those that do not change epochs or validators.
    pub async fn shared() -> Self {
        static LOCALNET: OnceCell<Arc<Localnet>> = OnceCell::const_new();
        // Not the runtime of the test that happens to be first: it ends with that test.
        static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
        let start = async || {
            let start = RUNTIME.spawn(start(LocalnetConfig::default()));
            Arc::new(start.await.unwrap())
        };
        Self::client_of(Arc::clone(LOCALNET.get_or_init(start).await))
    }

    /// A localnet with epochs of a minute, on any free ports.
    pub async fn start() -> Self {
        Self::start_with(LocalnetConfig::default()).await
    }

    /// A localnet as it is configured, on any free ports.
    pub async fn start_with(config: LocalnetConfig) -> Self {
        Self::client_of(Arc::new(start(config).await))
    }

    /// A localnet on this port and the next.
    pub async fn on_port(rpc_port: u16) -> Localnet {
        let config = LocalnetConfig {
            rpc_port,
            ..LocalnetConfig::default()
        };
        Localnet::start(config).await.unwrap()
    }

    fn client_of(localnet: Arc<Localnet>) -> Self {
        let rpc = RpcClient::new(localnet.rpc_url());
        Self {
            localnet,
            rpc,
            http: Client::new(),
        }
    }

    /// Sends bytes as the body of a request and returns the body of the answer.
    pub async fn post(&self, body: &str) -> String {
        let request = self.request(Method::POST).body(body.to_owned());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.unwrap()
    }

    /// A request to its port, with the content type of JSON.
    pub fn request(&self, method: Method) -> RequestBuilder {
        let request = self.http.request(method, self.localnet.rpc_url());
        request.header(CONTENT_TYPE, "application/json")
    }

    /// Calls a method with raw JSON and returns the result.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Calls a method that must fail.
    pub async fn failure(&self, method: &str, params: Value) -> Failure {
        let answer = self.answer(method, params).await;
        let error = &answer["error"];
        Failure {
            code: error["code"]
                .as_i64()
                .unwrap_or_else(|| panic!("{method}: {answer}")),
            message: error["message"].as_str().unwrap().to_owned(),
            data: error["data"].clone(),
        }
    }

    async fn answer(&self, method: &str, params: Value) -> Value {
        let request = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let answer: Value = serde_json::from_str(&self.post(&request.to_string()).await).unwrap();
        assert_eq!(answer["jsonrpc"], "2.0");
        assert_eq!(answer["id"], 7);
        answer
    }

    /// A new account with this many lamports.
    pub async fn funded(&self, lamports: u64) -> Keypair {
        let keypair = Keypair::new();
        self.call(
            "requestAirdrop",
            json!([keypair.pubkey().to_string(), lamports]),
        )
        .await;
        keypair
    }

    /// The latest blockhash.
    pub async fn blockhash(&self) -> Hash {
        self.rpc.get_latest_blockhash().await.unwrap()
    }

    /// Sends instructions, the first signer paying, and waits until they are confirmed.
    pub async fn send<T: Signers + ?Sized>(
        &self,
        payer: &Pubkey,
        instructions: &[Instruction],
        signers: &T,
    ) -> Signature {
        let blockhash = self.blockhash().await;
        let transaction =
            Transaction::new_signed_with_payer(instructions, Some(payer), signers, blockhash);
        self.rpc
            .send_and_confirm_transaction(&transaction)
            .await
            .unwrap()
    }

    /// Waits for the next slot.
    pub async fn next_slot(&self) -> u64 {
        let before = self.call("getSlot", json!([])).await.as_u64().unwrap();
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = self.call("getSlot", json!([])).await.as_u64().unwrap();
            if now > before {
                return now;
            }
        }
    }
}

/// A WebSocket connection that speaks JSON.
pub struct WebSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl WebSocket {
    /// Connects with one more header: the status of the answer where that is refused.
    pub async fn knock(url: &str, header: &'static str, value: &str) -> Result<Self, u16> {
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert(header, value.parse().unwrap());
        match connect_async(request).await {
            Ok((connection, _)) => Ok(Self(connection)),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    /// Connects.
    pub async fn open(url: &str) -> Self {
        Self(connect_async(url).await.unwrap().0)
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        let message = Message::text(message.to_string());
        self.0.send(message).await.unwrap();
    }

    /// The next message, which must come within 20 seconds.
    pub async fn receive(&mut self) -> Value {
        loop {
            let message = timeout(Duration::from_secs(20), self.0.next()).await;
            if let Message::Text(text) = message.unwrap().unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }
}
