//! A pool that earns, its strategy, and who has shares of it.

use anchor_lang::AccountDeserialize;
use sluice_tests::{
    cluster::{Sent, TransactionFailure, addresses_of, built},
    pool::{Pool, PoolBuilder},
    scenario::{SOL, earning_pool},
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use strategy::{
    Exit, Strategy, StrategyError,
    client::{PoolAccounts, StrategyAddresses},
    holdings::Holdings,
};

/// A pool of 900 SOL with a strategy beside it. Both users have 1,000 SOL.
pub struct Scene {
    pub pool: Pool,
    pub at: StrategyAddresses,
    pub anna: Keypair,
    pub ben: Keypair,
}

type Outcome = Result<Sent, TransactionFailure>;

impl Scene {
    /// Anna has put 100 SOL in and Ben 200.
    pub async fn start() -> Self {
        Self::start_beside(Pool::builder()).await
    }

    /// The same, beside this pool.
    pub async fn start_beside(builder: PoolBuilder) -> Self {
        let mut scene = Self::empty_beside(builder).await;
        let (anna, ben) = (scene.anna.insecure_clone(), scene.ben.insecure_clone());
        scene.deposit(&anna, 100 * SOL).await.unwrap();
        scene.deposit(&ben, 200 * SOL).await.unwrap();
        scene
    }

    /// Nobody has put anything in.
    pub async fn empty() -> Self {
        Self::empty_beside(Pool::builder()).await
    }

    async fn empty_beside(builder: PoolBuilder) -> Self {
        let elf = built("SLUICE_STRATEGY_ELF", "strategy.so");
        let builder = builder.cluster(|cluster| cluster.program(strategy::ID, elf));
        let (mut pool, _alice) = earning_pool(builder).await;
        let at = StrategyAddresses::of(accounts_of(&pool));
        let (anna, ben) = (
            pool.user("anna", 1_000 * SOL).await,
            pool.user("ben", 1_000 * SOL).await,
        );
        let mut scene = Self {
            pool,
            at,
            anna,
            ben,
        };
        scene.create(&at).await;
        scene
    }

    /// Creates a strategy, and both users' accounts of its shares.
    async fn create(&mut self, at: &StrategyAddresses) {
        let payer = self.pool.cluster.payer().pubkey();
        let cluster = &mut self.pool.cluster;
        cluster
            .create_token_account(&at.of.lst_mint, &at.strategy)
            .await;
        self.pool.must_send(&[at.create_strategy(payer)], &[]).await;
        for user in [self.anna.pubkey(), self.ben.pubkey()] {
            let cluster = &mut self.pool.cluster;
            cluster.create_token_account(&at.share_mint, &user).await;
        }
    }

    /// The strategy of a second pool on the same cluster.
    pub async fn another(&mut self) -> StrategyAddresses {
        let config = self.pool.account().await.config;
        self.pool.found("other", config).await;
        let other = StrategyAddresses::of(accounts_of(&self.pool));
        self.create(&other).await;
        self.pool.turn_to("pool");
        other
    }

    /// Sends what calls Sluice, past the pool's watcher, which knows Sluice's own instructions alone.
    /// Then the books of pool and strategy must be balanced. What is refused must have changed none of
    /// its accounts.
    pub async fn send(&mut self, instruction: Instruction, signers: &[&Keypair]) -> Outcome {
        let sent = self.send_unchecked(instruction, signers).await?;
        for event in sent.events::<sluice::events::UnstakeRequested>() {
            self.pool.know_ticket(&event.ticket);
        }
        self.pool.check().await;
        self.check().await;
        Ok(sent)
    }

    /// The same where the pool's account is one that no books can be read from.
    pub async fn send_unchecked(
        &mut self,
        instruction: Instruction,
        signers: &[&Keypair],
    ) -> Outcome {
        let addresses = addresses_of(std::slice::from_ref(&instruction));
        let before = self.pool.cluster.snapshot(&addresses).await;
        let outcome = self.pool.cluster.send(&[instruction], signers).await;
        if outcome.is_err() {
            before.assert_identical(&self.pool.cluster.snapshot(&addresses).await);
        }
        outcome
    }

    async fn check(&mut self) {
        let holdings = self.holdings().await;
        let (at, cluster) = (self.at, &mut self.pool.cluster);
        let rent = cluster.rent_exempt_lamports(0).await;
        assert!(cluster.lamports(&at.till).await >= holdings.till_lamports + rent);
        assert!(cluster.token_balance(&at.vault).await >= holdings.lst);
        let locked = holdings.shares.min(strategy::holdings::LOCKED_SHARES);
        assert_eq!(
            cluster.mint_supply(&at.share_mint).await + locked,
            holdings.shares
        );
    }

    pub async fn deposit(&mut self, user: &Keypair, lamports: u64) -> Outcome {
        let deposit = self.at.deposit(user.pubkey(), lamports, 0);
        self.send(deposit, &[user]).await
    }

    pub async fn exit_now(&mut self, user: &Keypair, shares: u64) -> Outcome {
        let exit = self.at.exit_now(user.pubkey(), shares, 0);
        self.send(exit, &[user]).await
    }

    /// Leaves by the queue. Returns the number of the exit.
    pub async fn request(
        &mut self,
        user: &Keypair,
        shares: u64,
    ) -> Result<u64, TransactionFailure> {
        let (number, batch, ticket) = self.next().await;
        let request = self
            .at
            .request_exit(user.pubkey(), shares, number, batch, ticket);
        self.send(request, &[user]).await.map(|_| number)
    }

    /// Refills the till at Ben's expense. Returns the number of the exit.
    pub async fn refill(&mut self) -> Result<u64, TransactionFailure> {
        let (number, batch, ticket) = self.next().await;
        let ben = self.ben.insecure_clone();
        let refill = self.at.refill(ben.pubkey(), number, batch, ticket);
        self.send(refill, &[&ben]).await.map(|_| number)
    }

    /// Number, batch and ticket of the next request.
    pub async fn next(&mut self) -> (u64, Pubkey, Pubkey) {
        let number = self.strategy().await.exits;
        let batch = self.pool.open_batch_id().await;
        let addresses = &self.pool.addresses;
        let ticket = addresses.ticket(&self.at.strategy, number);
        (number, addresses.batch(batch), ticket)
    }

    /// Pays an exit. Nobody signs.
    pub async fn pay(&mut self, number: u64, batch: u64) -> Outcome {
        let exit = self.exit(number).await;
        let address = self.pool.addresses.batch(batch);
        // A batch is gone with its last ticket.
        let opener = match self.pool.cluster.try_account(&address).await {
            Some(_) => self.pool.batch(batch).await.opener,
            None => exit.payer,
        };
        let pay = self.at.pay_exit(&exit, address, opener);
        self.send(pay, &[]).await
    }

    /// The batch of an exit.
    pub async fn batch_of(&mut self, number: u64) -> u64 {
        let ticket = self.exit(number).await.ticket;
        self.pool.ticket(&ticket).await.batch
    }

    pub async fn strategy(&mut self) -> Strategy {
        let account = self.pool.cluster.account(&self.at.strategy).await;
        Strategy::try_deserialize(&mut account.data.as_slice()).expect("a strategy")
    }

    pub async fn holdings(&mut self) -> Holdings {
        self.strategy().await.holdings
    }

    pub async fn exit(&mut self, number: u64) -> Exit {
        let account = self.pool.cluster.account(&self.at.exit(number)).await;
        Exit::try_deserialize(&mut account.data.as_slice()).expect("an exit")
    }

    /// Rents of an exit and its ticket.
    pub async fn rents(&mut self, number: u64) -> u64 {
        let accounts = [self.at.exit(number), self.exit(number).await.ticket];
        let cluster = &mut self.pool.cluster;
        cluster.lamports(&accounts[0]).await + cluster.lamports(&accounts[1]).await
    }

    pub async fn shares(&mut self, user: &Keypair) -> u64 {
        let account = self.at.shares_of(&user.pubkey());
        self.pool.cluster.token_balance(&account).await
    }

    pub async fn lamports(&mut self, user: &Keypair) -> u64 {
        self.pool.cluster.lamports(&user.pubkey()).await
    }

    /// Until what was requested is settled: it locks in the next window and is paid an epoch later.
    pub async fn settle(&mut self) {
        self.pool.pass_an_epoch().await;
        self.pool.pass_an_epoch().await;
    }

    /// Lets the till be filled.
    pub async fn fill_the_till(&mut self) {
        let number = self.refill().await.unwrap();
        let batch = self.batch_of(number).await;
        self.settle().await;
        self.pay(number, batch).await.unwrap();
    }
}

/// The accounts of the pool that the harness acts on.
pub fn accounts_of(pool: &Pool) -> PoolAccounts {
    let addresses = pool.addresses;
    PoolAccounts {
        pool: addresses.pool,
        lst_mint: addresses.mint,
        mint_authority: addresses.mint_authority,
        reserve: addresses.reserve,
        escrow: addresses.escrow,
        claims_vault: addresses.claims_vault,
    }
}

/// Panics unless the transaction was refused with this error of the strategy.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(
    outcome: Result<T, TransactionFailure>,
    error: StrategyError,
) {
    let failure = outcome.expect_err("accepted, but should be refused");
    assert_eq!(failure.custom_code, Some(error.into()), "{failure}");
}
