//! Whether the accounts that a node shows are those of the slot that it names.

use std::sync::Arc;

use serde_json::{Value, json};
use solana_commitment_config::CommitmentLevel;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::request::RpcRequest;
use solana_sdk_ids::sysvar;
use tokio::time::Instant;

use super::{
    cluster::Cluster,
    fault::{Fault, Trouble},
    node::Node,
    question::Question,
    shown::Shown,
};
use crate::MAX_ADDRESSES;

/// How far the clock among the accounts may be from the slot that the node names. In a bank both are
/// the same; a provider that keeps accounts elsewhere may be some slots off.
pub const LATE_SLOTS: u64 = 32;

/// The clock, what tells its epochs, and as many of these accounts as one call takes.
pub(super) fn with_time(accounts: &[Pubkey]) -> Vec<Pubkey> {
    let time = [sysvar::clock::ID, sysvar::epoch_schedule::ID].into_iter();
    let all = time.chain(accounts.iter().copied());
    all.take(MAX_ADDRESSES).collect()
}

/// Why accounts are not those of the slot that the node names.
enum Untimely {
    /// They are at least so many slots old.
    Old(u64),
    /// No bank of that slot has such a clock.
    Impossible,
}

impl Cluster {
    /// The slot that an answer is really of: that of the clock among its accounts, where there is one,
    /// else that which the node names. Refuses old accounts that are shown as new ones, and a clock that
    /// cannot be, and sets the node aside where another one is left.
    pub(super) fn slot_of_accounts(
        &self,
        node: &Arc<Node>,
        question: &Question,
        answer: &Value,
        named: u64,
    ) -> Result<u64, Fault> {
        let name = node.name.clone();
        let fault = match self.time_of(question, answer, named) {
            Ok(slot) => return Ok(slot),
            Err(Untimely::Old(slots)) => Fault::Outdated { node: name, slots },
            Err(Untimely::Impossible) => Fault::Contradictory { node: name },
        };
        // What one node alone says of transactions is needed all the same.
        Err(match self.in_order().len() > 1 {
            true => self.set_aside(node, fault),
            false => fault,
        })
    }

    /// The slot that an answer is of.
    fn time_of(&self, question: &Question, answer: &Value, named: u64) -> Result<u64, Untimely> {
        let shown = Shown::of(question, answer);
        if !shown.is_possible_at(named, LATE_SLOTS) {
            return Err(Untimely::Impossible);
        }
        let slot = shown.slot().map_or(named, |slot| slot.min(named));
        if named - slot > LATE_SLOTS {
            return Err(Untimely::Old(named - slot));
        }
        // What is not confirmed may be undone.
        if question.commitment == CommitmentLevel::Processed {
            return Ok(slot);
        }
        let now = Instant::now();
        // What a provider keeps by the account may be newer than its clock.
        let slots = slot..=named;
        let takes = shown.pools.into_iter().map(|(address, progress)| {
            let taken = self.reached.take(address, progress, &slots, now);
            taken.err()
        });
        match takes.max().flatten() {
            Some(slots) => Err(Untimely::Old(slots)),
            None => Ok(slot),
        }
    }

    /// Whether a node that was set aside for old accounts shows new ones.
    pub(super) async fn shows_new_accounts(
        &self,
        node: &Arc<Node>,
        until: Instant,
    ) -> Result<bool, Trouble> {
        let addresses = with_time(&self.reached.pools());
        let addresses: Vec<String> = addresses.iter().map(Pubkey::to_string).collect();
        let params = json!([addresses, { "encoding": "base64", "commitment": "confirmed" }]);
        let request = RpcRequest::GetMultipleAccounts;
        let question = Question::new(0, request, params, self.manners.patience);
        let answer = node.ask(&question, until).await?;
        let named = question.slot_of(&answer);
        Ok(named.is_some_and(|named| self.time_of(&question, &answer, named).is_ok()))
    }
}
