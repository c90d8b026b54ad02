//! `sluice-localnet start`: runs a cluster until it is interrupted.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_cli::{
    args::OutputFormat,
    output::{Facts, announce, print, table},
};
use sluice_client::ClientError;
use sluice_math::Lamports;
use solana_rpc_client::rpc_client::RpcClient;

use crate::{args::StartArgs, cluster::LocalCluster, wallet::Wallet};

/// Forgets what would win over the file: the next stake would be real money of another cluster.
pub const UNSET: &str =
    "unset SLUICE_URL SLUICE_KEYPAIR SLUICE_FEE_PAYER SLUICE_POOL SLUICE_GENESIS";
/// What the wallet of a new cluster holds: 10,000 SOL.
const WALLET_LAMPORTS: u64 = 10_000_000_000_000;

/// Starts a cluster with a filled wallet, tells about both, and runs until ctrl-c.
pub fn start(arguments: &StartArgs, output: OutputFormat) -> Result<()> {
    if !arguments.bind.is_loopback() {
        announce(format_args!(
            "Whoever reaches {} can take SOL from this cluster and turn its clock: it is open to the \
             network.",
            arguments.bind
        ));
    }
    let cluster = LocalCluster::start(arguments)?;
    let wallet = Wallet::create("owner", &cluster.localnet().rpc_url())?;
    RpcClient::new(cluster.localnet().rpc_url())
        .request_airdrop(&wallet.owner, WALLET_LAMPORTS)
        .map_err(ClientError::from)?;
    print(output, &Started::new(&cluster, &wallet, arguments))?;
    cluster.run_until_interrupted()
}

/// A cluster that runs.
#[derive(Debug, Serialize)]
struct Started {
    rpc_url: String,
    websocket_url: String,
    /// The page for holders; `null` without `--app`.
    page_url: Option<String>,
    program: Option<String>,
    config_file: String,
    owner: String,
    owner_lamports: u64,
    epoch_seconds: u64,
    validators: Vec<LocalValidator>,
}

/// A validator of the cluster.
#[derive(Debug, Serialize)]
struct LocalValidator {
    vote: String,
    commission_bps: u16,
}

impl Started {
    fn new(cluster: &LocalCluster, wallet: &Wallet, arguments: &StartArgs) -> Self {
        let localnet = cluster.localnet();
        let commissions = &arguments.commissions_bps;
        Self {
            rpc_url: localnet.rpc_url(),
            websocket_url: localnet.websocket_url(),
            page_url: cluster.page_url(None),
            program: (!arguments.without_program).then(|| sluice::ID.to_string()),
            config_file: wallet.config_file.display().to_string(),
            owner: wallet.owner.to_string(),
            owner_lamports: WALLET_LAMPORTS,
            epoch_seconds: arguments.epoch_seconds,
            validators: localnet
                .validators()
                .iter()
                .zip(commissions)
                .map(|(validator, commission_bps)| LocalValidator {
                    vote: validator.vote.to_string(),
                    commission_bps: *commission_bps,
                })
                .collect(),
        }
    }
}

fn without() -> String {
    "none: `sluice program deploy` makes one".to_owned()
}

impl fmt::Display for Started {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut facts = vec![
            ("JSON-RPC", self.rpc_url.clone()),
            ("WebSocket", self.websocket_url.clone()),
            ("Program", self.program.clone().unwrap_or_else(without)),
            ("Epoch", format!("{} seconds", self.epoch_seconds)),
            (
                "Wallet",
                format!(
                    "{} with {} SOL",
                    self.owner,
                    Lamports::new(self.owner_lamports)
                ),
            ),
        ];
        facts.extend(self.page_url.clone().map(|url| ("Holders' page", url)));
        writeln!(formatter, "{}", Facts(&facts))?;
        let mut validators = table(["vote account", "commission bps"], 1);
        for validator in &self.validators {
            validators.add_row([validator.vote.clone(), validator.commission_bps.to_string()]);
        }
        writeln!(formatter, "{validators}\n")?;
        writeln!(
            formatter,
            "In another terminal, use this cluster and its wallet:\n"
        )?;
        writeln!(formatter, "    {UNSET}")?;
        writeln!(formatter, "    export SLUICE_CONFIG={}\n", self.config_file)?;
        writeln!(
            formatter,
            "Ctrl-c stops the cluster and forgets everything on it."
        )
    }
}
