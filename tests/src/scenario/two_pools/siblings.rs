//! The same instruction for another validator, ticket or user of the same pool, or for accounts that
//! only say of themselves that they are another pool's.

use sluice_client::transfer_ticket;
use solana_account::Account;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{Case, POOLS, TwoPools};

/// An instruction that differs from a [`Case`] in all that belongs to one thing.
#[derive(Clone, Debug)]
pub struct Sibling {
    /// What the accounts are that it has in place of others.
    pub are: &'static str,
    /// The instruction. It need not have anything to do.
    pub instruction: Instruction,
    /// Whether it is an attack also as it is, and not only in part.
    pub is_attack: bool,
}

impl Sibling {
    /// One that anybody may send who may sign.
    pub fn of(are: &'static str, instruction: &Instruction) -> Self {
        Self {
            are,
            instruction: instruction.clone(),
            is_attack: false,
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
                siblings.push(Sibling::of("of another validator", &instruction));
            }
        }
        siblings.extend(self.ticket_siblings(case.name).await);
        siblings.extend(self.of_another_user(case));
        siblings.push(self.of_twins(case).await);
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
            siblings.push(Sibling::of("of another ticket", &instruction));
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
        (instruction != case.instruction).then(|| Sibling::of("of another user", &instruction))
    }

    /// The instruction with the twins of all accounts of the program that name their pool: they have
    /// the same content, but name the other pool. Somebody who has a pool with the same validators, serials
    /// and batches comes close to that.
    async fn of_twins(&mut self, case: &Case) -> Sibling {
        let ours = self.pool.addresses.pool;
        self.pool.turn_to(POOLS[1]);
        let theirs = self.pool.addresses.pool;
        self.pool.turn_to(POOLS[0]);
        let mut instruction = case.instruction.clone();
        for meta in &mut instruction.accounts {
            let Some(account) = self.pool.cluster.try_account(&meta.pubkey).await else {
                continue;
            };
            if account.owner == sluice::ID
                && let Some(data) = renamed(&account.data, &ours, &theirs)
            {
                let name = format!("twin of {}", &meta.pubkey.to_string()[..20]);
                meta.pubkey = self.pool.cluster.address(&name);
                let twin = Account { data, ..account };
                self.pool.cluster.set_account(&meta.pubkey, twin);
            }
        }
        // What names no pool acts on accounts of any.
        let names_pool = case
            .instruction
            .accounts
            .iter()
            .any(|meta| meta.pubkey == ours);
        Sibling {
            is_attack: names_pool,
            ..Sibling::of("a twin", &instruction)
        }
    }
}

/// The same content with another name in it, if it has this one.
fn renamed(data: &[u8], name: &Pubkey, other: &Pubkey) -> Option<Vec<u8>> {
    let mut places = data.windows(size_of::<Pubkey>());
    let at = places.position(|bytes| bytes == name.as_array())?;
    let mut renamed = data.to_vec();
    renamed[at..at + size_of::<Pubkey>()].copy_from_slice(other.as_array());
    Some(renamed)
}
