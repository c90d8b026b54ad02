//! What was done and is not stored yet.

use std::{collections::VecDeque, time::SystemTime};

use crate::{known::Action, leftover::Cost, outcome::Sums};

/// More are not kept while the store is away: weeks of a pool.
const MOST: usize = 10_000;

/// Actions of a pool that are not stored yet, oldest first.
#[derive(Debug, Default)]
pub struct Unstored {
    actions: VecDeque<Numbered>,
    last_number: u64,
    /// Fees and rent until the last action: each transaction's cost is counted before its actions.
    fee_lamports: u64,
    rent_lamports: i64,
}

/// An action with its number and its cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// Microseconds since 1970, each once.
    pub number: u64,
    /// What it was.
    pub kind: String,
    /// What came of it.
    pub outcome: String,
    /// The transaction.
    pub signature: Option<String>,
    /// What its transaction cost; none in the further actions of one, and where it is not known.
    pub fee_lamports: Option<u64>,
    /// Rent that it paid, in the same action; negative where rent came back.
    pub rent_lamports: Option<i64>,
    /// Whether an earlier run did it, and may have stored it.
    pub is_leftover: bool,
}

impl Unstored {
    /// Notes an action. The sums have its cost already.
    pub fn note(&mut self, action: &Action, sums: &Sums, now: SystemTime) {
        let rent = rent_of(sums);
        let fees = sums.all_fee_lamports();
        let fee = fees.saturating_sub(self.fee_lamports);
        let paid = rent.saturating_sub(self.rent_lamports);
        (self.fee_lamports, self.rent_lamports) = (fees, rent);
        let cost = Cost {
            fee_lamports: (fee > 0).then_some(fee),
            rent_lamports: (fee > 0).then_some(paid),
        };
        self.push(action, cost, false, now);
    }

    /// Notes what became of something that an earlier run did: its cost is in no sum.
    pub fn note_leftover(&mut self, action: &Action, cost: Cost) {
        self.push(action, cost, true, SystemTime::now());
    }

    fn push(&mut self, action: &Action, cost: Cost, is_leftover: bool, now: SystemTime) {
        let passed = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let micros = u64::try_from(passed.as_micros()).unwrap_or_default();
        self.last_number = micros.max(self.last_number.saturating_add(1));
        self.actions.push_back(Numbered {
            number: self.last_number,
            kind: action.kind.clone(),
            outcome: action.outcome.to_string(),
            signature: action.signature.clone(),
            fee_lamports: cost.fee_lamports,
            rent_lamports: cost.rent_lamports,
            is_leftover,
        });
        if self.actions.len() > MOST {
            self.actions.pop_front();
        }
    }

    /// All of them.
    pub fn actions(&self) -> Vec<Numbered> {
        self.actions.iter().cloned().collect()
    }

    /// Forgets those up to this number: they are stored.
    pub fn forget_until(&mut self, number: u64) {
        self.actions.retain(|action| action.number > number);
    }
}

/// Rent that was paid in all, less what came back.
fn rent_of(sums: &Sums) -> i64 {
    let signed = |lamports| i64::try_from(lamports).unwrap_or(i64::MAX);
    signed(sums.rent_paid_lamports).saturating_sub(signed(sums.rent_recovered_lamports))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use sluice_client::Confirmed;
    use sluice_math::Lamports;
    use solana_signature::Signature;

    use super::*;
    use crate::outcome::{Outcome, Purpose};

    fn action() -> Action {
        Action {
            at: Instant::now(),
            kind: "settle".to_owned(),
            why: String::new(),
            outcome: Outcome::Landed,
            signature: None,
        }
    }

    #[test]
    fn a_transaction_s_cost_is_in_its_first_action_and_no_number_is_used_twice() {
        let (mut unstored, mut sums) = (Unstored::default(), Sums::default());
        let now = SystemTime::UNIX_EPOCH + Duration::from_micros(70);
        for (fee_lamports, rent) in [(5_000, 7), (0, 0), (6_000, -9)] {
            if fee_lamports > 0 {
                let signature = Signature::default();
                let after = 20_000 - fee_lamports as i64 - rent;
                let confirmed = Confirmed {
                    fee_lamports,
                    has_failed: false,
                    compute_units: None,
                    logs: None,
                    payer_lamports: Some((20_000, after as u64)),
                };
                sums.open(signature, Lamports::new(5_000), Purpose::Crank);
                sums.pay(&signature, Outcome::Landed, Some(&confirmed));
            }
            unstored.note(&action(), &sums, now);
        }
        let told: Vec<_> = unstored
            .actions()
            .iter()
            .map(|one| (one.number, one.fee_lamports, one.rent_lamports))
            .collect();
        assert_eq!(
            told,
            [
                (70, Some(5_000), Some(7)),
                (71, None, None),
                (72, Some(6_000), Some(-9)),
            ]
        );
        unstored.forget_until(71);
        assert_eq!(unstored.actions().len(), 1);
    }

    #[test]
    fn a_store_that_is_away_for_long_costs_no_more_memory() {
        let mut unstored = Unstored::default();
        for _ in 0..MOST + 5 {
            unstored.note(&action(), &Sums::default(), SystemTime::now());
        }
        assert_eq!(unstored.actions().len(), MOST);
    }
}
