//! The accounts.

use anchor_lang::prelude::*;

use crate::book::Book;

/// First seed of a market; the second is its pool.
pub const MARKET_SEED: &[u8] = b"market";
/// First seed of the mint of a market's shares; the second is the market.
pub const SHARES_SEED: &[u8] = b"shares";
/// First seed of a loan; then market, borrower and number.
pub const LOAN_SEED: &[u8] = b"loan";
/// First seed of a seizure; then market and number.
pub const SEIZURE_SEED: &[u8] = b"seizure";

/// A market. It holds its SOL itself, beside its rent; the LST of all loans are in the vault.
#[account]
#[derive(InitSpace, Debug, PartialEq, Eq)]
pub struct Market {
    /// The Sluice pool whose LST is taken.
    pub pool: Pubkey,
    /// The LST's mint.
    pub lst_mint: Pubkey,
    /// The token account of the LST.
    pub vault: Pubkey,
    /// The mint of the lenders' shares.
    pub share_mint: Pubkey,
    /// What the lenders own.
    pub book: Book,
    /// Liquidations by the queue so far: the number of the next seizure, and of its ticket.
    pub seizures: u64,
    /// Bump of its address.
    pub bump: u8,
}

impl Market {
    /// The seeds with which the market signs.
    pub fn seeds(&self) -> [&[u8]; 3] {
        [
            MARKET_SEED,
            self.pool.as_ref(),
            std::slice::from_ref(&self.bump),
        ]
    }
}

/// A loan.
#[account]
#[derive(InitSpace, Debug, PartialEq, Eq)]
pub struct Loan {
    /// The market.
    pub market: Pubkey,
    /// Who borrowed, and gets the LST back.
    pub borrower: Pubkey,
    /// LST that it is secured by, in smallest units.
    pub lst: u64,
    /// Parts of all debt that it owes.
    pub debt_parts: u64,
    /// Tells the loans of a borrower apart.
    pub number: u8,
    /// Bump of its address.
    pub bump: u8,
}

/// LST of a loan in the pool's queue. It owns the ticket and receives what the queue pays, so nothing of
/// one seizure mixes with another's, whoever claims.
#[account]
#[derive(InitSpace, Debug, PartialEq, Eq)]
pub struct Seizure {
    /// The market.
    pub market: Pubkey,
    /// The ticket in the queue.
    pub ticket: Pubkey,
    /// Who liquidated and paid for the account. Gets its rent back, and what comes beyond what was owed.
    pub payer: Pubkey,
    /// What the market's book still expects of it, in lamports.
    pub expected_lamports: u64,
    /// What of the debt was not paid yet, in lamports: more than is expected where the LST were worth less.
    pub owed_lamports: u64,
    /// The rent that was paid for it, in lamports. Rents can change until it is closed.
    pub rent_lamports: u64,
    /// Its number.
    pub number: u64,
    /// Bump of its address.
    pub bump: u8,
}
