//! What happened, for who follows a market.

use anchor_lang::prelude::*;

use crate::book::Book;

/// SOL of a lender came or went.
#[event]
#[derive(Debug, PartialEq, Eq)]
pub struct LentChanged {
    /// The market.
    pub market: Pubkey,
    /// Whose SOL.
    pub lender: Pubkey,
    /// Whether it came.
    pub added: bool,
    /// SOL, in lamports.
    pub lamports: u64,
    /// Shares that the lender got or gave.
    pub shares: u64,
    /// The book after it.
    pub book: Book,
}

/// A loan was opened, paid back in parts or as a whole, or got more LST.
#[event]
#[derive(Debug, PartialEq, Eq)]
pub struct LoanChanged {
    /// The market.
    pub market: Pubkey,
    /// The loan.
    pub loan: Pubkey,
    /// What it owes now, in lamports.
    pub owed_lamports: u64,
    /// LST that secure it now, in smallest units.
    pub lst: u64,
    /// The book after it.
    pub book: Book,
}

/// A loan was liquidated: it owes nothing more.
#[event]
#[derive(Debug, PartialEq, Eq)]
pub struct LoanLiquidated {
    /// The market.
    pub market: Pubkey,
    /// The loan.
    pub loan: Pubkey,
    /// What it owed, in lamports.
    pub owed_lamports: u64,
    /// LST that were seized, in smallest units.
    pub seized_lst: u64,
    /// What the book has in its place, in lamports: what it owed, or the worth of LST in the queue where
    /// that is less.
    pub booked_lamports: u64,
    /// What the pool paid at once beyond that, to the liquidator, in lamports.
    pub surplus_lamports: u64,
    /// Whether they are in the queue.
    pub by_queue: bool,
    /// The book after it.
    pub book: Book,
}

/// The queue has paid for seized LST.
#[event]
#[derive(Debug, PartialEq, Eq)]
pub struct SeizureCollected {
    /// The market.
    pub market: Pubkey,
    /// The seizure.
    pub seizure: Pubkey,
    /// What the market got, in lamports.
    pub lamports: u64,
    /// What the payer got beside the rent, in lamports: nothing before it is closed.
    pub surplus_lamports: u64,
    /// Whether that was all.
    pub closed: bool,
    /// The book after it.
    pub book: Book,
}
