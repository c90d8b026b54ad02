//! Holders, and what they send, several at a time.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Context, Result};
use sluice_client::{
    Executor, PoolAddresses, Repeat, TicketAccounts, UnstakeRequest, transfer_ticket,
};
use sluice_tests::net::SOL;
use solana_account::Account;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};

/// How many holders send at the same time: each waits a while before it asks for the outcome.
const SENDERS: usize = 32;
/// What each has at the start, in lamports.
pub const START_LAMPORTS: u64 = 100 * SOL;

/// A wallet that holds a pool's LST.
pub struct Holder {
    keypair: Keypair,
}

/// A ticket, and which of the holders owns it.
#[derive(Clone, Copy, Debug)]
pub struct HeldTicket {
    /// Number of the holder.
    pub owner: usize,
    /// What instructions name.
    pub accounts: TicketAccounts,
    /// LST in it.
    pub lst: u64,
}

/// A transaction that a holder is going to send.
pub struct Job<'a> {
    /// Who signs and pays.
    pub holder: &'a Holder,
    /// What it does.
    pub instructions: Vec<Instruction>,
}

impl Holder {
    /// A wallet that nobody had before.
    pub fn somebody() -> Self {
        let keypair = Keypair::new();
        Self { keypair }
    }

    /// The wallet.
    pub fn wallet(&self) -> Pubkey {
        self.keypair.pubkey()
    }

    /// The wallet's account before the first slot.
    pub fn account(&self) -> (Pubkey, Account) {
        let account = Account {
            lamports: START_LAMPORTS,
            ..Account::default()
        };
        (self.wallet(), account)
    }

    /// Where its LST is.
    pub fn lst_account(&self, pool: &PoolAddresses) -> Pubkey {
        get_associated_token_address(&self.wallet(), &pool.mint)
    }

    /// The first deposit, which creates the token account, as `sluice stake` sends it.
    pub fn first_deposit(&self, pool: &PoolAddresses, lamports: u64) -> Job<'_> {
        let wallet = self.wallet();
        let token_program = spl_token_interface::ID;
        let create = create_associated_token_account_idempotent(
            &wallet,
            &wallet,
            &pool.mint,
            &token_program,
        );
        let deposit = self.deposit(pool, lamports);
        self.job([vec![create], deposit.instructions].concat())
    }

    /// A deposit.
    pub fn deposit(&self, pool: &PoolAddresses, lamports: u64) -> Job<'_> {
        let recipient = self.lst_account(pool);
        self.job(vec![pool.deposit_sol(
            self.wallet(),
            recipient,
            lamports,
            1,
        )])
    }

    /// An instant exit.
    pub fn exit(&self, pool: &PoolAddresses, lst: u64) -> Job<'_> {
        let (wallet, source) = (self.wallet(), self.lst_account(pool));
        self.job(vec![pool.withdraw_sol(wallet, source, wallet, lst, 1)])
    }

    /// A request to leave, and the ticket that it makes.
    pub fn request(
        &self,
        pool: &PoolAddresses,
        batch: u64,
        nonce: u64,
        lst: u64,
    ) -> (Job<'_>, TicketAccounts) {
        let wallet = self.wallet();
        let request = UnstakeRequest::own(wallet, self.lst_account(pool), batch, nonce, lst);
        let ticket = TicketAccounts {
            ticket: pool.ticket(&wallet, nonce),
            batch: pool.batch(batch),
            owner: wallet,
            payer: wallet,
        };
        (self.job(vec![pool.request_unstake(&request)]), ticket)
    }

    /// Gives a ticket to somebody else.
    pub fn transfer(&self, ticket: &HeldTicket, to: &Self) -> Job<'_> {
        let transfer = transfer_ticket(&ticket.accounts, to.wallet(), ticket.lst);
        self.job(vec![transfer])
    }

    /// Has a ticket paid. `opener` is who opened its batch.
    pub fn claim(&self, pool: &PoolAddresses, ticket: &HeldTicket, opener: Pubkey) -> Job<'_> {
        self.job(vec![pool.claim(&ticket.accounts, opener)])
    }

    fn job(&self, instructions: Vec<Instruction>) -> Job<'_> {
        Job {
            holder: self,
            instructions,
        }
    }
}

/// Sends everything to the node at `url`, each as the client sends it: simulated, signed, confirmed.
///
/// # Errors
///
/// The first failure; what is not sent yet stays unsent.
pub fn send_all(url: &str, jobs: &[Job<'_>]) -> Result<()> {
    let next = AtomicUsize::new(0);
    let send = || {
        let commitment = CommitmentConfig::confirmed();
        let rpc = RpcClient::new_with_commitment(url.to_owned(), commitment);
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let executor = Executor::new(&rpc, &job.holder.keypair);
            executor
                .send(&job.instructions, &[], Repeat::Harmful)
                .inspect_err(|_| next.store(jobs.len(), Ordering::Relaxed))
                .with_context(|| format!("what {} sends failed", job.holder.wallet()))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(send)).collect();
        senders.into_iter().try_for_each(|sender| {
            let ended = sender.join();
            ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}
