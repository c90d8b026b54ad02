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

/// How far the clock among the accounts may be behind the slot that the node names. In a bank it is not
/// behind at all; a provider that keeps accounts elsewhere may be some slots late.
pub const LATE_SLOTS: u64 = 32;

/// The clock, what tells its epochs, and as many of these accounts as one call takes.
pub(super) fn with_time(accounts: &[Pubkey]) -> Vec<Pubkey> {
    let time = [sysvar::clock::ID, sysvar::epoch_schedule::ID].into_iter();
    let all = time.chain(accounts.iter().copied());
    all.take(MAX_ADDRESSES).collect()
}

impl Cluster {
    /// The slot that an answer is really of: that of the clock among its accounts, where there is one,
    /// else that which the node names. Refuses old accounts that are shown as new ones, and sets the
    /// node aside where another one is left.
    pub(super) fn slot_of_accounts(
        &self,
        node: &Arc<Node>,
        question: &Question,
        answer: &Value,
        named: u64,
    ) -> Result<u64, Fault> {
        let (slot, age) = self.age(question, answer, named);
        let Some(slots) = age else {
            return Ok(slot);
        };
        let outdated = Fault::Outdated {
            node: node.name.clone(),
            slots,
        };
        // What one node alone says of transactions is needed all the same.
        Err(match self.in_order().len() > 1 {
            true => self.set_aside(node, outdated),
            false => outdated,
        })
    }

    /// The slot that an answer is of, and the age of its accounts in slots where they are old.
    fn age(&self, question: &Question, answer: &Value, named: u64) -> (u64, Option<u64>) {
        let shown = Shown::of(question, answer);
        let slot = shown.slot().map_or(named, |slot| slot.min(named));
        let late = Some(named - slot).filter(|slots| *slots > LATE_SLOTS);
        // What is not confirmed may be undone.
        if late.is_some() || question.commitment == CommitmentLevel::Processed {
            return (slot, late);
        }
        let now = Instant::now();
        // What a provider keeps by the account may be newer than its clock.
        let slots = slot..=named;
        let takes = shown.pools.into_iter().map(|(address, progress)| {
            let taken = self.reached.take(address, progress, &slots, now);
            taken.err()
        });
        (slot, takes.max().flatten())
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
        Ok(named.is_some_and(|named| self.age(&question, &answer, named).1.is_none()))
    }
}
