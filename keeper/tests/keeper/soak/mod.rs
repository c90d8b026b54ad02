//! A keeper through many epochs of a pool with many validators, beside holders who come and leave, with its
//! store, its alerts, and page and metrics that are read all the time. It must price each epoch, lose no
//! lamport, and need no more in the last epoch than in the first. `cargo xtask soak` runs the long form, the
//! usual tests a short one.

mod holders;
mod sample;
mod stage;
mod verdict;

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use sluice_client::{PoolSnapshot, plan::crank};
use sluice_store::{Place, Store};

use self::{
    holders::Holders,
    sample::{Metrics, Process, Sample},
    stage::SoakStage,
    verdict::{Soaked, verdict},
};
use crate::{proofs::number, stage::Keeper};

/// So often a change of a parameter is announced, which fires an alert until it acts.
const EPOCHS_BETWEEN_CHANGES: u64 = 4;
/// So often page and metrics are read.
const READ_STEP: Duration = Duration::from_millis(200);
/// Longer than anything takes, also with many validators on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// Waits until something is so: for how long.
fn until(what: &str, keeper: &Keeper, mut is_so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "no {what}: {}", keeper.log());
        thread::sleep(Duration::from_millis(100));
    }
    begun.elapsed()
}

/// Whether no crank is due.
fn is_quiet(stage: &SoakStage) -> bool {
    let snapshot = PoolSnapshot::with_stakes(&stage.rpc, &stage.addresses).unwrap();
    crank::plan(&snapshot).unwrap().steps.is_empty()
}

/// What read page and metrics all the time.
#[derive(Default)]
struct Readers {
    ended: AtomicBool,
    answers: AtomicU64,
    failures: AtomicU64,
}

impl Readers {
    fn read(&self, keeper: &Keeper) {
        while !self.ended.load(Ordering::Relaxed) {
            for path in ["/", "/metrics", "/healthz"] {
                let of_kind = match keeper.get(path).0 {
                    200 => &self.answers,
                    _ => &self.failures,
                };
                of_kind.fetch_add(1, Ordering::Relaxed);
            }
            thread::sleep(READ_STEP);
        }
    }
}

/// Ends the readers, also where a test fails.
struct Ending<'a>(&'a Readers);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Relaxed);
    }
}

/// Lets one epoch pass, until nothing is under way any more, with all that happens in it.
fn pass(stage: &SoakStage, keeper: &Keeper, holders: &mut Holders<'_>, number: u64) -> Sample {
    let before = Metrics::of(keeper);
    stage.next_epoch();
    let epoch = stage.snapshot().cluster.clock.epoch;
    let priced = until("priced epoch", keeper, || {
        Metrics::of(keeper).sum("priced_epoch{") == epoch
    });
    if number.is_multiple_of(EPOCHS_BETWEEN_CHANGES) {
        stage.announce_change();
        let announced = number / EPOCHS_BETWEEN_CHANGES;
        until("alert", keeper, || stage.alerts() == announced);
    }
    holders.act(number);
    stage.to_window();
    until("quiet", keeper, || is_quiet(stage));
    until("empty journal", keeper, || stage.bytes_of("pending") == 0);
    until("stored epoch", keeper, || {
        Metrics::of(keeper).sum("stored_epoch{") == epoch
    });
    let at_start = stage.keeper_lamports_at_start;
    until("balance as the metrics give it", keeper, || {
        let expected = Metrics::of(keeper).balance_after(at_start);
        expected == stage.keeper_lamports()
    });
    let after = Metrics::of(keeper);
    Sample {
        epoch,
        priced_seconds: priced.as_secs_f64(),
        keeper: Process::of(keeper.id()),
        localnet: Process::of(stage.localnet.id()),
        store_bytes: stage.bytes_of("history.sqlite"),
        store_log_bytes: stage.bytes_of("history.sqlite-wal"),
        transactions: after.transactions() - before.transactions(),
        fee_lamports: after.sum("fees_lamports_total{") - before.sum("fees_lamports_total{"),
    }
}

/// Lets so many epochs pass: what came of it.
fn soak(epochs: u64, validators: usize) -> Soaked {
    let stage = SoakStage::new(validators);
    let keeper = stage.keeper();
    keeper.await_status("/readyz", 200);
    let mut holders = Holders::of(&stage);
    let readers = Readers::default();
    let mut samples = Vec::new();
    println!("{}", Sample::HEAD);
    thread::scope(|scope| {
        scope.spawn(|| readers.read(&keeper));
        let _ending = Ending(&readers);
        for number in 1..=epochs {
            let sample = pass(&stage, &keeper, &mut holders, number);
            if number == 1 || number % (epochs / 10).max(1) == 0 {
                println!("{sample}");
            }
            samples.push(sample);
        }
    });
    let log = keeper.end("-TERM");
    let mut store = Store::read(&Place::File(stage.state().join("history.sqlite"))).unwrap();
    let genesis = stage.rpc.get_genesis_hash().unwrap();
    let first = samples.first().map_or(0, |sample| sample.epoch);
    let stored = store.history(&genesis, &stage.addresses.pool, &(first..=u64::MAX));
    Soaked {
        validators,
        stored: stored.unwrap(),
        store_bytes: stage.bytes_of("history.sqlite"),
        unpaid: holders.unpaid(),
        paid: holders.paid,
        changes: epochs / EPOCHS_BETWEEN_CHANGES,
        alerts: stage.alerts(),
        answers: readers.answers.into_inner(),
        unanswered: readers.failures.into_inner(),
        samples,
        log,
    }
}

#[test]
fn a_keeper_prices_each_epoch_to_the_lamport_and_needs_no_more_in_the_last_than_in_the_first() {
    let epochs = number("SLUICE_SOAK_EPOCHS", 4);
    let validators = number("SLUICE_SOAK_VALIDATORS", 3) as usize;
    let soaked = soak(epochs, validators);
    println!("{soaked}");
    let failures = verdict(&soaked);
    assert!(failures.is_empty(), "{failures:#?}");
}
