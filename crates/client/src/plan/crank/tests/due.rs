use super::*;

/// Whether something can be due once the first world has become the second.
fn can_be(seen: &Fixture, now: &Fixture) -> bool {
    can_be_due(&seen.snapshot(), &now.snapshot()).unwrap()
}

#[test]
fn time_makes_something_due_at_the_window_and_at_the_next_epoch() {
    let calm = Fixture::new(2, 10 * SOL, 50 * SOL);
    assert!(!can_be(&calm, &calm.clone().at(WINDOW_START - 1)));
    assert!(can_be(&calm, &calm.clone().at(WINDOW_START)));
    let window = calm.clone().at(WINDOW_START);
    assert!(!can_be(&window, &window.clone().at(WINDOW_START + 1)));
    assert!(can_be(&window, &calm.clone().stale()));
}

#[test]
fn a_deposit_makes_something_due_in_the_window_or_where_a_batch_is_owed() {
    let calm = Fixture::new(2, 10 * SOL, 50 * SOL);
    let deposited = |fixture: &Fixture| {
        let mut richer = fixture.clone();
        richer.pool.reserve_lamports += SOL;
        richer
    };
    assert!(!can_be(&calm, &deposited(&calm)));
    let window = calm.clone().at(WINDOW_START);
    assert!(can_be(&window, &deposited(&window)));
    let mut owed = calm;
    owed.lock_batch(SOL);
    assert!(!can_be(&owed, &owed));
    assert!(can_be(&owed, &deposited(&owed)));
}
