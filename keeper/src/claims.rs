//! Claims for others: a settled ticket pays its owner, whoever claims it.

use std::{cmp::Reverse, time::Instant};

use sluice_client::{
    ClientError, Confirmed, Executor, OwnedTicket, PoolSnapshot, Repeat, TicketPayout,
    tickets_of_pool, words::amounts::sol,
};
use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;
use tracing::info;

use crate::{chronicle::Chronicle, known::Action, outcome::Outcome, stop::Stop};

/// Claims in one transaction: their accounts fit without a lookup table.
const CLAIMS_PER_TRANSACTION: usize = 4;

/// The claims of a pool.
pub struct Claims {
    budget: Budget,
    /// Epoch and unclaimed lamports when the tickets were last looked for.
    searched: Option<(u64, u64)>,
}

/// What claims are made with.
pub struct Around<'a> {
    /// The nodes.
    pub rpc: &'a RpcClient,
    /// What sends.
    pub executor: &'a Executor<'a>,
    /// Where it is noted.
    pub chronicle: &'a Chronicle<'a>,
    /// The pool as it was just read.
    pub snapshot: &'a PoolSnapshot,
    /// Whether to end.
    pub stop: &'a Stop,
}

/// What claims may cost in an epoch.
#[derive(Debug, PartialEq, Eq)]
struct Budget {
    most: Lamports,
    epoch: u64,
    spent: Lamports,
}

/// A ticket that can be claimed in full.
struct Due {
    owned: OwnedTicket,
    payout: TicketPayout,
}

impl Budget {
    /// Whether this much more is within it.
    fn allows(&self, lamports: Lamports) -> bool {
        let after = self.spent.add(lamports);
        after.is_ok_and(|after| after <= self.most)
    }

    /// Each epoch has the whole of it.
    fn enter(&mut self, epoch: u64) {
        if self.epoch != epoch {
            (self.epoch, self.spent) = (epoch, Lamports::ZERO);
        }
    }

    fn spend(&mut self, lamports: Lamports) {
        self.spent = self.spent.add(lamports).unwrap_or(self.most);
    }
}

impl Claims {
    /// Claims that cost at most so much in an epoch.
    pub fn new(most: Lamports) -> Self {
        Self {
            budget: Budget {
                most,
                epoch: 0,
                spent: Lamports::ZERO,
            },
            searched: None,
        }
    }

    /// Claims what is settled in full, as long as the budget lasts. Tickets are looked for only when what is
    /// unclaimed has changed.
    ///
    /// Fails where no node answers, or where it is not known what became of a transaction.
    pub fn turn(&mut self, around: &Around<'_>) -> Result<(), ClientError> {
        let now = (
            around.snapshot.cluster.clock.epoch,
            around.snapshot.pool.claims_lamports,
        );
        self.budget.enter(now.0);
        if now.1 == 0 || self.searched == Some(now) {
            return Ok(());
        }
        for together in due(around.rpc, around.snapshot)?.chunks(CLAIMS_PER_TRANSACTION) {
            match self.claim(around, together) {
                // One bad ticket must not hold up the others.
                Err(ClientError::Refused(_)) => {
                    for alone in together.chunks(1) {
                        self.claim_alone(around, alone)?;
                    }
                }
                other => other?,
            }
        }
        self.searched = Some(now);
        Ok(())
    }

    fn claim_alone(&mut self, around: &Around<'_>, alone: &[Due]) -> Result<(), ClientError> {
        match self.claim(around, alone) {
            // Such as where another keeper was faster.
            Err(error @ ClientError::Refused(_)) => {
                info!(
                    pool = around.chronicle.pool,
                    "A ticket is left out: {error}"
                );
                Ok(())
            }
            other => other,
        }
    }

    fn claim(&mut self, around: &Around<'_>, due: &[Due]) -> Result<(), ClientError> {
        let most = around.executor.most_fees(1);
        if around.stop.is_requested() || !self.budget.allows(most) {
            return Ok(());
        }
        let claims = due.iter().map(|due| due.claim(around.snapshot));
        let claims: Vec<Instruction> = claims.collect();
        let sent = match around.executor.send(&claims, &[], Repeat::Harmless) {
            Ok(sent) => sent,
            Err(error) => {
                let outcome = Outcome::of(&error);
                around.chronicle.note(|pool| pool.sums.count(outcome));
                if outcome.can_cost() {
                    self.budget.spend(most);
                }
                return Err(error);
            }
        };
        let confirmed = Confirmed::read(around.rpc, &sent.signature);
        let fee = confirmed.as_ref().map(|confirmed| confirmed.fee_lamports);
        self.budget.spend(fee.map_or(most, Lamports::new));
        around.chronicle.claimed(
            due.iter().map(Due::told),
            &sent.signature,
            confirmed.as_ref(),
        );
        Ok(())
    }
}

impl Due {
    fn claim(&self, snapshot: &PoolSnapshot) -> Instruction {
        let opener = self.owned.batch.opener;
        snapshot.addresses.claim(&self.owned.accounts(), opener)
    }

    /// What is said of it, and what its owner is paid.
    fn told(&self) -> (String, u64) {
        let (owner, lamports) = (self.owned.ticket.owner, self.payout.claimable.get());
        let ticket = self.owned.address;
        let paid = sol(lamports);
        (format!("Ticket {ticket} pays {owner} {paid}"), lamports)
    }
}

/// The tickets that a claim pays in full and closes, those that pay most first.
fn due(rpc: &RpcClient, snapshot: &PoolSnapshot) -> Result<Vec<Due>, ClientError> {
    let mut due = Vec::new();
    for owned in tickets_of_pool(rpc, &snapshot.addresses.pool)? {
        let payout = snapshot.ticket_payout(&owned.ticket, &owned.batch)?;
        if payout.can_claim && payout.closes {
            due.push(Due { owned, payout });
        }
    }
    due.sort_by_key(|due| Reverse(due.payout.claimable));
    Ok(due)
}

impl Chronicle<'_> {
    /// Tickets were claimed in one transaction.
    fn claimed(
        &self,
        told: impl Iterator<Item = (String, u64)>,
        signature: &Signature,
        confirmed: Option<&Confirmed>,
    ) {
        self.note(|pool| {
            pool.sums.count(Outcome::Landed);
            if let Some(confirmed) = confirmed {
                let (sums, fee) = (&mut pool.sums, confirmed.fee_lamports);
                sums.pay(fee, confirmed.rent_lamports());
                sums.claim_fee_lamports = sums.claim_fee_lamports.saturating_add(fee);
            }
            for (why, lamports) in told {
                info!(pool = self.pool, action = "claim", %signature, "{why}.");
                let sums = &mut pool.sums;
                sums.claims = sums.claims.saturating_add(1);
                sums.claimed_lamports = sums.claimed_lamports.saturating_add(lamports);
                pool.act(Action {
                    at: Instant::now(),
                    kind: "claim".to_owned(),
                    why,
                    outcome: Outcome::Landed,
                    signature: Some(signature.to_string()),
                });
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_never_exceeded_and_each_epoch_has_its_own() {
        let mut budget = Claims::new(Lamports::new(10)).budget;
        budget.enter(7);
        assert!(budget.allows(Lamports::new(10)) && !budget.allows(Lamports::new(11)));
        budget.spend(Lamports::new(6));
        budget.enter(7);
        assert!(budget.allows(Lamports::new(4)) && !budget.allows(Lamports::new(5)));
        budget.spend(Lamports::new(u64::MAX));
        assert!(!budget.allows(Lamports::new(1)));
        budget.enter(8);
        assert!(budget.allows(Lamports::new(10)));
    }
}
