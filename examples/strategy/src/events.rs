//! What happened, for who follows a strategy.

use anchor_lang::prelude::*;

use crate::holdings::Holdings;

/// Something came, went or moved.
#[event]
#[derive(Debug, PartialEq, Eq)]
pub struct HoldingsChanged {
    /// The strategy.
    pub strategy: Pubkey,
    /// What the holders of shares own after it.
    pub holdings: Holdings,
}

/// The queue has paid an exit.
#[event]
#[derive(Debug, PartialEq, Eq)]
pub struct ExitPaid {
    /// The exit.
    pub exit: Pubkey,
    /// Who was paid.
    pub owner: Pubkey,
    /// How much, in lamports.
    pub lamports: u64,
    /// Whether that was all.
    pub closed: bool,
}
