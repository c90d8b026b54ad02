//! A pool that earns, its market, and who lends and borrows there.

use anchor_lang::{AccountDeserialize, AccountSerialize};
use sluice_tests::{
    cluster::{AccountsSnapshot, ClusterBuilder, Sent, TransactionFailure, addresses_of, built},
    pool::{Pool, PoolBuilder, TicketAddress},
    scenario::{SOL, earning_pool},
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use vault::{
    Loan, Market, Seizure, VaultError,
    book::Book,
    client::{MarketAddresses, QueueAccounts},
    price,
};

/// SOL that the lender has put in.
pub const LENT: u64 = 200 * SOL;
/// LST that the borrower has.
pub const HAS_LST: u64 = 200 * SOL;

/// A pool of 1,100 SOL with a market beside it. An LST is a SOL, and 200 SOL wait in the reserve.
pub struct Scene {
    pub pool: Pool,
    pub at: MarketAddresses,
    pub lender: Keypair,
    pub borrower: Keypair,
    /// Liquidates. Has some SOL.
    pub keeper: Keypair,
}

type Outcome = Result<Sent, TransactionFailure>;

pub fn with_vault(cluster: ClusterBuilder) -> ClusterBuilder {
    cluster.program(vault::ID, built("SLUICE_VAULT_ELF", "vault.so"))
}

impl Scene {
    /// Beside a pool whose breaker trips at a loss of 5%.
    pub async fn start() -> Self {
        Self::beside(Pool::builder().config(|config| config.breaker_bound_bps = 500)).await
    }

    /// Beside a pool that bears a loss of half without its breaker.
    pub async fn without_breaker() -> Self {
        Self::beside(Pool::builder().config(|config| config.breaker_bound_bps = 5_000)).await
    }

    async fn beside(builder: PoolBuilder) -> Self {
        let (pool, _alice) = earning_pool(builder.cluster(with_vault)).await;
        let mut scene = Self::empty(pool).await;
        let lender = scene.lender.insecure_clone();
        scene.lend(&lender, LENT).await.unwrap();
        scene
    }

    /// A new market in which nobody has lent.
    pub async fn empty(mut pool: Pool) -> Self {
        let at = MarketAddresses::of(pool.addresses.pool, pool.addresses.mint);
        let lender = pool.user("lender", 1_000 * SOL).await;
        let borrower = pool.user("borrower", 300 * SOL).await;
        let keeper = pool.user("keeper", 10 * SOL).await;
        pool.deposit(&borrower, HAS_LST).await;
        let payer = pool.cluster.payer().pubkey();
        pool.cluster
            .create_token_account(&at.lst_mint, &at.market)
            .await;
        pool.must_send(&[at.create_market(payer)], &[]).await;
        for user in [&lender.pubkey(), &keeper.pubkey()] {
            pool.cluster
                .create_token_account(&at.share_mint, user)
                .await;
        }
        Self {
            pool,
            at,
            lender,
            borrower,
            keeper,
        }
    }

    /// A market beside a second pool on the same cluster. The borrower has a token account of its LST.
    pub async fn another(&mut self) -> MarketAddresses {
        let config = self.pool.account().await.config;
        self.pool.found("other", config).await;
        let other = MarketAddresses::of(self.pool.addresses.pool, self.pool.addresses.mint);
        let payer = self.pool.cluster.payer().pubkey();
        for owner in [other.market, self.borrower.pubkey()] {
            let cluster = &mut self.pool.cluster;
            cluster.create_token_account(&other.lst_mint, &owner).await;
        }
        let create = other.create_market(payer);
        self.pool.must_send(&[create], &[]).await;
        self.pool.turn_to("pool");
        other
    }

    /// Sends what one user signs.
    pub async fn send(&mut self, user: &Keypair, instruction: Instruction) -> Outcome {
        self.send_all(&[instruction], &[user]).await
    }

    /// Sends. What is refused must have changed none of its accounts.
    pub async fn send_all(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Outcome {
        let before = self.snapshot(instructions).await;
        let outcome = self.pool.send(instructions, signers).await;
        self.compare(before, outcome).await
    }

    /// Sends what calls Sluice. To the pool's watcher, only Sluice's own instructions move a price.
    pub async fn past_the_watcher(
        &mut self,
        instruction: Instruction,
        signers: &[&Keypair],
    ) -> Outcome {
        let instructions = [instruction];
        let before = self.snapshot(&instructions).await;
        let outcome = self.pool.cluster.send(&instructions, signers).await;
        self.compare(before, outcome).await
    }

    async fn snapshot(&mut self, instructions: &[Instruction]) -> AccountsSnapshot {
        let addresses = addresses_of(instructions);
        self.pool.cluster.snapshot(&addresses).await
    }

    async fn compare(&mut self, before: AccountsSnapshot, outcome: Outcome) -> Outcome {
        if outcome.is_err() {
            let addresses: Vec<Pubkey> = before.addresses().copied().collect();
            before.assert_identical(&self.pool.cluster.snapshot(&addresses).await);
        }
        outcome
    }

    pub async fn lend(&mut self, lender: &Keypair, lamports: u64) -> Outcome {
        let lend = self.at.lend(lender.pubkey(), lamports, 0);
        self.send(lender, lend).await
    }

    pub async fn withdraw(&mut self, lender: &Keypair, shares: u64) -> Outcome {
        let withdraw = self.at.withdraw(lender.pubkey(), shares, 0);
        self.send(lender, withdraw).await
    }

    /// A loan of the borrower, or the number of the error.
    pub async fn open(&mut self, number: u8, lst: u64, lamports: u64) -> Result<Pubkey, u32> {
        let borrower = self.borrower.insecure_clone();
        let open = self.at.open_loan(borrower.pubkey(), number, lst, lamports);
        match self.send(&borrower, open).await {
            Ok(_) => Ok(self.at.loan(&borrower.pubkey(), number)),
            Err(failure) => Err(failure.custom_code.unwrap_or_else(|| panic!("{failure}"))),
        }
    }

    /// Pays a loan back.
    pub async fn repay(&mut self, loan: Pubkey, lamports: u64) -> Outcome {
        let borrower = self.borrower.insecure_clone();
        let repay = self.at.repay(loan, borrower.pubkey(), lamports);
        self.send(&borrower, repay).await
    }

    pub async fn close(&mut self, number: u8) -> Outcome {
        let borrower = self.borrower.insecure_clone();
        let close = self.at.close_loan(borrower.pubkey(), number);
        self.send(&borrower, close).await
    }

    pub async fn liquidate_now(&mut self, loan: Pubkey) -> Outcome {
        let liquidate = self.at.liquidate_now(loan, self.pool.addresses.reserve);
        self.past_the_watcher(liquidate, &[]).await
    }

    /// Queues LST of a loan. Returns the seizure's number and its ticket.
    pub async fn liquidate_by_queue(
        &mut self,
        loan: Pubkey,
    ) -> Result<(u64, TicketAddress), TransactionFailure> {
        let (number, instruction) = self.queue_instruction(loan).await;
        let keeper = self.keeper.insecure_clone();
        let sent = self.past_the_watcher(instruction, &[&keeper]).await?;
        let ticket = self.pool.made_by(&sent);
        self.pool.know_ticket(&ticket.ticket);
        self.pool.check().await;
        Ok((number, ticket))
    }

    pub async fn queue_instruction(&mut self, loan: Pubkey) -> (u64, Instruction) {
        let number = self.market().await.seizures;
        let open = self.pool.open_batch_id().await;
        let addresses = &self.pool.addresses;
        let queue = QueueAccounts {
            batch: addresses.batch(open),
            ticket: addresses.ticket(&self.at.market, number),
            escrow: addresses.escrow,
        };
        let keeper = self.keeper.pubkey();
        let liquidate = self.at.liquidate_by_queue(loan, number, keeper, &queue);
        (number, liquidate)
    }

    pub async fn collect(&mut self, number: u64) -> Outcome {
        let ticket = self.pool.addresses.ticket(&self.at.market, number);
        let collect = self.at.collect(number, ticket, self.keeper.pubkey());
        self.send_all(&[collect], &[]).await
    }

    pub async fn market(&mut self) -> Market {
        self.read(&self.at.market.clone()).await
    }

    pub async fn book(&mut self) -> Book {
        self.market().await.book
    }

    pub async fn loan(&mut self, loan: &Pubkey) -> Loan {
        self.read(loan).await
    }

    pub async fn seizure(&mut self, number: u64) -> Seizure {
        self.read(&self.at.seizure(number)).await
    }

    async fn read<T: AccountDeserialize + AccountSerialize>(&mut self, address: &Pubkey) -> T {
        let account = self.pool.cluster.account(address).await;
        T::try_deserialize(&mut account.data.as_slice()).expect("an account of the vault")
    }

    /// What LST are worth as collateral in this slot, in lamports.
    pub async fn worth(&mut self, lst: u64) -> u64 {
        let account = self.pool.cluster.account(&self.at.pool.clone()).await;
        let rate = sluice_rate::PoolRate::read(&account.owner.to_bytes(), &account.data).unwrap();
        let slot = self.pool.cluster.slot().await;
        price::collateral(&rate, lst, slot).unwrap()
    }

    /// The pool loses this share of its value, and the loss is booked.
    pub async fn lose(&mut self, bps: u64) {
        let lamports = self.pool.prices().await.value * bps / 10_000;
        // As their weights are: 1, 2 and 1.
        for (index, part) in [(0, 4), (1, 2), (2, 4)] {
            let vote = self.pool.vote(index);
            self.pool.slash(&vote, lamports / part).await;
            self.pool.report_loss(&vote).await;
        }
    }

    /// The market's accounts hold what its book says, and all loans' LST.
    pub async fn check(&mut self, loans: &[Pubkey]) {
        let book = self.book().await;
        let market = self.pool.cluster.account(&self.at.market.clone()).await;
        let rent = self
            .pool
            .cluster
            .rent_exempt_lamports(market.data.len())
            .await;
        assert!(market.lamports >= rent + book.cash_lamports);
        let (mut lst, mut parts) = (0, 0);
        for loan in loans {
            let loan = self.loan(loan).await;
            lst += loan.lst;
            parts += loan.debt_parts;
        }
        assert_eq!(parts, book.debt_parts);
        assert!(
            self.pool
                .cluster
                .token_balance(&self.at.vault.clone())
                .await
                >= lst
        );
        let supply = self
            .pool
            .cluster
            .mint_supply(&self.at.share_mint.clone())
            .await;
        assert_eq!(supply + vault::terms::SEED_LAMPORTS, book.shares);
    }
}

/// The number of an error, as transactions report it.
pub fn code(error: VaultError) -> u32 {
    error.into()
}

/// Panics unless the transaction was refused with this error of the vault.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(
    outcome: Result<T, TransactionFailure>,
    error: VaultError,
) {
    let failure = outcome.expect_err("accepted, but should be refused");
    assert_eq!(failure.custom_code, Some(error.into()), "{failure}");
}
