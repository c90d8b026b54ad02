//! What the service is told. There is no option for a key: it never signs.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use clap::Parser;
use sluice_client::{
    PriorityFee, Tolerance,
    send::{
        cluster::{
            manners::{Manners, REQUESTS_PER_WINDOW},
            named::url_of,
        },
        priority::Offer,
    },
};
use sluice_math::Lamports;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use url::Url;

/// Answers Solana Actions for a Sluice pool: transactions to stake, unstake and claim, for wallets to sign.
/// It has no keys, and sends nothing
#[derive(Clone, Debug, Parser)]
#[command(name = "sluice-actions", version)]
pub struct Arguments {
    /// Cluster: localhost, devnet, testnet, mainnet-beta, or the URL of a JSON-RPC port. Several nodes of
    /// one cluster, named one after the other or with commas between, stand in for each other
    #[arg(
        short,
        long = "url",
        env = "SLUICE_URL",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "URL_OR_MONIKER",
        required = true
    )]
    pub urls: Vec<String>,

    /// Refuse every cluster but the one whose first block has this hash
    #[arg(long, env = "SLUICE_GENESIS", value_name = "HASH")]
    pub genesis: Option<Hash>,

    /// The pool: its address or the address of its token's mint
    #[arg(short, long, env = "SLUICE_POOL", value_name = "ADDRESS", value_parser = address)]
    pub pool: Pubkey,

    /// Where to listen
    #[arg(
        long,
        env = "SLUICE_ACTIONS_LISTEN",
        default_value = "127.0.0.1:8890",
        value_name = "ADDRESS:PORT"
    )]
    pub listen: SocketAddr,

    /// Where wallets reach the service: the beginning of the URLs that it names
    /// [default: http:// and where it listens]
    #[arg(long, env = "SLUICE_ACTIONS_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<Url>,

    /// A proxy before the service, by the address from which it asks: its X-Forwarded-For says who asks.
    /// Can be given several times
    #[arg(
        long = "trusted-proxy",
        env = "SLUICE_ACTIONS_TRUSTED_PROXY",
        value_delimiter = ',',
        value_name = "ADDRESS"
    )]
    pub trusted_proxies: Vec<IpAddr>,

    /// So many requests of one address within a minute
    #[arg(
        long,
        env = "SLUICE_ACTIONS_REQUESTS_PER_MINUTE",
        default_value_t = NonZeroU32::new(60).unwrap_or(NonZeroU32::MIN),
        value_name = "COUNT"
    )]
    pub requests_per_minute: NonZeroU32,

    /// So many requests are worked at, at the same time; more are refused
    #[arg(
        long,
        env = "SLUICE_ACTIONS_MOST_AT_ONCE",
        default_value_t = 8,
        value_parser = clap::value_parser!(u16).range(1..=256),
        value_name = "COUNT"
    )]
    pub most_at_once: u16,

    /// How often one node is asked within ten seconds; those on this machine are asked freely. A
    /// transaction takes about ten questions
    #[arg(
        long,
        env = "SLUICE_ACTIONS_NODE_REQUESTS_PER_10_SECONDS",
        default_value_t = REQUESTS_PER_WINDOW,
        value_parser = clap::value_parser!(u32).range(5..=10_000),
        value_name = "COUNT"
    )]
    pub node_requests_per_10_seconds: u32,

    /// How long an answer may take, in seconds
    #[arg(
        long,
        env = "SLUICE_ACTIONS_TIMEOUT",
        default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(1..=60),
        value_name = "SECONDS"
    )]
    pub timeout: u64,

    /// Amounts of SOL that have a button
    #[arg(
        long,
        env = "SLUICE_ACTIONS_PRESETS",
        default_value = "1,5,10",
        value_delimiter = ',',
        value_parser = preset,
        value_name = "SOL"
    )]
    pub presets: Vec<Lamports>,

    /// Let a transaction bring this much less than quoted, in basis points; it fails if it would be less
    #[arg(
        long,
        env = "SLUICE_ACTIONS_SLIPPAGE_BPS",
        default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(0..=1_000),
        value_name = "BPS"
    )]
    pub slippage_bps: u16,

    /// Priority fee: auto (what recent blocks took), none, or millionths of a lamport per compute unit
    #[arg(
        long,
        env = "SLUICE_PRIORITY_FEE",
        default_value = "auto",
        value_name = "auto|none|PRICE"
    )]
    pub priority_fee: Offer,

    /// The most that a transaction may pay as its priority fee, in SOL
    #[arg(
        long,
        env = "SLUICE_MAX_PRIORITY_FEE_SOL",
        default_value_t = Lamports::new(PriorityFee::DEFAULT.max_lamports),
        value_name = "SOL"
    )]
    pub max_priority_fee_sol: Lamports,
}

impl Arguments {
    /// The URLs of the nodes.
    pub fn node_urls(&self) -> Vec<String> {
        let urls = self.urls.iter();
        urls.map(|url| url_of(url).to_owned()).collect()
    }

    /// How the nodes are treated: who asks does not wait for long.
    pub fn manners(&self) -> Manners {
        let timeout = self.timeout();
        Manners {
            patience: timeout,
            search_patience: timeout,
            requests_per_window: self.node_requests_per_10_seconds,
            ..Manners::default()
        }
    }

    /// How long an answer may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// How far a result may fall below its quote.
    pub fn tolerance(&self) -> Tolerance {
        Tolerance::of_bps(self.slippage_bps)
    }

    /// What a transaction pays to come earlier.
    pub fn priority_fee(&self) -> PriorityFee {
        PriorityFee {
            offer: self.priority_fee,
            max_lamports: self.max_priority_fee_sol.get(),
        }
    }
}

fn address(text: &str) -> Result<Pubkey, &'static str> {
    text.parse().map_err(|_| "this is no address")
}

fn preset(text: &str) -> Result<Lamports, String> {
    let amount: Lamports = text.parse().map_err(|error| format!("{error}"))?;
    match amount.is_zero() {
        true => Err("an amount is above zero".to_owned()),
        false => Ok(amount),
    }
}

/// A URL to which paths can be added.
fn public_url(text: &str) -> Result<Url, &'static str> {
    let wrong = "it begins with https:// or http://, and has no query";
    let url: Url = text.parse().map_err(|_| wrong)?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match is_plain && ["http", "https"].contains(&url.scheme()) {
        true => Ok(url),
        false => Err(wrong),
    }
}
