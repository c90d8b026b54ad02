//! What a command about programs costs, said before anything is paid.

use anyhow::Result;
use sluice_client::{Executor, words::amounts::sol};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{commands::funds::require_sol, moment::roughly, session::Session};

/// What is paid, by what it is for.
#[derive(Clone, Debug, Default)]
pub struct Bill {
    /// What the payer must have at once, besides fees, in lamports.
    pub needed_lamports: u64,
    /// Lines of what it is for.
    pub parts: Vec<(&'static str, String)>,
    /// Transactions that are sent.
    pub transactions: usize,
    /// Signatures beyond one for each.
    pub more_signatures: usize,
}

impl Bill {
    /// The lines, with the fees and the time that so many transactions take.
    pub fn facts(&self, executor: &Executor<'_>) -> Vec<(&'static str, String)> {
        let usual = self.usual_fees(executor);
        let most = executor.most_fees(self.transactions).max(usual);
        let mut facts = vec![("Needed", format!("{}, and fees", sol(self.needed_lamports)))];
        facts.extend(self.parts.iter().cloned());
        let fees = match most > usual {
            true => format!("{}, and {} at most", sol(usual.get()), sol(most.get())),
            false => sol(usual.get()),
        };
        let transactions = match self.transactions {
            1 => "1 transaction".to_owned(),
            many => format!("{many} transactions"),
        };
        facts.push(("  Fees", format!("{transactions}: {fees}")));
        let seconds = executor.usual_seconds(self.transactions);
        facts.push(("Takes", format!("about {}", roughly(seconds))));
        facts
    }

    fn usual_fees(&self, executor: &Executor<'_>) -> Lamports {
        let signatures = self.transactions.saturating_add(self.more_signatures);
        executor.usual_fees(signatures)
    }

    /// Fails where the payer has less, and says where SOL comes from. Where nothing is sent, nobody pays.
    pub fn require_balance(
        &self,
        session: &Session,
        executor: &Executor<'_>,
        payer: &Pubkey,
    ) -> Result<()> {
        let fees = self.usual_fees(executor).get();
        require_sol(session, payer, self.needed_lamports.saturating_add(fees))
    }
}
