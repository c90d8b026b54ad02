//! The account of a pair.

use anchor_lang::prelude::*;

use crate::curve::Reserves;

/// First seed of a pair; the second is its pool.
pub const PAIR_SEED: &[u8] = b"pair";
/// First seed of the mint of a pair's shares; the second is the pair.
pub const SHARES_SEED: &[u8] = b"shares";

/// A pair. It holds its SOL itself, beside its rent; its LST are in the vault.
///
/// The reserves are what came by instructions. What somebody sends to the accounts besides changes no
/// price and no share, and nobody can take it.
#[account]
#[derive(InitSpace, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The Sluice pool whose LST is traded.
    pub pool: Pubkey,
    /// The LST's mint.
    pub lst_mint: Pubkey,
    /// The token account of the LST.
    pub vault: Pubkey,
    /// The mint of the shares.
    pub share_mint: Pubkey,
    /// What it holds for trades, and the shares.
    pub reserves: Reserves,
    /// Bump of its address.
    pub bump: u8,
}

/// What is sold for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub enum Direction {
    /// SOL is paid, LST is received.
    SolForLst,
    /// LST is paid, SOL is received.
    LstForSol,
}

impl Reserves {
    /// What a swap of `amount` gives, and the reserves then.
    pub fn swap(&self, direction: Direction, amount: u64) -> Result<(u64, Self)> {
        match direction {
            Direction::SolForLst => self.buy_lst(amount),
            Direction::LstForSol => self.sell_lst(amount),
        }
    }
}
