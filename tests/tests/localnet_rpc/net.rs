//! A localnet, and the ways in which the tests talk to it.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
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
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Runtime,
    sync::OnceCell,
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

pub const SOL: u64 = 1_000_000_000;

/// A localnet with a client.
pub struct Net {
    pub localnet: Arc<Localnet>,
    pub rpc: RpcClient,
}

/// An error object.
#[derive(Debug, PartialEq)]
pub struct Failure {
    pub code: i64,
    pub message: String,
    pub data: Value,
}

impl Net {
    /// A localnet that tests share, for those that do not change epochs or validators.
    pub async fn shared() -> Self {
        static LOCALNET: OnceCell<Arc<Localnet>> = OnceCell::const_new();
        // Not the runtime of the test that happens to be first: it ends with that test.
        static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
        let start = async || {
            let start = RUNTIME.spawn(Self::localnet(LocalnetConfig::default()));
            start.await.unwrap()
        };
        Self::client_of(Arc::clone(LOCALNET.get_or_init(start).await))
    }

    /// A localnet with epochs of a minute, on any free ports.
    pub async fn start() -> Self {
        Self::start_with(LocalnetConfig::default()).await
    }

    pub async fn start_with(config: LocalnetConfig) -> Self {
        Self::client_of(Self::localnet(config).await)
    }

    /// A localnet on this port and the next.
    pub async fn on_port(rpc_port: u16) -> Localnet {
        let config = LocalnetConfig {
            rpc_port,
            ..LocalnetConfig::default()
        };
        Localnet::start(config).await.unwrap()
    }

    async fn localnet(config: LocalnetConfig) -> Arc<Localnet> {
        let any_port = LocalnetConfig {
            rpc_port: 0,
            ..config
        };
        Arc::new(Localnet::start(any_port).await.unwrap())
    }

    fn client_of(localnet: Arc<Localnet>) -> Self {
        let rpc = RpcClient::new(localnet.rpc_url());
        Self { localnet, rpc }
    }

    /// Sends bytes as the body of a request and returns the body of the answer.
    pub async fn post(&self, body: &str) -> String {
        let (head, body) = self
            .http("POST", "Content-Type: application/json\r\n", body)
            .await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        body
    }

    /// Sends a request and returns head and body of the answer.
    pub async fn http(&self, method: &str, headers: &str, body: &str) -> (String, String) {
        let url = self.localnet.rpc_url();
        let address = url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "{method} / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
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
    pub async fn open(url: &str) -> Self {
        Self(connect_async(url).await.unwrap().0)
    }

    pub async fn send(&mut self, message: Value) {
        let message = Message::text(message.to_string());
        self.0.send(message).await.unwrap();
    }

    pub async fn receive(&mut self) -> Value {
        loop {
            let message = timeout(Duration::from_secs(20), self.0.next()).await;
            if let Message::Text(text) = message.unwrap().unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }
}
