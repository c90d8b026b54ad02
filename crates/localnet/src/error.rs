//! Why a localnet could not start or go on.

use std::{io, net::SocketAddr, path::PathBuf};

use solana_pubkey::Pubkey;

/// Why a localnet could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum LocalnetError {
    /// A program's file could not be read.
    #[error("cannot read the program {}: {source}", path.display())]
    Program {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A port is taken or may not be used.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The configuration makes no working cluster.
    #[error("{0}")]
    Config(String),
    /// The address is not the vote account of one of the localnet's own validators.
    #[error("{0} is not the vote account of a validator of this cluster")]
    UnknownValidator(Pubkey),
    /// A jump within an epoch ends there; the next epoch has a jump of its own.
    #[error("slot {0} is beyond this epoch")]
    BeyondEpoch(u64),
    /// The cluster could not be run.
    #[error("the cluster cannot run: {0}")]
    Serve(io::Error),
}
