//! What an earlier run signed, and left undecided when it was ended at once: it is in no sum of this run, so
//! that it is counted apart, and stored like everything else that was done.

use std::time::Instant;

use sluice_client::{Confirmed, Outlook, Pending};
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;
use tracing::warn;

use crate::{
    chronicle::Chronicle,
    known::{Action, KnownPool},
    outcome::{Outcome, add},
    service::Connected,
};

/// What it is called among actions.
const KIND: &str = "leftover";

/// What a transaction cost, as far as nodes say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Its fee.
    pub fee_lamports: Option<u64>,
    /// Rent that it paid; negative where rent came back.
    pub rent_lamports: Option<i64>,
}

impl Cost {
    fn of(confirmed: &Confirmed) -> Self {
        let rent = confirmed.rent_lamports();
        Self {
            fee_lamports: Some(confirmed.fee_lamports),
            rent_lamports: rent.and_then(|rent| i64::try_from(rent).ok()),
        }
    }
}

/// What became of a transaction; none as long as nobody knows.
pub fn outcome_of(outlook: Outlook) -> Option<Outcome> {
    match outlook {
        Outlook::Landed { .. } => Some(Outcome::Landed),
        Outlook::Failed { .. } => Some(Outcome::Failed),
        Outlook::NeverArrived => Some(Outcome::Expired),
        Outlook::Undecided => None,
    }
}

impl Chronicle<'_> {
    /// Notes what became of a transaction of an earlier run, in the books of its pool. One of another key, or
    /// of a pool that is not kept any more, is nobody's.
    pub fn inherit(
        &self,
        rpc: &RpcClient,
        connected: &Connected,
        (entry, outlook): &(Pending, Outlook),
        signature: &Signature,
    ) {
        let Some(outcome) = outcome_of(*outlook) else {
            return;
        };
        let is_own = entry.payer == self.shared.lock().keeper.to_string();
        let of_entry = entry.pool.as_deref().filter(|_| is_own);
        let mut pools = connected.pools.iter();
        let index = pools.position(|pool| of_entry == Some(&pool.pool.to_string()));
        let Some(index) = index else {
            warn!(
                signature = entry.signature,
                "It is counted for no pool: the journal names none that is kept."
            );
            return;
        };
        let confirmed = (outcome != Outcome::Expired)
            .then(|| Confirmed::read(rpc, signature))
            .flatten();
        let action = Action {
            at: Instant::now(),
            kind: KIND.to_owned(),
            why: format!("An earlier run left it undecided: {}", entry.what),
            outcome,
            signature: Some(entry.signature.clone()),
        };
        let cost = confirmed.as_ref().map(Cost::of).unwrap_or_default();
        if let Some(pool) = self.shared.lock().pools.get_mut(index) {
            pool.inherit(action, cost);
        }
    }
}

impl KnownPool {
    fn inherit(&mut self, action: Action, cost: Cost) {
        let outcome = action.outcome;
        add(self.sums.leftovers.entry(outcome).or_default(), 1);
        let fees = self.sums.leftover_fee_lamports.entry(outcome).or_default();
        add(fees, cost.fee_lamports.unwrap_or_default());
        self.unstored.note_leftover(&action, cost);
        self.remember(action);
    }
}
