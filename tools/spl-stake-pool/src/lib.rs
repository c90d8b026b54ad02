//! SPL Stake Pool with its entrypoint, as published; built alone, by `cargo xtask build spl-stake-pool`.

use spl_stake_pool as _;
