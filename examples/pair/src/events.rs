//! What happened, for who follows a pair.

use anchor_lang::prelude::*;

use crate::{Direction, curve::Reserves};

/// A swap, at whichever price.
#[event]
#[derive(Debug, PartialEq, Eq)]
pub struct Swapped {
    /// The pair.
    pub pair: Pubkey,
    /// Who swapped.
    pub user: Pubkey,
    /// What for what.
    pub direction: Direction,
    /// What was paid, in smallest units.
    pub paid: u64,
    /// What was received, in smallest units.
    pub received: u64,
    /// Whether the pool minted or redeemed, and the pair's reserves stayed as they were.
    pub through_sluice: bool,
    /// The pair's reserves after it.
    pub reserves: Reserves,
}

/// Liquidity that came or went.
#[event]
#[derive(Debug, PartialEq, Eq)]
pub struct LiquidityChanged {
    /// The pair.
    pub pair: Pubkey,
    /// Whose liquidity.
    pub provider: Pubkey,
    /// Whether it came.
    pub added: bool,
    /// SOL, in lamports.
    pub lamports: u64,
    /// LST, in smallest units.
    pub lst: u64,
    /// Shares that the provider got or gave.
    pub shares: u64,
    /// The pair's reserves after it.
    pub reserves: Reserves,
}
