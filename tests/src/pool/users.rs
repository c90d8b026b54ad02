//! What holders do.

use sluice::events::UnstakeRequested;
use sluice_client::{TicketAccounts, UnstakeRequest, transfer_ticket};
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
    /// Who gets its rent.
    pub payer: Pubkey,
    /// LST of the request.
    pub lst: u64,
}

impl TicketAddress {
    /// What instructions name of it, if it belongs to `owner`.
    pub fn of(&self, owner: &Pubkey) -> TicketAccounts {
        TicketAccounts {
            ticket: self.ticket,
            batch: self.batch,
            owner: *owner,
            payer: self.payer,
        }
    }
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
        let cancel = pool.addresses.cancel_ticket(&ticket.of(&user.pubkey()), recipient);
        (cancel, vec![user.insecure_clone()])
    };

    /// Gives the ticket of `from` to another owner.
    transfer, try_transfer, (from: &Keypair, ticket: &TicketAddress, to: &Pubkey), |_pool| {
        let transfer = transfer_ticket(&ticket.of(&from.pubkey()), *to, ticket.lst);
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

    /// A request with a number that was not used before, and the ticket that it will make.
    pub async fn request_instruction(
        &mut self,
        owner: &Pubkey,
        lst: u64,
    ) -> (Instruction, TicketAddress) {
        let request = self.own_request(owner, lst).await;
        let address = self.ticket_of(&request);
        (self.addresses.request_unstake(&request), address)
    }

    /// A request of a wallet that pays for itself, with a number that was not used before, into the
    /// open batch alone.
    pub async fn own_request(&mut self, owner: &Pubkey, lst: u64) -> UnstakeRequest {
        self.requests += 1;
        let batch = self.open_batch_id().await;
        let source = self.lst_account(owner);
        UnstakeRequest {
            later_batches: 0,
            ..UnstakeRequest::own(*owner, source, batch, self.requests, lst)
        }
    }

    /// The ticket that a request makes in its first batch.
    pub fn ticket_of(&self, request: &UnstakeRequest) -> TicketAddress {
        TicketAddress {
            batch_id: request.batch,
            batch: self.addresses.batch(request.batch),
            ticket: self.addresses.ticket(&request.requester, request.number),
            payer: request.payer,
            lst: request.lst,
        }
    }

    /// The ticket that a request has made, in whichever batch it joined.
    pub fn made_by(&self, sent: &Sent) -> TicketAddress {
        let made = sent.events::<UnstakeRequested>();
        let made = made.first().expect("a request tells its ticket");
        TicketAddress {
            batch_id: made.batch,
            batch: self.addresses.batch(made.batch),
            ticket: made.ticket,
            payer: made.payer,
            lst: made.lst,
        }
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
        self.addresses.claim(&ticket.of(&owner), opener)
    }
}
