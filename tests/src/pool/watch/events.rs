//! The price path follows from the events alone: whatever changes the books tells the books after
//! it, and a finalize tells why they changed.

use anchor_lang::{AnchorDeserialize, Discriminator};
use sluice::events::{self, Books as ToldBooks, EpochFinalized};
use solana_pubkey::Pubkey;

use crate::{cluster::Sent, pool::Books};

/// Events whose last field is the books after them.
const TELL_BOOKS: [&[u8]; 14] = [
    events::PoolCreated::DISCRIMINATOR,
    events::SolDeposited::DISCRIMINATOR,
    events::SolWithdrawn::DISCRIMINATOR,
    events::StakeDeposited::DISCRIMINATOR,
    events::StakeWithdrawn::DISCRIMINATOR,
    events::TicketClaimed::DISCRIMINATOR,
    events::BatchSettled::DISCRIMINATOR,
    events::ValidatorAdded::DISCRIMINATOR,
    events::SlotClosed::DISCRIMINATOR,
    EpochFinalized::DISCRIMINATOR,
    events::StakeCollected::DISCRIMINATOR,
    events::StakeDelegated::DISCRIMINATOR,
    events::StakeUndelegated::DISCRIMINATOR,
    events::LossReported::DISCRIMINATOR,
];

/// Panics unless somebody who only reads events knows the books as well as the accounts do.
pub(super) fn check(pool: &Pubkey, sent: &Sent, before: &Books, after: &Books) {
    let told = last_books(pool, sent).unwrap_or_else(|| ToldBooks::from(&before.pool));
    assert_eq!(
        told,
        ToldBooks::from(&after.pool),
        "the events do not tell what changed: {:?}",
        sent.logs
    );
    for event in sent.events::<EpochFinalized>() {
        if event.pool == *pool {
            check_epoch(&event);
        }
    }
}

/// The books in the last event of this pool that tells any.
fn last_books(pool: &Pubkey, sent: &Sent) -> Option<ToldBooks> {
    let tells = |event: &&Vec<u8>| {
        let told = TELL_BOOKS.iter().any(|known| event.starts_with(known));
        told && event[8..40] == pool.to_bytes()
    };
    let events = sent.program_data();
    let event = events.iter().rfind(tells)?;
    let mut books = &event[event.len() - size_of::<ToldBooks>()..];
    Some(ToldBooks::deserialize(&mut books).expect("the last field is the books"))
}

/// The event of an epoch explains both prices: where they were, what was gained, lost, charged
/// and burned, and where they are by the books after it.
fn check_epoch(event: &EpochFinalized) {
    let EpochFinalized { books, .. } = event;
    let (full_before, value_before) = (event.full_before_lamports, event.value_before_lamports);
    let full = full_before + event.gain_lamports - event.loss_lamports;
    let given = event.restored_lamports + event.fee_lamports;
    let value = value_before + given - burned_value(event) - event.fall_lamports;
    let supply = event.supply_before_lst - event.burned_lst + event.fee_lst;

    let owned = books.staked_lamports + books.reserve_lamports;
    let told_full = owned.saturating_sub(books.locked_lamports);
    let unreleased = books.withheld_lamports + books.pending_lamports;
    let told_value = told_full.saturating_sub(unreleased);
    assert_eq!(books.drip_start_slot, event.slot, "a drip starts");
    assert_eq!(
        (full, value, supply),
        (told_full, told_value, books.lst_supply)
    );
}

/// What burned LST was worth no longer belongs to anybody, and drips to those who stay.
fn burned_value(event: &EpochFinalized) -> u64 {
    let product = u128::from(event.burned_lst) * u128::from(event.value_before_lamports);
    u64::try_from(product / u128::from(event.supply_before_lst)).expect("a part of the value")
}
