//! The router: SOL against LST for those who hold only token accounts, such as aggregators and
//! programs.
//!
//! It has Sluice's `deposit_sol` and `withdraw_sol` under the same names and with the same data,
//! but takes the SOL from a wrapped SOL account, and pays it into one. The account list is Sluice's,
//! followed by what the router needs: it is the same for every pool. The router holds nothing
//! between two instructions, and decides nothing: the pool prices, and what it refuses is refused.
//!
//! It is written without Anchor, which would make its own part of the compute three to four times as
//! large: two calls are all that it does.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used
)]
#![warn(missing_docs)]

mod calls;
mod error;
pub mod instruction;
pub mod process;

pub use error::RouterError;
use solana_pubkey::{Pubkey, pubkey};

/// The router's address.
pub const ID: Pubkey = pubkey!("3bG3We2vqEAb8Ty9YkWn9HqtQaK2ph4tMwumhUTgnQpB");

/// The account that deposits: SOL goes through it within one instruction, since only a system
/// account can pay Sluice. It is the same for all pools, and only the router signs for it.
pub const TRANSIT: Pubkey = pubkey!("HdQPdCdwZTbw2y6miYyLWEpmqZj4bPKCYgZvWAPgu3i7");
/// The seed of [`TRANSIT`].
pub const TRANSIT_SEED: &[u8] = b"transit";
/// The bump of [`TRANSIT`].
pub const TRANSIT_BUMP: u8 = 254;

#[cfg(target_os = "solana")]
pinocchio::entrypoint!(process::process, 16);
