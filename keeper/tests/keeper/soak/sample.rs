//! What is looked at after each epoch.

use std::{fmt, fs};

use crate::stage::Keeper;

/// What a process needs, as its system says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process {
    /// Memory that it occupies, and the most until now, in KiB.
    pub resident_kib: u64,
    pub most_resident_kib: u64,
    pub open_files: u64,
    pub threads: u64,
}

impl Process {
    pub fn of(id: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let number = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            let word = line.split_whitespace().nth(1).unwrap();
            word.parse().unwrap()
        };
        let files = fs::read_dir(format!("/proc/{id}/fd")).unwrap();
        Self {
            resident_kib: number("VmRSS:"),
            most_resident_kib: number("VmHWM:"),
            open_files: files.count() as u64,
            threads: number("Threads:"),
        }
    }
}

/// What a keeper's metrics say.
pub struct Metrics(String);

impl Metrics {
    pub fn of(keeper: &Keeper) -> Self {
        Self(keeper.get("/metrics").1)
    }

    /// The sum of all samples whose names begin so after the prefix.
    pub fn sum(&self, begin: &str) -> u64 {
        let begin = format!("sluice_{begin}");
        let samples = self.0.lines().filter(|line| line.starts_with(&begin));
        let values = samples.map(|line| line.rsplit(' ').next().unwrap());
        values.map(|value| value.parse::<u64>().unwrap()).sum()
    }

    /// Transactions that were executed.
    pub fn transactions(&self) -> u64 {
        let of = |outcome: &str| {
            let samples = self.0.lines().filter(|line| {
                line.starts_with("sluice_transactions_total{")
                    && line.contains(&format!("outcome=\"{outcome}\""))
            });
            let values = samples.map(|line| line.rsplit(' ').next().unwrap());
            values
                .map(|value| value.parse::<u64>().unwrap())
                .sum::<u64>()
        };
        of("landed") + of("failed")
    }

    /// What who began with so much has now, by the metrics alone.
    pub fn balance_after(&self, lamports_at_start: u64) -> u64 {
        let paid = self.sum("fees_lamports_total{") + self.sum("rent_paid_lamports_total{");
        lamports_at_start + self.sum("rent_recovered_lamports_total{") - paid
    }
}

/// An epoch, and what was needed at its end.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub epoch: u64,
    /// From its begin until the keeper had priced it.
    pub priced_seconds: f64,
    pub keeper: Process,
    /// It keeps transactions and blocks, so that its memory grows.
    pub localnet: Process,
    /// The store, and the log beside it.
    pub store_bytes: u64,
    pub store_log_bytes: u64,
    /// Executed by the keeper in this epoch, and what they cost.
    pub transactions: u64,
    pub fee_lamports: u64,
}

impl Sample {
    /// The head of the table of samples.
    pub const HEAD: &'static str = "| epoch | priced after | keeper: memory (most) | files | threads | store (its \
                                    log) | transactions | fees, lamports | localnet: memory \
                                    |\n|---|---|---|---|---|---|---|---|---|";
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}

impl fmt::Display for Sample {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            keeper, localnet, ..
        } = self;
        write!(
            formatter,
            "| {} | {:.1} s | {:.1} MiB ({:.1}) | {} | {} | {} KiB ({}) | {} | {} | {:.0} MiB |",
            self.epoch,
            self.priced_seconds,
            mib(keeper.resident_kib),
            mib(keeper.most_resident_kib),
            keeper.open_files,
            keeper.threads,
            self.store_bytes / 1_024,
            self.store_log_bytes / 1_024,
            self.transactions,
            self.fee_lamports,
            mib(localnet.resident_kib)
        )
    }
}
