//! The unbonding queue: what locked batches need, what they are paid, what a ticket is owed.

use crate::{Ceil, Floor, Lamports, Lst, MathError, Ratio, Result};

/// A payment covers all that is left of a batch, or at least one part in this many of it.
///
/// It is a part of what is left, not of the whole batch: the price can rise between the window in
/// which stake was taken back for a batch and its settlement, so the last crumb of a large batch
/// could be short of its lamports again and again, and could not be paid in part.
pub const MIN_SETTLEMENT_SHARE: u64 = 16;

/// Lamports that locked batches can be paid at most, without a further gain: what they are worth once
/// all that is withheld and pending is released. Rounded up, so that enough is kept ready.
pub fn queue_lamports(locked: Lst, full: Lamports, supply: Lst) -> Result<Lamports> {
    Ceil(Ratio::new(full.get(), supply.get()))
        .apply(locked.get())
        .map(Lamports::new)
}

/// The LST of a batch that `spendable` lamports can pay for: as much as they buy at the exit
/// price, rounded down. `None` where that is neither all that is `left` nor one part in
/// [`MIN_SETTLEMENT_SHARE`] of it. At a value of zero everything is burned for nothing.
pub fn settlement(
    left: Lst,
    spendable: Lamports,
    value: Lamports,
    supply: Lst,
) -> Result<Option<Lst>> {
    if left.is_zero() {
        return Ok(None);
    }
    let lst = if value.is_zero() {
        left
    } else {
        match Floor(Ratio::new(supply.get(), value.get())).apply(spendable.get()) {
            Ok(payable) => left.min(Lst::new(payable)),
            Err(MathError::Overflow) => left,
            Err(other) => return Err(other),
        }
    };
    let enough = lst == left || lst.get() >= left.get().div_ceil(MIN_SETTLEMENT_SHARE);
    Ok((enough && !lst.is_zero()).then_some(lst))
}

/// Everything a ticket has earned so far, claimed or not: its share of what its batch has been
/// paid, rounded down in favour of the pool.
pub fn ticket_owed(paid: Lamports, ticket: Lst, batch: Lst) -> Result<Lamports> {
    Floor(Ratio::new(ticket.get(), batch.get()))
        .apply(paid.get())
        .map(Lamports::new)
}

/// What a ticket can claim now.
pub fn ticket_unpaid(
    paid: Lamports,
    ticket: Lst,
    batch: Lst,
    claimed: Lamports,
) -> Result<Lamports> {
    ticket_owed(paid, ticket, batch)?.sub(claimed)
}
