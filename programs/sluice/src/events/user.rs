//! What holders did.

use anchor_lang::prelude::*;

use super::Books;

/// Lamports came in, LST was minted.
#[event]
pub struct SolDeposited {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Who paid.
    pub depositor: Pubkey,
    /// What was paid.
    pub lamports: u64,
    /// The deposit fee, which drips to all holders.
    pub fee_lamports: u64,
    /// The entry charge, which drips to all holders, too.
    pub charge_lamports: u64,
    /// LST minted.
    pub lst: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// LST was burned, lamports went out at once.
#[event]
pub struct SolWithdrawn {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Who burned.
    pub owner: Pubkey,
    /// LST burned.
    pub lst: u64,
    /// Lamports paid.
    pub lamports: u64,
    /// The instant-exit fee, which drips to all holders.
    pub fee_lamports: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// A stake account came in, LST was minted.
#[event]
pub struct StakeDeposited {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// The stake account, which ceased to exist.
    pub stake: Pubkey,
    /// Its withdrawer.
    pub depositor: Pubkey,
    /// What it held.
    pub lamports: u64,
    /// The part that drips to all holders.
    pub fee_lamports: u64,
    /// LST minted.
    pub lst: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// LST was burned, active stake went out as a stake account.
#[event]
pub struct StakeWithdrawn {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Address of the validator's vote account.
    pub vote: Pubkey,
    /// The new stake account.
    pub stake: Pubkey,
    /// Who burned.
    pub owner: Pubkey,
    /// Staker and withdrawer of the new stake account.
    pub recipient: Pubkey,
    /// LST burned.
    pub lst: u64,
    /// Lamports of stake that left.
    pub lamports: u64,
    /// The fee, which drips to all holders.
    pub fee_lamports: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// LST joined the queue.
#[event]
pub struct UnstakeRequested {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Id of the batch.
    pub batch: u64,
    /// Address of the ticket.
    pub ticket: Pubkey,
    /// The ticket's number, from which its address follows together with the requester.
    pub number: u64,
    /// Who signed for the LST.
    pub requester: Pubkey,
    /// Who is paid for it.
    pub owner: Pubkey,
    /// Who gets the ticket's rent back, and the batch's where this is its first request.
    pub payer: Pubkey,
    /// LST that leaves.
    pub lst: u64,
    /// Slot from which the batch is locked.
    pub lock_slot: u64,
}

/// LST left the queue again.
#[event]
pub struct TicketCancelled {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Id of the batch.
    pub batch: u64,
    /// Address of the ticket, which is closed.
    pub ticket: Pubkey,
    /// Whose it was.
    pub owner: Pubkey,
    /// Token account that got the LST.
    pub recipient: Pubkey,
    /// LST given back.
    pub lst: u64,
}

/// A ticket has a new owner.
#[event]
pub struct TicketTransferred {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Id of the batch.
    pub batch: u64,
    /// Address of the ticket.
    pub ticket: Pubkey,
    /// LST that leaves.
    pub lst: u64,
    /// Who gave it.
    pub from: Pubkey,
    /// Who has it.
    pub to: Pubkey,
}

/// A ticket was paid.
#[event]
pub struct TicketClaimed {
    /// Address of the pool.
    pub pool: Pubkey,
    /// Id of the batch.
    pub batch: u64,
    /// Address of the ticket.
    pub ticket: Pubkey,
    /// Who was paid.
    pub owner: Pubkey,
    /// Who gets the ticket's rent once it is closed.
    pub payer: Pubkey,
    /// Lamports paid.
    pub lamports: u64,
    /// Whether that was all and the ticket is closed.
    pub closed: bool,
    /// What rounding left in the closed batch; it drips to all holders.
    pub dust_lamports: u64,
    /// The books after it.
    pub books: Books,
}
