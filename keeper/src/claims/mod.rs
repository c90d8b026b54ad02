//! Claims for others: a settled ticket pays its owner, whoever claims it.

mod budget;
mod due;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Instant,
};

pub use budget::Budget;
use due::Due;
use sluice_client::{
    AccountSource, ClientError, Confirmed, Repeat, own_delay,
    send::packing::Packing,
    words::amounts::{counted, sol},
};
use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;
use strum::EnumString;
use tracing::info;

use crate::{
    around::Around,
    chronicle::{Chronicle, Tried},
    outcome::{Purpose, add},
    purse::PoolPurse,
};

/// Whose settled tickets are claimed.
#[derive(Clone, Copy, Debug, Default, EnumString, PartialEq, Eq)]
#[strum(serialize_all = "lowercase")]
pub enum Which {
    /// Nobody's.
    #[default]
    None,
    /// Those that are the last ones of their batches, so that the batches close.
    Last,
    /// Everybody's.
    All,
}

/// The claims of a pool.
pub struct Claims {
    which: Which,
    budget: RefCell<Budget>,
    /// Tickets of this turn that the budget is too small for.
    held_back: Cell<u64>,
    /// The epoch of which it was said that its budget is spent.
    told: Cell<Option<u64>>,
    /// Epoch and unclaimed lamports when the tickets were last looked for.
    searched: Option<(u64, u64)>,
    /// When this keeper looks for them next: keepers of a pool do so at different moments.
    begins: Option<Instant>,
}

impl Claims {
    /// Claims that cost at most so much in an epoch; `path` is where it is written down what they cost.
    pub fn new(which: Which, most: Lamports, path: PathBuf) -> Self {
        Self {
            which,
            budget: RefCell::new(Budget::new(most, path)),
            held_back: Cell::new(0),
            told: Cell::new(None),
            searched: None,
            begins: None,
        }
    }

    /// When the next turn claims, where something can be claimed.
    pub fn begins(&self) -> Option<Instant> {
        self.begins
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
        self.budget.borrow_mut().enter(now.0);
        if now.1 == 0 {
            around.chronicle.note(|pool| pool.claims_held_back = 0);
        }
        if now.1 == 0 || self.searched == Some(now) {
            return Ok(());
        }
        let delay = || own_delay(&around.executor.payer(), around.snapshot);
        if Instant::now() < *self.begins.get_or_insert_with(|| Instant::now() + delay()) {
            return Ok(());
        }
        self.begins = None;
        let due = due::of_pool(around.rpc, around.snapshot, self.which)?;
        let purse = PoolPurse {
            chronicle: around.chronicle,
            purpose: Purpose::Claim,
            budget: Some(&self.budget),
        };
        let around = &Around {
            executor: &around.executor.clone().with_purse(&purse),
            ..*around
        };
        self.held_back.set(0);
        for together in packed(around, &due)? {
            self.claim(around, together)?;
        }
        self.searched = Some(now);
        self.tell_held_back(around.chronicle, now.0);
        Ok(())
    }

    /// Says once in an epoch that its budget is spent.
    fn tell_held_back(&self, chronicle: &Chronicle<'_>, epoch: u64) {
        let held_back = self.held_back.get();
        chronicle.note(|pool| pool.claims_held_back = held_back);
        if held_back == 0 || self.told.replace(Some(epoch)) == Some(epoch) {
            return;
        }
        let most = sol(self.budget.borrow().most().get());
        info!(
            pool = chronicle.pool,
            "What claims may cost in epoch {epoch} is spent ({most}). {} can be claimed by their owners, and by this \
             keeper from the next epoch on. `max_claim_fees_sol` sets how much.",
            counted(held_back, "settled ticket")
        );
    }

    fn hold_back(&self, due: &[Due]) {
        let count = u64::try_from(due.len()).unwrap_or(u64::MAX);
        self.held_back
            .set(self.held_back.get().saturating_add(count));
    }

    /// Claims these tickets, or those of them that nobody else has claimed meanwhile.
    fn claim(&self, around: &Around<'_>, due: &[Due]) -> Result<(), ClientError> {
        let now = due::again(around.rpc, around.snapshot, due)?;
        if now.len() < due.len() {
            around
                .chronicle
                .claimed_by_others(due.len() - now.len(), None);
        }
        let most = around.executor.most_fees(1);
        if now.is_empty() || around.stop.is_requested() {
            return Ok(());
        }
        if self.budget.borrow().left() < most {
            self.hold_back(&now);
            return Ok(());
        }
        let closed = closed_batches(around.rpc, &now)?;
        let claims: Vec<Instruction> = now.iter().map(|due| due.claim(around.snapshot)).collect();
        match around.executor.send(&claims, &[], Repeat::Harmless) {
            Ok(sent) => {
                let confirmed = Confirmed::read(around.rpc, &sent.signature);
                let chronicle = around.chronicle;
                chronicle.claimed(&now, &closed, &sent.signature, confirmed.as_ref());
                Ok(())
            }
            Err(error) => self.refused(around, &now, error),
        }
    }

    /// One bad ticket must not hold up the others, and one that somebody else claimed is no failure.
    fn refused(
        &self,
        around: &Around<'_>,
        due: &[Due],
        error: ClientError,
    ) -> Result<(), ClientError> {
        match error {
            // A copy that would have been signed anew.
            ClientError::TooDear { .. } => {
                self.hold_back(due);
                return Ok(());
            }
            ClientError::Refused(_) => {}
            error => {
                around.chronicle.failed(&told(due), &error);
                return Err(error);
            }
        }
        let left = due::again(around.rpc, around.snapshot, due)?;
        if left.len() < due.len() {
            around.chronicle.in_vain(&error);
            let claimed = due.len() - left.len();
            around
                .chronicle
                .claimed_by_others(claimed, error.paid_in_vain());
            return self.claim(around, &left);
        }
        if let [_] = due {
            around.chronicle.failed(&told(due), &error);
            return Ok(());
        }
        around.chronicle.in_vain(&error);
        due.chunks(1)
            .try_for_each(|alone| self.claim(around, alone))
    }
}

/// As many together as fit into a transaction, those that pay most first.
fn packed<'a>(around: &Around<'_>, due: &'a [Due]) -> Result<Vec<&'a [Due]>, ClientError> {
    let packing = Packing {
        addresses: &around.snapshot.addresses,
        payer: around.executor.payer(),
        tables: around.executor.lookup_tables(),
    };
    let claims = due.iter().map(|due| vec![due.claim(around.snapshot)]);
    let claims: Vec<Vec<Instruction>> = claims.collect();
    let together = packing.join(&[], &claims)?.into_iter();
    Ok(together.filter_map(|range| due.get(range)).collect())
}

/// The lamports of each batch that closes with these tickets, which go to who opened it.
fn closed_batches(rpc: &RpcClient, due: &[Due]) -> Result<Vec<u64>, ClientError> {
    let mut tickets: BTreeMap<Pubkey, u64> = BTreeMap::new();
    for due in due {
        add(tickets.entry(due.batch()).or_default(), 1);
    }
    let last = |due: &&Due| tickets.get(&due.batch()) == Some(&due.owned.batch.tickets);
    let closed: BTreeSet<Pubkey> = due.iter().filter(last).map(Due::batch).collect();
    let closed: Vec<Pubkey> = closed.into_iter().collect();
    if closed.is_empty() {
        return Ok(Vec::new());
    }
    let accounts = rpc.accounts(&closed, None)?.accounts.into_iter();
    Ok(accounts.flatten().map(|account| account.lamports).collect())
}

fn told(due: &[Due]) -> Vec<Tried> {
    let tried = due.iter().map(|due| Tried {
        kind: "claim".to_owned(),
        why: due.told(),
        step: None,
    });
    tried.collect()
}

impl Chronicle<'_> {
    /// Tickets were claimed in one transaction, and batches of so much rent closed with them.
    fn claimed(
        &self,
        due: &[Due],
        closed: &[u64],
        signature: &Signature,
        confirmed: Option<&Confirmed>,
    ) {
        self.landed(&told(due), signature, confirmed);
        for rent in closed {
            let rent = sol(*rent);
            info!(pool = self.pool, %signature, "With it a batch closed: who opened it got {rent} back.");
        }
        self.note(|pool| {
            let sums = &mut pool.sums;
            for due in due {
                add(&mut sums.claims, 1);
                add(&mut sums.claimed_lamports, due.payout.claimable.get());
            }
            for rent in closed {
                add(&mut sums.batches_closed, 1);
                add(&mut sums.batch_rent_lamports, *rent);
            }
        });
    }

    /// Somebody else was faster.
    fn claimed_by_others(&self, tickets: usize, paid: Option<Signature>) {
        let tickets = counted(u64::try_from(tickets).unwrap_or(u64::MAX), "ticket");
        let why = format!("Somebody else has claimed {tickets} meanwhile");
        self.overtaken("claim", why, paid);
    }
}
