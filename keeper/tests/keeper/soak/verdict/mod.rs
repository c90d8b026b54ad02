//! What must be true after a soak, and why it is not.

#[cfg(test)]
mod tests;

use std::fmt;

use sluice_store::PoolEpoch;

use crate::soak::sample::Sample;

/// The most by which the keeper's memory may grow in an epoch. Nothing in it must grow: it keeps the last 50
/// actions, the last 180 epochs and the open transactions of a pool. What is measured beside a leak is how
/// the allocator keeps what was freed. In a year of mainnet this would be 6 MiB.
const MOST_GROWTH_KIB: f64 = 32.0;
/// With fewer epochs, what the first ones need hides a leak.
const LEAST_EPOCHS_OF_A_FIT: usize = 40;
/// What a validator may add to the store in an epoch: a row in each of two tables.
const MOST_STORE_BYTES_OF_VALIDATOR: f64 = 1_536.0;
/// The same of the pool, with what the keeper did.
const MOST_STORE_BYTES_OF_POOL: f64 = 16_384.0;
/// What a store has that is empty.
const EMPTY_STORE_BYTES: f64 = 131_072.0;
/// SQLite moves its log into the file when it has half of that.
const MOST_LOG_BYTES: u64 = 8_388_608;
/// Connections that are just open.
const MOST_MORE_FILES: u64 = 8;
const MOST_MORE_THREADS: u64 = 4;
/// A batch is paid in the second epoch after it was locked: so many leave in each.
const MOST_UNPAID: usize = 2 * 4;

/// What came of a soak.
#[derive(Clone, Debug, Default)]
pub struct Soaked {
    pub validators: usize,
    pub samples: Vec<Sample>,
    /// The epochs that are in the store, from the first sample on.
    pub stored: Vec<PoolEpoch>,
    /// The size of the store after the end.
    pub store_bytes: u64,
    /// Tickets that are not paid in the end.
    pub unpaid: usize,
    /// Tickets that owners have claimed, and the keeper for them.
    pub paid: (u64, u64),
    /// Changes that were announced, and alerts of which the webhook was told.
    pub changes: u64,
    pub alerts: u64,
    /// Answers of page, metrics and health that were good, and others.
    pub answers: u64,
    pub unanswered: u64,
    pub log: String,
}

/// By how much a value grows from one epoch to the next, by a line of least squares.
fn growth(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let middle = (count - 1.0) / 2.0;
    let (mut products, mut squares) = (0.0, 0.0);
    for (index, value) in values.iter().enumerate() {
        let distance = index as f64 - middle;
        products += distance * (value - mean);
        squares += distance * distance;
    }
    products / squares
}

impl Soaked {
    fn half(&self) -> (&[Sample], &[Sample]) {
        self.samples.split_at(self.samples.len() / 2)
    }

    /// By how many KiB the keeper's memory grows in an epoch of the last half.
    fn memory_growth_kib(&self) -> f64 {
        let memory = self.half().1.iter();
        let memory = memory.map(|sample| sample.keeper.resident_kib as f64);
        growth(&memory.collect::<Vec<_>>())
    }

    /// What the store may have for so many epochs.
    fn most_store_bytes(&self) -> f64 {
        let of_validators = MOST_STORE_BYTES_OF_VALIDATOR * self.validators as f64;
        let of_epoch = of_validators + MOST_STORE_BYTES_OF_POOL;
        EMPTY_STORE_BYTES + of_epoch * self.samples.len() as f64
    }

    /// Warnings that are not the lines of alerts, of which the webhook tells.
    fn unexplained(&self) -> Vec<&str> {
        let lines = self.log.lines();
        let bad = lines.filter(|line| line.contains("\"WARN\"") || line.contains("\"ERROR\""));
        bad.filter(|line| !line.contains("SluiceChangePending"))
            .collect()
    }
}

/// What is wrong.
#[derive(Default)]
struct Wrong(Vec<String>);

/// What is wrong: nothing where all is as it must be.
pub fn verdict(soaked: &Soaked) -> Vec<String> {
    let mut wrong = Wrong::default();
    wrong.of_epochs(soaked);
    wrong.of_process(soaked);
    wrong.of_store(soaked);
    wrong.of_conduct(soaked);
    wrong.0
}

impl Wrong {
    fn require(&mut self, is_so: bool, what: String) {
        if !is_so {
            self.0.push(what);
        }
    }

    /// Each epoch is priced and stored.
    fn of_epochs(&mut self, soaked: &Soaked) {
        let seen: Vec<u64> = soaked.samples.iter().map(|sample| sample.epoch).collect();
        let in_time = soaked.stored.iter().filter(|one| one.priced.is_some());
        let priced: Vec<u64> = in_time.map(|one| one.rate.epoch).collect();
        let is_whole = seen.windows(2).all(|pair| pair[1] == pair[0] + 1);
        self.require(is_whole, format!("an epoch ended by itself: {seen:?}"));
        let missing = seen.iter().filter(|epoch| !priced.contains(epoch));
        let missing: Vec<_> = missing.collect();
        let is_complete = missing.is_empty() && !seen.is_empty();
        self.require(
            is_complete,
            format!("not priced or not stored: {missing:?}"),
        );
    }

    /// The last half needs no more than the first one.
    fn of_process(&mut self, soaked: &Soaked) {
        let (first, last) = soaked.half();
        let growth = soaked.memory_growth_kib();
        let is_flat = soaked.samples.len() < LEAST_EPOCHS_OF_A_FIT || growth <= MOST_GROWTH_KIB;
        self.require(
            is_flat,
            format!("memory grows by {growth:.1} KiB in an epoch"),
        );
        for (what, value, more) in [
            (
                "open files",
                (|one| one.keeper.open_files) as fn(&Sample) -> u64,
                MOST_MORE_FILES,
            ),
            ("threads", |one| one.keeper.threads, MOST_MORE_THREADS),
        ] {
            let (before, after) = (most(first, value), most(last, value));
            let is_same = after <= before + more;
            self.require(is_same, format!("{what}: {before}, and later {after}"));
        }
    }

    /// The store grows by its rows alone.
    fn of_store(&mut self, soaked: &Soaked) {
        let (bytes, bound) = (soaked.store_bytes, soaked.most_store_bytes());
        let is_small = bytes as f64 <= bound;
        self.require(is_small, format!("the store: {bytes} bytes of {bound:.0}"));
        let log = most(&soaked.samples, |one| one.store_log_bytes);
        self.require(
            log <= MOST_LOG_BYTES,
            format!("the store's log: {log} bytes"),
        );
    }

    /// Holders are paid, alerts told, questions answered, and nothing else is to be said.
    fn of_conduct(&mut self, soaked: &Soaked) {
        let unexplained = soaked.unexplained();
        let is_calm = unexplained.is_empty();
        self.require(is_calm, format!("in the log: {unexplained:#?}"));
        let unpaid = soaked.unpaid;
        let is_paid = unpaid <= MOST_UNPAID;
        self.require(is_paid, format!("{unpaid} tickets are not paid"));
        let (changes, alerts) = (soaked.changes, soaked.alerts);
        let is_told = changes == alerts;
        self.require(is_told, format!("{changes} changes, {alerts} alerts"));
        let (answers, unanswered) = (soaked.answers, soaked.unanswered);
        let is_answered = answers > 0 && unanswered == 0;
        self.require(
            is_answered,
            format!("{unanswered} of {answers} were not answered"),
        );
    }
}

fn most(samples: &[Sample], value: fn(&Sample) -> u64) -> u64 {
    samples.iter().map(value).max().unwrap_or_default()
}

impl fmt::Display for Soaked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fees: u64 = self.samples.iter().map(|one| one.fee_lamports).sum();
        let sent: u64 = self.samples.iter().map(|one| one.transactions).sum();
        let slowest = self.samples.iter().map(|one| one.priced_seconds);
        writeln!(
            formatter,
            "{} epochs, {} validators: {sent} transactions for {fees} lamports; the slowest epoch was \
             priced after {:.1} s; memory grows by {:.1} KiB in an epoch of the last half; the store has \
             {} KiB; {} tickets were claimed by owners and {} by the keeper, {} are open; {} alerts; {} \
             answers of page, metrics and health",
            self.samples.len(),
            self.validators,
            slowest.fold(0.0, f64::max),
            self.memory_growth_kib(),
            self.store_bytes / 1_024,
            self.paid.0,
            self.paid.1,
            self.unpaid,
            self.alerts,
            self.answers,
        )
    }
}
