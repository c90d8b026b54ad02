//! An in-process Solana cluster with a JSON-RPC port, short epochs and real rewards.
//!
//! There is one real bank, the runtime that validators run, with the stake, vote, token and loader
//! programs of today and whatever programs the configuration adds. What is missing is everything
//! between validators: no network, no proof of history, no forks. Slots follow each other in real
//! time, validators vote in each of them without a process of their own, and at the end of an
//! epoch inflation pays stakers and validators exactly as it would on a large cluster.
//!
//! Ordinary clients can use it through JSON-RPC and, on the next port, WebSocket subscriptions.
//! All commitment levels see the same bank: a transaction is final once it is processed.
//!
//! ```no_run
//! # async fn example() -> Result<(), sluice_localnet::LocalnetError> {
//! use sluice_localnet::{Localnet, LocalnetConfig};
//!
//! let localnet = Localnet::start(LocalnetConfig::default()).await?;
//! println!("listening on {}", localnet.rpc_url());
//! localnet.advance_epoch().await?;
//! localnet.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod cluster;
mod config;
mod error;
mod execution;
mod genesis;
mod ledger;
mod localnet;
mod origins;
mod pubsub;
mod rpc;
mod validators;

pub use config::{DEFAULT_RPC_PORT, LocalnetConfig, ProgramConfig, ProgramElf, ValidatorConfig};
pub use error::LocalnetError;
pub use localnet::Localnet;
pub use origins::WebOrigin;
pub use solana_cost_model::cost_tracker::CostTrackerLimits;
pub use validators::Validator;

/// JSON-RPC method: jump to the next epoch; no parameters, returns what `getEpochInfo` returns.
pub const ADVANCE_EPOCH_METHOD: &str = "sluice_advanceEpoch";

/// JSON-RPC method: `[slot]`, jump ahead within the epoch; a slot that has passed changes nothing.
/// Returns what `getEpochInfo` returns.
pub const ADVANCE_TO_SLOT_METHOD: &str = "sluice_advanceToSlot";

/// JSON-RPC method: `[voteAddress, bool]`, stop or resume the voting of a validator.
pub const SET_DELINQUENT_METHOD: &str = "sluice_setDelinquent";
