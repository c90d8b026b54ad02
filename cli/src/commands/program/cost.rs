//! What a command about programs costs, said before anything is paid.

use anyhow::Result;
use sluice_client::{Executor, words::amounts::sol};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{
    commands::funds::{require_sol_at_once, require_sol_beside_rent},
    moment::roughly,
    session::Session,
};

/// What is paid, by what it is for.
#[derive(Clone, Debug, Default)]
pub struct Bill {
    /// What the payer must have at once, besides fees, in lamports.
    pub needed_lamports: u64,
    /// Lines of what it is for.
    pub parts: Vec<(&'static str, String)>,
    /// Transactions that are sent.
    pub transactions: usize,
    /// How many of them wait for the one before.
    pub in_order: usize,
    /// Signatures of all of them: each is paid.
    pub signatures: usize,
}

/// What it takes until a transaction is confirmed for which the next one waits, about, in seconds.
const EACH_SECONDS: usize = 2;

impl Bill {
    /// The lines, with the fees and the time that so many transactions take.
    pub fn facts(&self, executor: &Executor<'_>) -> Vec<(&'static str, String)> {
        let usual = self.usual_fees(executor);
        let most = self.most_fees(executor);
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
        let waiting = self.in_order.saturating_mul(EACH_SECONDS);
        let seconds = executor.usual_seconds(self.transactions);
        let seconds = seconds.saturating_add(u64::try_from(waiting).unwrap_or(u64::MAX));
        facts.push(("Takes", format!("about {}", roughly(seconds))));
        facts
    }

    /// The same with what comes after it.
    pub fn with(mut self, later: &Self) -> Self {
        self.needed_lamports = self.needed_lamports.saturating_add(later.needed_lamports);
        self.parts.extend(later.parts.iter().cloned());
        self.transactions = self.transactions.saturating_add(later.transactions);
        self.in_order = self.in_order.saturating_add(later.in_order);
        self.signatures = self.signatures.saturating_add(later.signatures);
        self
    }

    fn usual_fees(&self, executor: &Executor<'_>) -> Lamports {
        executor.usual_fees(self.signatures)
    }

    fn most_fees(&self, executor: &Executor<'_>) -> Lamports {
        let more = self.signatures.saturating_sub(self.transactions);
        let of_first = executor.most_fees(self.transactions).get();
        Lamports::new(of_first.saturating_add(executor.usual_fees(more).get()))
    }

    /// Fails where the payer has less, or would keep less than the rent of a wallet: then the cluster
    /// refuses one of the last transactions. Says where SOL comes from. Where nothing is sent, nobody pays.
    pub fn require_balance(
        &self,
        session: &Session,
        executor: &Executor<'_>,
        payer: &Pubkey,
    ) -> Result<()> {
        let fees = self.usual_fees(executor).get();
        let needed_lamports = self.needed_lamports.saturating_add(fees);
        // Several cannot end at nothing: a small fee would leave less than the rent before.
        match self.transactions {
            1 => require_sol_at_once(session, payer, needed_lamports),
            _ => require_sol_beside_rent(session, payer, needed_lamports),
        }
    }
}
