//! Example: a vault that stakes for its holders and keeps some SOL ready.
//!
//! Who puts SOL in owns shares. The vault stakes it by `deposit_sol` of Sluice, so shares grow by the pool's
//! rewards. It keeps a twentieth as SOL for those who are in a hurry; who is not, leaves by the pool's queue.
//! Start at `holdings.rs`, then `instructions/request_exit.rs` and `pay_exit.rs`.
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
pub mod error;
pub mod events;
pub mod holdings;
pub mod instructions;
pub mod state;

pub use error::StrategyError;
use instructions::*;
pub use state::{Exit, Strategy};

// An address that nobody has the key of: the hash of "sluice example strategy".
declare_id!("GZ2oV4ePFVrEYyAGaJ61ZouLsYFTux5MBTuMFxnZR3Bg");

/// The instructions. Amounts are in smallest units: lamports, and parts of 10^9 of a token.
#[program]
pub mod strategy {
    use super::*;

    /// Creates the strategy of a pool. Who: anybody, who pays the rents. There is one for each pool, and
    /// nothing to choose.
    pub fn create_strategy(ctx: Context<CreateStrategy>) -> Result<()> {
        ctx.accounts.process(ctx.bumps.strategy, ctx.bumps.till)
    }

    /// Stakes SOL of the user and mints shares. Fails: less than `minimum_shares`, and as `deposit_sol`.
    pub fn deposit(ctx: Context<Deposit>, lamports: u64, minimum_shares: u64) -> Result<()> {
        ctx.accounts.process(lamports, minimum_shares)
    }

    /// Burns shares for SOL of the till, at the exit price. Fails: stale price, tripped breaker, more than
    /// the till has, less than `minimum_lamports`.
    pub fn exit_now(ctx: Context<ExitNow>, shares: u64, minimum_lamports: u64) -> Result<()> {
        ctx.accounts.process(shares, minimum_lamports)
    }

    /// Burns shares and puts their LST into the pool's queue. Works in every state of the pool.
    /// Other batches may follow the accounts. Fails: more LST than the vault has.
    pub fn request_exit<'info>(ctx: Context<'info, RequestExit<'info>>, shares: u64) -> Result<()> {
        ctx.accounts
            .process(ctx.bumps.request.exit, shares, ctx.remaining_accounts)
    }

    /// Takes an exit out of the queue again, for shares. Who: whose exit it is. Fails: the batch is locked.
    pub fn cancel_exit(ctx: Context<CancelExit>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Pays what the queue has paid for an exit; the last payment closes it. Who: anybody. Fails: nothing
    /// to claim yet.
    pub fn pay_exit(ctx: Context<PayExit>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Stakes SOL of the till that is above its share. Who: anybody. Fails: it is not far above.
    pub fn stake_surplus(ctx: Context<StakeSurplus>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Queues LST for the till. Who: anybody, who pays two rents and gets them back. Fails: the till is not
    /// far below its share, counting what is in the queue for it.
    pub fn refill<'info>(ctx: Context<'info, Refill<'info>>) -> Result<()> {
        ctx.accounts
            .process(ctx.bumps.request.exit, ctx.remaining_accounts)
    }
}
