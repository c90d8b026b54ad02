//! Example: a vault that lends SOL against a pool's LST.
//!
//! Lenders put SOL in and own shares of what it becomes. Borrowers put LST in and borrow SOL. A loan that
//! comes too close to the worth of its LST is liquidated by anybody, through the pool: at once by its
//! instant exit, or always by its queue. Start at `terms.rs`, which has the numbers and their reasons,
//! and `price.rs`, which has all that a lender asks of the pool.
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

pub mod book;
#[cfg(not(target_os = "solana"))]
pub mod client;
pub mod error;
pub mod events;
pub mod instructions;
pub mod price;
pub mod state;
pub mod terms;

pub use error::VaultError;
use instructions::*;
pub use state::{Loan, Market, Seizure};

// An address that nobody has the key of: the hash of "sluice example vault".
declare_id!("YoZizmYbU2U2Hy7nTeVzLCTvzxKcPkJA3tzjsX164hd");

/// The instructions. Amounts are in smallest units: lamports, and parts of 10^9 of a token.
#[program]
pub mod vault {
    use super::*;

    /// Creates the market of a pool. Who: anybody, who pays the rents and a seed whose shares belong to
    /// nobody. There is one market for each pool, and nothing to choose.
    pub fn create_market(ctx: Context<CreateMarket>) -> Result<()> {
        ctx.accounts.process(ctx.bumps.market)
    }

    /// Puts SOL in for shares. Fails: less than `minimum_shares`.
    pub fn lend(ctx: Context<Lend>, lamports: u64, minimum_shares: u64) -> Result<()> {
        ctx.accounts.process(lamports, minimum_shares)
    }

    /// Burns shares for their part of what all lenders own. Fails: more than the cash that is there, less
    /// than `minimum_lamports`.
    pub fn withdraw(ctx: Context<Withdraw>, shares: u64, minimum_lamports: u64) -> Result<()> {
        ctx.accounts.process(shares, minimum_lamports)
    }

    /// Puts LST in and borrows SOL. The borrower chooses a number that no other loan of the same borrower
    /// has. Fails: above the limit, stale price, tripped breaker, too small, not enough cash.
    pub fn open_loan(ctx: Context<OpenLoan>, number: u8, lst: u64, lamports: u64) -> Result<()> {
        ctx.accounts.process(number, ctx.bumps.loan, lst, lamports)
    }

    /// Puts more LST into a loan. Who: anybody. It is never closed.
    pub fn add_collateral(ctx: Context<AddCollateral>, lst: u64) -> Result<()> {
        ctx.accounts.process(lst)
    }

    /// Pays a loan back, at most all of it. Who: anybody. It is never closed.
    pub fn repay(ctx: Context<Repay>, lamports: u64) -> Result<()> {
        ctx.accounts.process(lamports)
    }

    /// Gives the LST of a loan that owes nothing back, and closes it. Who: the borrower. Needs no price.
    pub fn close_loan(ctx: Context<CloseLoan>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Sells LST of a loan above the threshold to the pool at once. Who: anybody. The lenders get what is
    /// owed, the liquidator the rest. Fails: healthy loan; the pool's instant exit is closed or has too
    /// little; less would come than what is owed.
    pub fn liquidate_now(ctx: Context<LiquidateNow>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Puts LST of a loan above the threshold into the pool's queue. Who: anybody, who pays two rents and
    /// gets them back. Works in every state of the pool. Books bad debt, if there is any. Other batches
    /// may follow the accounts. Fails: healthy loan.
    pub fn liquidate_by_queue<'info>(ctx: Context<'info, LiquidateByQueue<'info>>) -> Result<()> {
        ctx.accounts
            .process(ctx.bumps.seizure, ctx.remaining_accounts)
    }

    /// Books what the queue has paid for seized LST, up to what is expected; the last payment closes the
    /// seizure, and the rest of it goes to who liquidated. Who: anybody, after `claim` of Sluice, which
    /// anybody can call too. Fails: the last payment is to come, and nothing is there that is expected.
    pub fn collect(ctx: Context<Collect>) -> Result<()> {
        ctx.accounts.process()
    }
}
