//! Games with announced changes, at random and in numbers, on the program's own methods: whatever
//! the order of announcements, cancellations and epochs, no value beats its bounds or its delay.

use rand::{Rng, SeedableRng, rngs::StdRng};
use sluice::state::{Parameter, Pool, PoolConfig, PoolLimits};

/// What was announced last for a parameter, and when.
type Announced = Option<(u64, u64)>;

fn new_pool() -> Pool {
    let mut pool: Pool = bytemuck::Zeroable::zeroed();
    pool.config = PoolConfig::RECOMMENDED;
    pool.governance.limits = PoolLimits::NONE;
    pool.validator_count = 7;
    pool
}

fn random_value(rng: &mut StdRng, parameter: Parameter, now: u64) -> u64 {
    let (least, most) = parameter.bounds();
    match rng.random_range(0..8) {
        0 => least,
        1 => most,
        2 => least.wrapping_sub(1),
        3 => most.wrapping_add(1),
        4 => now.wrapping_add(1),
        5 => now.wrapping_sub(1),
        6 => rng.random(),
        _ => rng.random_range(least..=most),
    }
}

/// Books an epoch: whatever changed was announced last, long enough ago.
///
/// Batches were told the window of this epoch, and of the next one too where this one's has begun: it stays.
fn book(pool: &mut Pool, epoch: u64, window_is_open: bool, announced: &mut [Announced]) {
    let before = pool.parameters();
    let told = [epoch, epoch + u64::from(window_is_open)];
    let windows = told.map(|epoch| pool.window_bps_in(epoch));
    let due = pool
        .apply_due_changes(epoch, |_| Ok(window_is_open))
        .expect("no change stops an epoch");
    assert_eq!(told.map(|epoch| pool.window_bps_in(epoch)), windows);
    assert_eq!(pool.window_bps_in(epoch + 2), pool.config.window_bps);
    let after = pool.parameters();
    after.validate().expect("all bounds hold");
    for parameter in Parameter::ALL {
        let (old, new) = (before.get(parameter), after.get(parameter));
        if old != new {
            let (value, at) = announced[parameter.index()].expect("announced");
            assert_eq!(new, value, "{parameter:?}: the last announcement counts");
            let delay = if parameter.can_cost(old, new) { 2 } else { 1 };
            assert!(epoch >= at + delay, "{parameter:?} {old} -> {new}");
        }
    }
    for change in due {
        announced[change.parameter.index()] = None;
        let now = after.get(change.parameter);
        assert_eq!(
            now,
            if change.applies {
                change.value
            } else {
                change.before
            }
        );
    }
}

#[test]
fn v11_v15_no_order_of_announcements_beats_a_bound_or_a_delay() {
    for seed in 0..40 {
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut pool, mut epoch) = (new_pool(), 5);
        let mut announced: [Announced; Parameter::ALL.len()] = [None; Parameter::ALL.len()];
        for _ in 0..2_000 {
            // Few parameters, so that they meet each other.
            let among = if seed % 2 == 0 {
                4
            } else {
                Parameter::ALL.len()
            };
            let parameter = Parameter::ALL[rng.random_range(0..among)];
            let before = pool.parameters();
            match rng.random_range(0..4) {
                0 => {
                    epoch += rng.random_range(0..3);
                    book(&mut pool, epoch, rng.random(), &mut announced);
                    epoch += 1;
                }
                1 => {
                    let change = pool.governance.pending_change(parameter);
                    let change = change.unwrap_or_default();
                    if pool.cancel_change(parameter, change).is_ok() {
                        announced[parameter.index()] = None;
                    }
                    assert_eq!(pool.parameters(), before, "nothing acts within an epoch");
                }
                _ => {
                    let value = random_value(&mut rng, parameter, before.get(parameter));
                    if pool.schedule_change(parameter, value, epoch).is_ok() {
                        announced[parameter.index()] = Some((value, epoch));
                        let (least, most) = parameter.bounds();
                        assert!((least..=most).contains(&value), "{parameter:?} {value}");
                    }
                    assert_eq!(pool.parameters(), before, "nothing acts within an epoch");
                }
            }
        }
    }
}
