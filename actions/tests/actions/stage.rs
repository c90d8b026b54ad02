//! A cluster with a pool, the service, and a browser of another origin.

use std::time::Duration;

use clap::Parser;
use reqwest::{
    Client, Method, RequestBuilder,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::{Value, json};
use sluice_actions::{Arguments, Service};
use sluice_localnet::{LocalnetConfig, ValidatorConfig};
use sluice_tests::net::{PoolNet, SOL};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use spl_associated_token_account_interface::address::get_associated_token_address;
use tokio::runtime::Runtime;

/// Where the service says that it is reached.
pub const PUBLIC: &str = "https://actions.example";

/// A service, and who asks it.
pub struct Desk {
    service: Service,
    runtime: Runtime,
    browser: Client,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Answer {
    /// The sentence of an error or of a transaction.
    pub fn message(&self) -> &str {
        self.json["message"].as_str().unwrap_or_default()
    }

    /// The transaction to sign.
    pub fn transaction(&self) -> VersionedTransaction {
        use base64::{Engine, prelude::BASE64_STANDARD};
        assert_eq!(self.status, 200, "{self:?}");
        let base64 = self.json["transaction"].as_str().unwrap();
        bincode::deserialize(&BASE64_STANDARD.decode(base64).unwrap()).unwrap()
    }
}

/// What the service is told about a node and a pool, and `more`.
pub fn arguments(url: &str, pool: &Pubkey, more: &[&str]) -> Arguments {
    let pool = pool.to_string();
    let usual = ["--listen", "127.0.0.1:0", "--public-url", PUBLIC];
    let named = ["sluice-actions", "--url", url, "--pool", &pool];
    let all = named.iter().chain(&usual).chain(more);
    Arguments::try_parse_from(all).unwrap()
}

impl Desk {
    /// The service before this cluster, told `more`.
    pub fn of(net: &PoolNet, more: &[&str]) -> Self {
        Self::by(&net.url(), net, more)
    }

    /// The same by the node at `url`.
    pub fn by(url: &str, net: &PoolNet, more: &[&str]) -> Self {
        let arguments = arguments(url, &net.addresses.pool, more);
        Self {
            service: Service::start(&arguments).unwrap(),
            runtime: Runtime::new().unwrap(),
            browser: Client::new(),
        }
    }

    /// Whatever `request` makes of a request for this path.
    pub fn ask(
        &self,
        method: Method,
        path: &str,
        request: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        let url = format!("http://{}{path}", self.service.address);
        let sent = request(self.browser.request(method, url)).send();
        self.runtime.block_on(async {
            let response = sent.await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = response.text().await.unwrap();
            let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
            Answer {
                status,
                headers,
                json,
            }
        })
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, |request| request)
    }

    /// Asks for a transaction of this account.
    pub fn post(&self, path: &str, account: impl ToString) -> Answer {
        let body = json!({ "account": account.to_string() });
        self.ask(Method::POST, path, |request| request.json(&body))
    }

    /// Asks with this body.
    pub fn post_text(&self, path: &str, body: String) -> Answer {
        self.ask(Method::POST, path, |request| {
            request.header(CONTENT_TYPE, "application/json").body(body)
        })
    }
}

/// A pool with SOL in it, priced for its epoch, and a wallet with SOL.
pub fn pool() -> (PoolNet, Keypair) {
    pool_of(2)
}

/// The same with so many validators.
pub fn pool_of(validators: usize) -> (PoolNet, Keypair) {
    let config = LocalnetConfig {
        // Only tests end it.
        epoch_duration: Duration::from_secs(600),
        validators: (0..validators)
            .map(|_| ValidatorConfig::with_commission_bps(0))
            .collect(),
        ..LocalnetConfig::default()
    };
    let net = PoolNet::start(config, Keypair::new(), validators);
    net.stake_and_activate(100 * SOL);
    let wallet = net.wallet(100);
    (net, wallet)
}

/// The wallet's tokens of the pool.
pub fn lst(net: &PoolNet, wallet: &Keypair) -> u64 {
    let account = get_associated_token_address(&wallet.pubkey(), &net.addresses.mint);
    net.tokens(&account)
}

/// Signs what was prepared as wallets do, with the wallet alone, and waits until it is confirmed.
pub fn sign_and_send(net: &PoolNet, wallet: &Keypair, answer: &Answer) -> Signature {
    let unsigned = answer.transaction();
    assert_eq!(
        unsigned.signatures,
        [Signature::default()],
        "it is not signed"
    );
    let payer = unsigned.message.static_account_keys().first();
    assert_eq!(payer, Some(&wallet.pubkey()));
    let signed = VersionedTransaction::try_new(unsigned.message, &[wallet]).unwrap();
    net.rpc
        .send_and_confirm_transaction(&signed)
        .unwrap_or_else(|error| panic!("{error}: {}", answer.message()))
}
