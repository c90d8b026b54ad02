//! The newest slots that answers were of. What is older is refused, not shown.

use std::sync::{Mutex, PoisonError};

use solana_commitment_config::CommitmentLevel;

/// The newest slot at each commitment, in this process.
#[derive(Debug, Default)]
pub(super) struct Seen {
    newest: Mutex<[u64; 3]>,
}

impl Seen {
    /// Takes note of an answer. An answer of an older slot than one of the same or of a higher
    /// commitment is refused with how many slots it is behind: what is confirmed may not be
    /// older than what was finalized, but well than what was processed.
    pub fn take(&self, commitment: CommitmentLevel, slot: u64) -> Result<(), u64> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let rank = rank(commitment);
        let known = newest[rank..].iter().copied().max().unwrap_or_default();
        if slot < known {
            return Err(known - slot);
        }
        newest[rank] = slot;
        Ok(())
    }

    /// Forgets all slots after this one: they were of a node that cannot be believed.
    pub fn forget_after(&self, slot: u64) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        for known in newest.iter_mut() {
            *known = slot.min(*known);
        }
    }
}

fn rank(commitment: CommitmentLevel) -> usize {
    match commitment {
        CommitmentLevel::Processed => 0,
        CommitmentLevel::Confirmed => 1,
        CommitmentLevel::Finalized => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_compared_with_those_of_the_same_or_a_higher_commitment() {
        use CommitmentLevel::{Confirmed, Finalized, Processed};
        let seen = Seen::default();
        assert_eq!(seen.take(Processed, 130), Ok(()));
        assert_eq!(seen.take(Confirmed, 128), Ok(()));
        assert_eq!(seen.take(Finalized, 97), Ok(()));
        assert_eq!(seen.take(Confirmed, 127), Err(1));
        assert_eq!(seen.take(Processed, 129), Err(1));
        assert_eq!(seen.take(Finalized, 90), Err(7));
        assert_eq!(seen.take(Finalized, 140), Ok(()));
        assert_eq!(seen.take(Confirmed, 139), Err(1));
        assert_eq!(seen.take(Confirmed, 140), Ok(()));
    }
}
