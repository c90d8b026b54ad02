//! Times of which no price, or no history, is known.

use super::*;

/// Somebody who deposited in epoch 1 and still holds it in epoch 6. The prices of epochs 2 and 3 are gone.
fn forgotten() -> Life {
    let mut life = Life::new(Fixture::new(1, SOL, SOL).addresses.pool);
    life.act(Deed::Deposit(10 * SOL));
    (0..5).for_each(|_| life.act(Deed::Epoch(1_000)));
    life.rates.drain(..2);
    life
}

/// The statement where the pool's history is full, so that it does not go back to the pool's birth.
fn statement(life: &Life, epochs: RangeInclusive<u64>) -> Statement {
    life.statement_of(epochs, HISTORY_EPOCHS)
}

#[test]
fn of_a_time_before_the_first_price_no_sum_is_told_and_no_zero() {
    let life = forgotten();
    for epochs in [0..=3, 1..=1, 2..=3] {
        let said = statement(&life, epochs.clone());
        assert_eq!(said.totals, None, "{epochs:?}");
        assert!(!said.is_whole);
        assert_eq!(said.priced_from_epoch, Some(4));
        assert_eq!(said.epochs, []);
    }
}

#[test]
fn a_time_that_begins_before_the_first_price_is_not_whole_and_says_where_prices_begin() {
    let life = forgotten();
    let (asked, known) = (statement(&life, 2..=6), statement(&life, 4..=6));
    assert_eq!(asked.priced_from_epoch, Some(4));
    assert!(!asked.is_whole && known.is_whole);
    assert_adds_up(&asked);
    assert_adds_up(&known);
    assert_eq!(statement(&life, 5..=6).priced_from_epoch, Some(4));
    assert!(statement(&life, 5..=6).is_whole);
}

#[test]
fn of_a_time_before_the_history_of_the_node_no_sum_is_told_and_no_zero() {
    let mut life = Life::new(Fixture::new(1, SOL, SOL).addresses.pool);
    (0..3).for_each(|_| life.act(Deed::Epoch(1_000)));
    life.act(Deed::Deposit(SOL));
    life.first_slot = Some(life.slot);
    let said = life.statement(0..=2);
    assert_eq!((said.totals, said.is_whole), (None, false));
    assert_eq!(said.known_from_epoch, Some(life.epoch));
}

#[test]
fn who_held_nothing_before_the_first_price_has_sums_of_nothing() {
    let mut life = forgotten();
    life.records.clear();
    life.wallet = 0;
    let said = statement(&life, 0..=3);
    assert_eq!(said.totals, Some(Totals::default()));
    assert!(said.is_whole);
}

#[test]
fn what_came_before_is_unknown_where_a_node_does_not_say_how_far_back_it_goes() {
    let mut life = Life::new(Fixture::new(1, SOL, SOL).addresses.pool);
    for deed in [Deed::Epoch(1), Deed::Epoch(1), Deed::Deposit(SOL)] {
        life.act(deed);
    }
    assert_eq!(life.statement(0..=u64::MAX).known_from_epoch, None);
    life.first_slot = None;
    let known_from = life.statement(0..=u64::MAX).known_from_epoch;
    assert_eq!(known_from, Some(life.epoch));
}
