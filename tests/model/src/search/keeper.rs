//! Honest cranks, as a keeper turns them.

use super::{market::Market, scene::VALIDATORS};
use crate::action::Action;

/// Batches that are settled at one moment, at most.
const SETTLEMENTS: usize = 4;

/// Prices the epoch.
pub fn price(market: &mut Market) {
    if market.model.is_fresh() {
        return;
    }
    market.turn(Action::Observe {
        first: 0,
        count: VALIDATORS as u8,
    });
    market.turn(Action::Finalize);
}

/// Collects, settles and pays what is due.
pub fn tidy(market: &mut Market) {
    let slots: Vec<u8> = market.model.slots.keys().copied().collect();
    for slot in slots {
        if market.model.has_something_to_collect(slot) {
            market.turn(Action::Collect { slot });
        }
    }
    for _ in 0..SETTLEMENTS {
        let head = market.model.queue.head;
        let due = market.model.queue.batches.get(&head);
        if due.is_none_or(|batch| batch.lst == 0) || !market.turn(Action::Settle { batch: head }) {
            break;
        }
    }
    let tickets: Vec<_> = market.model.queue.tickets.keys().copied().collect();
    for ticket in tickets {
        let batch = market.model.queue.tickets[&ticket].batch;
        if market.model.queue.batches[&batch].unsettled == 0 {
            market.act(Action::Claim { ticket });
        }
    }
}

/// Ejects whoever breaks a rule.
pub fn eject(market: &mut Market) {
    let slots: Vec<u8> = market.model.slots.keys().copied().collect();
    for slot in slots {
        if !market.model.slots[&slot].ejected {
            market.act(Action::Eject { slot });
        }
    }
}

/// Moves what is due in the window.
pub fn turn_window(market: &mut Market) {
    let window = market.model.window(market.model.now.epoch);
    market.wait(window);
    let slots: Vec<u8> = market.model.slots.keys().copied().collect();
    for slot in &slots {
        market.turn(Action::Undelegate { slot: *slot });
    }
    for slot in slots {
        market.turn(Action::Delegate { slot });
    }
}
