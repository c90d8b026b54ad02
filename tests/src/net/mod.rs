//! The localnet of this project in the test process, and the ways in which tests talk to it over its
//! ports: [`Net`] with a blocking client and verbs for time and lamports, [`PoolNet`] with a pool on
//! top, [`SplPoolNet`] with a pool of SPL Stake Pool beside it, and [`JsonNet`] with raw requests.
//! [`LyingNode`] stands before a node and changes its answers.

mod blocking;
pub mod faults;
mod json;

mod pool;
mod spl_pool_accounts;
mod spl_pool_net;

pub use blocking::Net;
pub use faults::LyingNode;
pub use json::{Failure, JsonNet, WebSocket};
pub use pool::{Executed, PoolNet, count};
use sluice_client::pool::token_metadata::TOKEN_METADATA_PROGRAM;
use sluice_localnet::{Localnet, LocalnetConfig, ProgramConfig, ProgramElf};
pub use spl_pool_accounts::{SplPoolAccounts, WITHDRAWAL_FEE};
pub use spl_pool_net::{HELD_TOKENS, SplPoolNet};

use crate::cluster::{sluice_elf, token_metadata_elf};
pub use crate::scenario::SOL;

/// Starts a localnet on any free ports.
async fn start(config: LocalnetConfig) -> Localnet {
    let any_port = LocalnetConfig {
        rpc_port: 0,
        ..config
    };
    Localnet::start(any_port).await.expect("a localnet starts")
}

/// Adds the compiled program, and the one that names tokens, where the configuration has no other at
/// their addresses.
fn with_sluice(mut config: LocalnetConfig) -> LocalnetConfig {
    let programs = [
        (sluice::ID, sluice_elf()),
        (TOKEN_METADATA_PROGRAM, token_metadata_elf()),
    ];
    for (id, elf) in programs {
        if config.programs.iter().all(|program| program.id != id) {
            config.programs.push(ProgramConfig {
                id,
                elf: ProgramElf::Path(elf),
                upgrade_authority: None,
            });
        }
    }
    config
}
