//! What came of transactions, and what they cost and brought.

use std::collections::BTreeMap;

use sluice_client::ClientError;
use strum::{Display, EnumIter};

/// What came of a transaction.
#[derive(Clone, Copy, Debug, Display, EnumIter, PartialEq, Eq, PartialOrd, Ord)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// It did what it should.
    Landed,
    /// It was executed in vain, and paid for.
    Failed,
    /// The simulation refused it: it was not sent.
    Refused,
    /// It was in no block when its blockhash had expired.
    Expired,
    /// It may still arrive.
    Undecided,
    /// No node answered: it was not sent.
    NotSent,
    /// The journal could not be written: it was not sent.
    NotNoted,
}

/// Sums of what was done for a pool since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Transactions by what came of them.
    pub transactions: BTreeMap<Outcome, u64>,
    /// Fees that the cluster took, as far as nodes say.
    pub fee_lamports: u64,
    /// Rent that the keeper paid.
    pub rent_paid_lamports: u64,
    /// Tickets that were claimed for their owners.
    pub claims: u64,
    /// What their owners were paid.
    pub claimed_lamports: u64,
    /// Of the fees, those of claims.
    pub claim_fee_lamports: u64,
    /// Rent that came back to the keeper.
    pub rent_recovered_lamports: u64,
}

impl Outcome {
    /// Whether it was sent, and so may have cost its fee.
    pub fn can_cost(self) -> bool {
        !matches!(self, Self::Refused | Self::NotSent | Self::NotNoted)
    }

    /// What came of a transaction that failed so.
    pub fn of(error: &ClientError) -> Self {
        match error {
            ClientError::Refused(refusal) if refusal.signature.is_some() => Self::Failed,
            ClientError::NotConfirmed { .. } => Self::Expired,
            ClientError::PerhapsSent { .. } | ClientError::NotTaken { .. } => Self::Undecided,
            ClientError::Rpc(_) => Self::NotSent,
            ClientError::Journal { .. } => Self::NotNoted,
            _ => Self::Refused,
        }
    }
}

impl Sums {
    /// Counts a transaction.
    pub fn count(&mut self, outcome: Outcome) {
        let count = self.transactions.entry(outcome).or_default();
        *count = count.saturating_add(1);
    }

    /// Adds what a transaction cost.
    pub fn pay(&mut self, fee_lamports: u64, rent_lamports: Option<i128>) {
        self.fee_lamports = self.fee_lamports.saturating_add(fee_lamports);
        let rent = rent_lamports.unwrap_or_default();
        let size = u64::try_from(rent.unsigned_abs()).unwrap_or(u64::MAX);
        let sum = match rent > 0 {
            true => &mut self.rent_paid_lamports,
            false => &mut self.rent_recovered_lamports,
        };
        *sum = sum.saturating_add(size);
    }
}
