//! An in-process Solana cluster with a JSON-RPC port, short epochs and real rewards.

mod config;
mod error;

pub use config::{
    DEFAULT_RPC_PORT, LocalnetConfig, ProgramConfig, ProgramElf, ValidatorConfig,
};
pub use error::LocalnetError;

use std::net::SocketAddr;

use solana_epoch_info::EpochInfo;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

/// JSON-RPC method: jump to the next epoch; no parameters, returns what `getEpochInfo` returns.
pub const ADVANCE_EPOCH_METHOD: &str = "sluice_advanceEpoch";

/// JSON-RPC method: `[voteAddress, bool]`, stop or resume the voting of a validator.
pub const SET_DELINQUENT_METHOD: &str = "sluice_setDelinquent";

/// A running cluster. Dropping it stops it.
#[derive(Debug)]
pub struct Localnet {
    rpc_address: SocketAddr,
    websocket_address: SocketAddr,
    faucet: Keypair,
}

/// A validator of a running cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validator {
    /// The node's identity.
    pub identity: Pubkey,
    /// The vote account.
    pub vote: Pubkey,
}

impl Localnet {
    /// Starts a cluster and serves it. Slots advance in real time until it is shut down.
    ///
    /// # Errors
    ///
    /// If the configuration makes no cluster, a program cannot be read or a port is taken.
    pub async fn start(config: LocalnetConfig) -> Result<Self, LocalnetError> {
        let _ = config;
        Err(LocalnetError::Stopped)
    }

    /// The URL of the JSON-RPC port.
    pub fn rpc_url(&self) -> String {
        format!("http://{}", self.rpc_address)
    }

    /// The URL of the WebSocket port.
    pub fn websocket_url(&self) -> String {
        format!("ws://{}", self.websocket_address)
    }

    /// The account that pays airdrops.
    pub fn faucet(&self) -> &Keypair {
        &self.faucet
    }

    /// The validators, in the order of the configuration.
    pub fn validators(&self) -> Vec<Validator> {
        Vec::new()
    }

    /// Where the cluster stands.
    pub fn epoch_info(&self) -> EpochInfo {
        unreachable!()
    }

    /// Jumps to the next epoch, past the slots in which its rewards are paid out.
    ///
    /// # Errors
    ///
    /// If the cluster has been shut down.
    pub async fn advance_epoch(&self) -> Result<EpochInfo, LocalnetError> {
        Err(LocalnetError::Stopped)
    }

    /// Stops (`true`) or resumes (`false`) the voting of a validator.
    ///
    /// # Errors
    ///
    /// If `vote` is not the vote account of one of [`validators`](Self::validators).
    pub fn set_delinquent(&self, vote: &Pubkey, delinquent: bool) -> Result<(), LocalnetError> {
        let _ = delinquent;
        Err(LocalnetError::UnknownValidator(*vote))
    }

    /// Stops serving and advancing, and waits until both have stopped.
    pub async fn shutdown(self) {}
}
