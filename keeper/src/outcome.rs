//! What keeping a pool costs and brings.

use std::collections::BTreeMap;

use sluice_client::{ClientError, Confirmed};
use sluice_math::Lamports;
use solana_signature::Signature;
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

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A crank.
    Crank,
    /// Claims for others.
    Claim,
    /// Closing a lookup table.
    Table,
}

/// Sums of what was done for a pool since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Transactions by what came of them.
    pub transactions: BTreeMap<Outcome, u64>,
    /// Fees that were paid, by what came of the transactions.
    pub fee_lamports: BTreeMap<Outcome, u64>,
    /// Of the fees, those of claims.
    pub claim_fee_lamports: u64,
    /// Rent that the keeper paid.
    pub rent_paid_lamports: u64,
    /// Rent that came back to the keeper.
    pub rent_recovered_lamports: u64,
    /// Tickets that were claimed for their owners.
    pub claims: u64,
    /// What their owners were paid.
    pub claimed_lamports: u64,
    /// Batches that were closed with their last tickets.
    pub batches_closed: u64,
    /// Their rent, which went back to who opened them.
    pub batch_rent_lamports: u64,
    /// Transactions that an earlier run left undecided, by what became of them.
    pub leftovers: BTreeMap<Outcome, u64>,
    /// Their fees, as far as nodes say.
    pub leftover_fee_lamports: BTreeMap<Outcome, u64>,
    /// Transactions that may be in a block and are in no other sum yet.
    open: BTreeMap<Signature, Open>,
}

/// A transaction that costs this if it is in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Open {
    fee: Lamports,
    purpose: Purpose,
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
            ClientError::Journal { .. } | ClientError::JournalDamaged { .. } => Self::NotNoted,
            _ => Self::Refused,
        }
    }
}

impl Sums {
    /// Counts a transaction.
    pub fn count(&mut self, outcome: Outcome) {
        add(self.transactions.entry(outcome).or_default(), 1);
    }

    /// A transaction is about to be sent.
    pub fn open(&mut self, signature: Signature, fee: Lamports, purpose: Purpose) {
        self.open.insert(signature, Open { fee, purpose });
    }

    /// Whether it may be in a block and is in no sum yet.
    pub fn is_open(&self, signature: &Signature) -> bool {
        self.open.contains_key(signature)
    }

    /// A transaction is in no block, and costs nothing.
    pub fn never_arrived(&mut self, signature: &Signature) {
        self.open.remove(signature);
    }

    /// Adds what a transaction cost, once for each. Its fee is what it offered, or more where a node
    /// says so; of its rent only nodes tell.
    pub fn pay(&mut self, signature: &Signature, outcome: Outcome, confirmed: Option<&Confirmed>) {
        let Some(Open { fee, purpose }) = self.open.remove(signature) else {
            return;
        };
        let told = confirmed.map_or(0, |confirmed| confirmed.fee_lamports);
        let fee = fee.get().max(told);
        add(self.fee_lamports.entry(outcome).or_default(), fee);
        if purpose == Purpose::Claim {
            add(&mut self.claim_fee_lamports, fee);
        }
        let rent = confirmed.and_then(Confirmed::rent_lamports);
        let rent = rent.unwrap_or_default();
        let size = u64::try_from(rent.unsigned_abs()).unwrap_or(u64::MAX);
        match rent > 0 {
            true => add(&mut self.rent_paid_lamports, size),
            false => add(&mut self.rent_recovered_lamports, size),
        }
    }

    /// All fees.
    pub fn all_fee_lamports(&self) -> u64 {
        let fees = self.fee_lamports.values();
        fees.fold(0, |sum, fee| sum.saturating_add(*fee))
    }
}

/// Adds to a sum that must not end the keeper.
pub fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirmed(fee_lamports: u64, payer_lamports: (u64, u64)) -> Confirmed {
        Confirmed {
            fee_lamports,
            has_failed: false,
            compute_units: None,
            logs: None,
            payer_lamports: Some(payer_lamports),
        }
    }

    #[test]
    fn a_transaction_is_paid_once_and_never_less_than_it_offered() {
        let mut sums = Sums::default();
        let [a, b, c] = [1, 2, 3].map(|byte| Signature::from([byte; 64]));
        for signature in [a, b, c] {
            sums.open(signature, Lamports::new(5_010), Purpose::Claim);
        }
        sums.pay(
            &a,
            Outcome::Landed,
            Some(&confirmed(5_000, (20_000, 14_000))),
        );
        sums.pay(
            &a,
            Outcome::Landed,
            Some(&confirmed(5_000, (20_000, 14_000))),
        );
        sums.pay(&b, Outcome::Failed, None);
        sums.never_arrived(&c);
        sums.pay(&c, Outcome::Landed, None);
        assert_eq!(sums.all_fee_lamports(), 10_020);
        assert_eq!(sums.fee_lamports[&Outcome::Failed], 5_010);
        assert_eq!(sums.claim_fee_lamports, 10_020);
        assert_eq!(sums.rent_paid_lamports, 1_000);
        assert!(sums.open.is_empty());
    }

    #[test]
    fn rent_that_comes_back_is_no_negative_rent_that_is_paid() {
        let (mut sums, signature) = (Sums::default(), Signature::default());
        sums.open(signature, Lamports::new(5_000), Purpose::Crank);
        sums.pay(
            &signature,
            Outcome::Landed,
            Some(&confirmed(7_000, (20_000, 15_000))),
        );
        assert_eq!(sums.all_fee_lamports(), 7_000, "a node knows of more");
        assert_eq!(sums.rent_recovered_lamports, 2_000);
        assert_eq!((sums.rent_paid_lamports, sums.claim_fee_lamports), (0, 0));
    }

    #[test]
    fn what_cannot_be_noted_is_not_called_refused() {
        let error = ClientError::Journal {
            path: "/full/pending".into(),
            why: "No space left on device".to_owned(),
        };
        let outcome = Outcome::of(&error);
        assert_eq!(outcome.to_string(), "not_noted");
        assert!(!outcome.can_cost());
    }
}
