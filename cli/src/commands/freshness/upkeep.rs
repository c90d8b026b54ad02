//! What was done for pools on the way, as it is told afterwards.

use std::fmt;

use serde::Serialize;
use sluice_client::{
    CrankReport,
    words::amounts::{counted, sol},
};

use crate::output::known;

/// What was done for pools on the way to a command's own work, and what the cluster took for it.
#[derive(Clone, Debug, Serialize)]
pub struct Upkeep {
    upkeep_signatures: Vec<String>,
    upkeep_fee_lamports: Option<u64>,
}

/// A result, and what was done for pools on the way.
#[derive(Debug, Serialize)]
pub struct Upkept<T> {
    #[serde(flatten)]
    report: T,
    #[serde(flatten)]
    upkeep: Upkeep,
}

impl Default for Upkeep {
    fn default() -> Self {
        Self {
            upkeep_signatures: Vec::new(),
            upkeep_fee_lamports: Some(0),
        }
    }
}

impl From<&CrankReport> for Upkeep {
    fn from(report: &CrankReport) -> Self {
        Self {
            upkeep_signatures: report.signatures.iter().map(ToString::to_string).collect(),
            upkeep_fee_lamports: report.fee_lamports,
        }
    }
}

impl Upkeep {
    /// Notes one more transaction, and its fee where a node says it.
    pub fn note(&mut self, signature: String, fee_lamports: Option<u64>) {
        self.upkeep_signatures.push(signature);
        self.add_fee(fee_lamports);
    }

    /// Both.
    pub fn and(mut self, other: Self) -> Self {
        self.upkeep_signatures.extend(other.upkeep_signatures);
        self.add_fee(other.upkeep_fee_lamports);
        self
    }

    fn add_fee(&mut self, fee_lamports: Option<u64>) {
        let both = self.upkeep_fee_lamports.zip(fee_lamports);
        self.upkeep_fee_lamports = both.map(|(sum, fee)| sum.saturating_add(fee));
    }

    /// Whether nothing was sent.
    pub fn is_nothing(&self) -> bool {
        self.upkeep_signatures.is_empty()
    }

    /// The same beside a command's own result.
    pub fn with<T>(self, report: T) -> Upkept<T> {
        Upkept {
            report,
            upkeep: self,
        }
    }
}

impl fmt::Display for Upkeep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}, fees {}",
            counted(self.upkeep_signatures.len(), "transaction"),
            known(self.upkeep_fee_lamports, sol)
        )
    }
}

impl<T: fmt::Display> fmt::Display for Upkept<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.report.to_string();
        writeln!(formatter, "{}", report.trim_end())?;
        if self.upkeep.is_nothing() {
            return Ok(());
        }
        write!(
            formatter,
            "\nBefore that, to bring pools up to date: {}",
            self.upkeep
        )
    }
}
