//! The same instruction for another validator, ticket or user of the same pool.

use sluice_client::transfer_ticket;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{Case, TwoPools};

/// An instruction that differs from a [`Case`] in all that belongs to one thing.
#[derive(Clone, Debug)]
pub struct Sibling {
    /// What it is for another one of: pool, validator, ticket, user.
    pub of: &'static str,
    /// The instruction. It need not have anything to do.
    pub instruction: Instruction,
}

impl Sibling {
    /// For another one of these.
    pub fn of(of: &'static str, instruction: &Instruction) -> Self {
        Self {
            of,
            instruction: instruction.clone(),
        }
    }
}

impl TwoPools {
    /// All siblings of a case within the pool that verbs act on.
    pub async fn siblings(&mut self, case: &Case) -> Vec<Sibling> {
        let mut siblings = Vec::new();
        for number in 0..4 {
            let vote = self.pool.vote(number);
            let place = self.pool.place(&vote).await;
            if let Some((instruction, _)) = self.build_at(case.name, &place).await {
                siblings.push(Sibling::of("validator", &instruction));
            }
        }
        siblings.extend(self.ticket_siblings(case.name).await);
        siblings.extend(self.of_another_user(case));
        siblings.retain(|sibling| sibling.instruction != case.instruction);
        siblings
    }

    /// The instruction for each ticket or batch of the pool.
    async fn ticket_siblings(&mut self, name: &str) -> Vec<Sibling> {
        let tickets = self.tickets();
        let mut siblings = Vec::new();
        for ticket in [tickets.claimable, tickets.due, tickets.open] {
            let owner = self.pool.ticket(&ticket.ticket).await.owner;
            let of = ticket.of(&owner);
            let instruction = match name {
                "claim" => self.pool.claim_instruction(&ticket).await,
                "cancel_ticket" => {
                    let recipient = self.pool.lst_account(&self.alice.pubkey());
                    self.pool.addresses.cancel_ticket(&of, recipient)
                }
                "transfer_ticket" => transfer_ticket(&of, self.bob.pubkey(), ticket.lst),
                "settle_batch" => self.pool.addresses.settle_batch(ticket.batch_id),
                _ => continue,
            };
            siblings.push(Sibling::of("ticket", &instruction));
        }
        siblings
    }

    /// The instruction with bob in alice's place.
    fn of_another_user(&self, case: &Case) -> Option<Sibling> {
        let [alice, bob] = [&self.alice, &self.bob].map(Signer::pubkey);
        let lst = |user: &Pubkey| self.pool.lst_account(user);
        let replaced = [(alice, bob), (lst(&alice), lst(&bob))];
        let mut instruction = case.instruction.clone();
        for meta in &mut instruction.accounts {
            let by = replaced.iter().find(|(ours, _)| *ours == meta.pubkey);
            meta.pubkey = by.map_or(meta.pubkey, |(_, by)| *by);
        }
        (instruction != case.instruction).then(|| Sibling::of("user", &instruction))
    }
}
