//! Example: a pair of SOL and a pool's LST, at a price that trades move.
//!
//! It is a small market of the kind that `x * y = k` describes, and it shows how a program composes
//! with Sluice: [`pair::best_swap`] asks the pool what it would do, and calls it where that is better
//! for the user than the market's own price. Start there: `instructions/best_swap.rs`.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used
)]
#![expect(
    elided_lifetimes_in_paths,
    reason = "what Anchor generates from the instructions leaves the lifetimes of accounts out"
)]

use anchor_lang::prelude::*;

#[cfg(not(target_os = "solana"))]
pub mod client;
pub mod curve;
pub mod error;
pub mod events;
pub mod instructions;
pub mod state;

pub use error::PairError;
use instructions::*;
pub use state::{Direction, Pair};

// An address that nobody has the key of: the hash of "sluice example pair".
declare_id!("4kYG6gpgyx6WQnr9QDS4rgdPinVyhuyrhyK9WAooNcbt");

/// The instructions. Amounts are in smallest units: lamports, and parts of 10^9 of a token.
#[program]
pub mod pair {
    use super::*;

    /// Creates the pair of a pool. Who: anybody, who pays the rent. There is one pair for each pool,
    /// and nothing to choose.
    pub fn create_pair(ctx: Context<CreatePair>) -> Result<()> {
        ctx.accounts.process(ctx.bumps.pair)
    }

    /// Gives SOL and LST to the pair in the ratio of its reserves, as much as both amounts allow, for
    /// shares. Who comes first sets the ratio. Fails: less than `minimum_shares`, no shares.
    pub fn add_liquidity(
        ctx: Context<AddLiquidity>,
        lamports: u64,
        lst: u64,
        minimum_shares: u64,
    ) -> Result<()> {
        ctx.accounts.process(lamports, lst, minimum_shares)
    }

    /// Burns shares for their part of both reserves. Fails: less than either minimum.
    pub fn remove_liquidity(
        ctx: Context<RemoveLiquidity>,
        shares: u64,
        minimum_lamports: u64,
        minimum_lst: u64,
    ) -> Result<()> {
        ctx.accounts.process(shares, minimum_lamports, minimum_lst)
    }

    /// Swaps at the pair's own price. Fails: less than `minimum`.
    pub fn swap(ctx: Context<Swap>, direction: Direction, amount: u64, minimum: u64) -> Result<()> {
        ctx.accounts.process(direction, amount, minimum)
    }

    /// Swaps at the pair's own price, or mints or redeems through Sluice where that gives more. A pool
    /// that is closed, of another version or out of SOL does not fail it: then the pair's price holds.
    /// Fails: less than `minimum`.
    pub fn best_swap(
        ctx: Context<BestSwap>,
        direction: Direction,
        amount: u64,
        minimum: u64,
    ) -> Result<()> {
        ctx.accounts.process(direction, amount, minimum)
    }
}
