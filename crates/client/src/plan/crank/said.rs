//! What a crank moves, in words: before it, with what is planned; after it, with what its events tell.

use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;

use crate::words::amounts::sol;

pub(crate) fn collected(vote: &Pubkey, activated: Lamports, returned: Lamports) -> String {
    match (activated.is_zero(), returned.is_zero()) {
        (false, true) => format!("{} of {vote} has become active", sol(activated)),
        (true, false) => format!("{} of {vote} is free again", sol(returned)),
        (false, false) => format!(
            "{} of {vote} has become active, {} is free again",
            sol(activated),
            sol(returned)
        ),
        (true, true) => format!("Nothing of {vote} is in transit any more"),
    }
}

pub(crate) fn undelegated(vote: &Pubkey, lamports: Lamports) -> String {
    format!("{} leaves {vote}", sol(lamports))
}

pub(crate) fn delegated(vote: &Pubkey, lamports: Lamports) -> String {
    format!("{} goes to {vote}", sol(lamports))
}

pub(crate) fn settled(batch: u64, lamports: Lamports, in_full: bool) -> String {
    let extent = if in_full { "in full" } else { "in part" };
    format!("{} pays batch {batch} {extent}", sol(lamports))
}

pub(crate) fn lost(vote: &Pubkey, lamports: Lamports) -> String {
    format!("{} of the stake with {vote} is missing", sol(lamports))
}

pub(crate) fn fee_paid(lst: Lst) -> String {
    format!("The treasury gets the reward fee of {lst} LST")
}
