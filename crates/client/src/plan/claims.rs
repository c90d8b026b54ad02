//! Which claims are made together, and which are not worth it.

use solana_pubkey::Pubkey;

use crate::{OwnedTicket, TicketPayout, send::purse::LAMPORTS_PER_SIGNATURE};

/// Claims in one transaction: their accounts fit without a lookup table.
pub const CLAIMS_PER_TRANSACTION: usize = 4;

/// Whether a claim brings one of `payers` more than its fee. Anybody can make dust tickets for others.
/// One's own return at least their rent.
pub fn is_worth_its_fee(owned: &OwnedTicket, payout: &TicketPayout, payers: &[Pubkey]) -> bool {
    let own = payers.contains(owned.ticket.rent_recipient());
    own || payout.claimable.get() >= LAMPORTS_PER_SIGNATURE
}
