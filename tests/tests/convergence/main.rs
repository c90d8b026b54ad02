//! Fixed point: from randomly corrupted but legal states cranks alone converge.
//!
//! Every pool is a seed. `SLUICE_SEED=7` strikes one pool as a failure printed it; `SLUICE_LONG=1`
//! strikes far more of them.

mod corruption;
mod delinquent;
mod donations;
mod limits;
mod stages;
mod struck_pool;

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use struck_pool::StruckPool;

/// Pools of the test command, and of a long run.
const POOLS: u64 = 16;
const LONG_POOLS: u64 = 1_000;

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is a number, not {text}")))
}

fn play(seed: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime starts");
    let played = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(StruckPool::play(seed));
    }));
    if let Err(panic) = played {
        eprintln!("SLUICE_SEED={seed} fails");
        resume_unwind(panic);
    }
}

/// Strikes the pools of these seeds on all cores.
fn play_all(seeds: std::ops::Range<u64>) {
    let next = AtomicU64::new(seeds.start);
    let cores = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    play(seed);
                }
            });
        }
    });
}

#[test]
fn cranks_alone_lead_from_any_corrupted_state_to_a_fixed_point_at_the_targets() {
    match (number("SLUICE_SEED"), number("SLUICE_LONG")) {
        (Some(seed), _) => play(seed),
        (None, Some(_)) => play_all(0..LONG_POOLS),
        (None, None) => play_all(0..POOLS),
    }
}
