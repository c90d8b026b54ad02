//! What it costs to bring pools up to date, as it is told before.

use sluice_client::{
    Executor,
    words::amounts::{counted, sol},
};
use solana_pubkey::Pubkey;

/// What is done for pools before a command does its own work.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    needs: Vec<Need>,
}

#[derive(Clone, Copy, Debug)]
struct Need {
    pool: Pubkey,
    what: &'static str,
    epoch: u64,
    transactions: usize,
}

impl Cost {
    /// So many transactions for a pool, which is then `what`, such as `priced`, for this epoch.
    pub fn of(pool: Pubkey, what: &'static str, epoch: u64, transactions: usize) -> Self {
        let need = Need {
            pool,
            what,
            epoch,
            transactions,
        };
        let needs = match transactions {
            0 => Vec::new(),
            _ => vec![need],
        };
        Self { needs }
    }

    /// Both.
    pub fn and(mut self, other: Self) -> Self {
        self.needs.extend(other.needs);
        self
    }

    /// Whether nothing is to be done.
    pub fn is_nothing(&self) -> bool {
        self.needs.is_empty()
    }

    /// How many transactions are planned.
    pub fn transactions(&self) -> usize {
        self.needs.iter().map(|need| need.transactions).sum()
    }

    /// Lines of a list of facts: what comes first, and what that costs. None where nothing does.
    pub fn facts(&self, executor: &Executor<'_>) -> Vec<(&'static str, String)> {
        if self.is_nothing() {
            return Vec::new();
        }
        let first = self.needs.iter().map(|need| {
            let (pool, what, epoch) = (need.pool, need.what, need.epoch);
            let count = counted(need.transactions, "transaction");
            (
                "First",
                format!("{pool} is {what} for epoch {epoch}: {count}"),
            )
        });
        let planned = self.transactions();
        let [about, most] = [
            executor.usual_fees(planned),
            executor.most_fees(most(planned)),
        ];
        let cost = format!("about {} of fees, at most {}", sol(about), sol(most));
        first.chain([("Its cost", cost)]).collect()
    }
}

/// How many transactions are sent at most where so many are planned: those of a refused one are tried
/// one by one.
pub fn most(planned: usize) -> usize {
    planned.saturating_mul(2)
}
