//! What holders do.

use sluice_client::transfer_ticket;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    Pool,
    verbs::{Outcome, accepted, verbs},
};
use crate::cluster::{Sent, TransactionFailure};

/// Where a request in the queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TicketAddress {
    /// Id of its batch.
    pub batch_id: u64,
    /// The batch.
    pub batch: Pubkey,
    /// The ticket.
    pub ticket: Pubkey,
}

verbs! {
    /// Deposits lamports of the user, whose token account gets the LST.
    deposit, try_deposit, (user: &Keypair, lamports: u64), |pool| {
        let recipient = pool.lst_account(&user.pubkey());
        let deposit = pool.addresses.deposit_sol(user.pubkey(), recipient, lamports, 0);
        (deposit, vec![user.insecure_clone()])
    };

    /// Burns LST of the user for lamports of the reserve.
    withdraw, try_withdraw, (user: &Keypair, lst: u64), |pool| {
        let (owner, source) = (user.pubkey(), pool.lst_account(&user.pubkey()));
        let withdraw = pool.addresses.withdraw_sol(owner, source, owner, lst, 0);
        (withdraw, vec![user.insecure_clone()])
    };

    /// Takes the ticket's LST out of the queue, back to the user.
    cancel, try_cancel, (user: &Keypair, ticket: &TicketAddress), |pool| {
        let recipient = pool.lst_account(&user.pubkey());
        let addresses = pool.addresses;
        let cancel =
            addresses.cancel_ticket(user.pubkey(), ticket.batch, ticket.ticket, recipient);
        (cancel, vec![user.insecure_clone()])
    };

    /// Gives the ticket of `from` to another owner.
    transfer, try_transfer, (from: &Keypair, ticket: &TicketAddress, to: &Pubkey), |_pool| {
        let transfer = transfer_ticket(ticket.ticket, from.pubkey(), *to);
        (transfer, vec![from.insecure_clone()])
    };

    /// Pays the ticket's owner; nobody signs.
    claim, try_claim, (ticket: &TicketAddress), |pool| {
        (pool.claim_instruction(ticket).await, vec![])
    };
}

impl Pool {
    /// Puts LST of the user into the open batch of the queue.
    #[track_caller]
    pub fn request(&mut self, user: &Keypair, lst: u64) -> impl Future<Output = TicketAddress> {
        let caller = std::panic::Location::caller();
        async move { accepted(self.try_request(user, lst).await, caller) }
    }

    /// Puts LST of the user into the open batch of the queue.
    pub async fn try_request(
        &mut self,
        user: &Keypair,
        lst: u64,
    ) -> Result<TicketAddress, TransactionFailure> {
        let (request, ticket) = self.request_instruction(&user.pubkey(), lst).await;
        self.send(&[request], &[user]).await.map(|_| ticket)
    }

    /// A request with a nonce that was not used before, and the ticket that it will make.
    pub async fn request_instruction(
        &mut self,
        owner: &Pubkey,
        lst: u64,
    ) -> (Instruction, TicketAddress) {
        let batch_id = self.open_batch_id().await;
        let batch = self.addresses.batch(batch_id);
        self.requests += 1;
        let nonce = self.requests;
        let source = self.lst_account(owner);
        let request = self
            .addresses
            .request_unstake(*owner, source, batch_id, nonce, lst);
        let ticket = TicketAddress {
            batch_id,
            batch,
            ticket: self.addresses.ticket(&batch, owner, nonce),
        };
        (request, ticket)
    }

    /// Id of the batch that takes requests in this slot: the next one if nobody has rolled yet.
    pub async fn open_batch_id(&mut self) -> u64 {
        let slot = self.cluster.slot().await;
        let pool = self.account().await;
        let locked = pool.open_lock_slot != 0 && slot >= pool.open_lock_slot;
        pool.open_batch + u64::from(locked)
    }

    /// The claim of a ticket for its present owner.
    pub async fn claim_instruction(&mut self, ticket: &TicketAddress) -> Instruction {
        let owner = self.ticket(&ticket.ticket).await.owner;
        let opener = self.batch(ticket.batch_id).await.opener;
        self.addresses
            .claim(owner, opener, ticket.batch, ticket.ticket)
    }
}
