//! A pool, its pair, and who trades there.

use anchor_lang::AccountDeserialize;
use pair::{
    Direction, Pair, PairError,
    client::{PairAddresses, PoolAccounts},
    curve::Reserves,
};
use sluice_tests::{
    cluster::{ClusterBuilder, Sent, TransactionFailure, addresses_of, built},
    pool::{Pool, PoolBuilder, Watch},
    scenario::{CREDITS, SOL},
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// SOL and LST that the provider gives to a new pair.
pub const LIQUIDITY: u64 = 100 * SOL;

/// A pool with a pair beside it.
pub struct Market {
    pub pool: Pool,
    pub pair: PairAddresses,
    /// Gave the first liquidity. Has 1,000 SOL and 100 LST more.
    pub provider: Keypair,
    /// Has 1,000 SOL and 100 LST.
    pub trader: Keypair,
}

/// Adds the compiled pair.
pub fn with_pair(cluster: ClusterBuilder) -> ClusterBuilder {
    cluster.program(pair::ID, built("SLUICE_PAIR_ELF", "pair.so"))
}

impl Market {
    /// A market of equal amounts of SOL and LST, beside a pool in which an LST is a SOL.
    pub async fn start() -> Self {
        Self::beside(Pool::builder().validators(&[(0, 1), (0, 1)])).await
    }

    /// The same beside a pool of these settings.
    pub async fn beside(builder: PoolBuilder) -> Self {
        let mut market = Self::empty(builder).await;
        let provider = market.provider.insecure_clone();
        market.add(&provider, LIQUIDITY, LIQUIDITY).await.unwrap();
        market
    }

    /// A pair without liquidity.
    pub async fn empty(builder: PoolBuilder) -> Self {
        let mut pool = builder.cluster(with_pair).start().await;
        let pair = PairAddresses::of(pool.addresses.pool, pool.addresses.mint);
        let provider = pool.user("provider", 1_300 * SOL).await;
        let trader = pool.user("trader", 1_200 * SOL).await;
        pool.deposit(&provider, 200 * SOL).await;
        pool.deposit(&trader, 100 * SOL).await;
        let payer = pool.cluster.payer().pubkey();
        pool.cluster
            .create_token_account(&pair.lst_mint, &pair.pair)
            .await;
        pool.must_send(&[pair.create_pair(payer)], &[]).await;
        let mut market = Self {
            pool,
            pair,
            provider,
            trader,
        };
        for user in [&market.provider.pubkey(), &market.trader.pubkey()] {
            let mint = market.pair.share_mint;
            market.pool.cluster.create_token_account(&mint, user).await;
        }
        market
    }

    /// The pool's accounts that the pair passes on.
    pub fn pool_accounts(&self) -> PoolAccounts {
        PoolAccounts {
            mint_authority: self.pool.addresses.mint_authority,
            reserve: self.pool.addresses.reserve,
        }
    }

    /// Sends what one user signs. The pool's watcher does not see it: to its eyes only Sluice's own
    /// instructions mint and redeem, and here a foreign one has them done.
    pub async fn send(
        &mut self,
        user: &Keypair,
        instruction: Instruction,
    ) -> Result<Sent, TransactionFailure> {
        self.pool.cluster.send(&[instruction], &[user]).await
    }

    /// The same, and puts all accounts back. What is refused must have changed none.
    pub async fn try_out(
        &mut self,
        user: &Keypair,
        instruction: Instruction,
    ) -> Result<Sent, TransactionFailure> {
        let addresses = addresses_of(std::slice::from_ref(&instruction));
        let before = self.pool.cluster.snapshot(&addresses).await;
        let outcome = self.send(user, instruction).await;
        if outcome.is_err() {
            before.assert_identical(&self.pool.cluster.snapshot(&addresses).await);
        }
        self.pool.cluster.restore(&before).await;
        outcome
    }

    /// The next epoch with rewards, priced.
    pub async fn earn(&mut self) {
        self.pool.crank_window().await;
        self.pool.crank_next_epoch(CREDITS).await;
    }

    /// As if an abnormal loss had been booked in this epoch.
    pub async fn trip_the_breaker(&mut self) {
        let epoch = self.pool.cluster.epoch().await;
        self.pool.watch = Watch::Off;
        self.pool
            .change_pool(|pool| {
                pool.breaker_epoch = epoch;
                pool.unrestored_lamports = SOL;
            })
            .await;
    }

    pub async fn add(
        &mut self,
        user: &Keypair,
        lamports: u64,
        lst: u64,
    ) -> Result<Sent, TransactionFailure> {
        let add = self.pair.add_liquidity(user.pubkey(), lamports, lst, 0);
        self.send(user, add).await
    }

    pub async fn remove(
        &mut self,
        user: &Keypair,
        shares: u64,
    ) -> Result<Sent, TransactionFailure> {
        let remove = self.pair.remove_liquidity(user.pubkey(), shares, 0, 0);
        self.send(user, remove).await
    }

    pub async fn swap(
        &mut self,
        user: &Keypair,
        direction: Direction,
        amount: u64,
    ) -> Result<Sent, TransactionFailure> {
        let swap = self.pair.swap(user.pubkey(), direction, amount, 0);
        self.send(user, swap).await
    }

    pub async fn best_swap(
        &mut self,
        user: &Keypair,
        direction: Direction,
        amount: u64,
    ) -> Result<Sent, TransactionFailure> {
        let pool = self.pool_accounts();
        let swap = self
            .pair
            .best_swap(&pool, user.pubkey(), direction, amount, 0);
        self.send(user, swap).await
    }

    /// The pair's account.
    pub async fn account(&mut self) -> Pair {
        let address = self.pair.pair;
        let account = self.pool.cluster.account(&address).await;
        Pair::try_deserialize(&mut account.data.as_slice()).expect("a pair")
    }

    pub async fn reserves(&mut self) -> Reserves {
        self.account().await.reserves
    }

    /// Shares of somebody.
    pub async fn shares(&mut self, owner: &Pubkey) -> u64 {
        let account = self.pair.shares_of(owner);
        self.pool.cluster.token_balance(&account).await
    }

    /// Lamports and LST of somebody.
    pub async fn balances(&mut self, owner: &Pubkey) -> (u64, u64) {
        let lamports = self.pool.cluster.lamports(owner).await;
        (lamports, self.pool.lst_balance(owner).await)
    }
}

/// Panics unless the transaction was refused with this error of the pair.
#[track_caller]
pub fn assert_refused(outcome: Result<Sent, TransactionFailure>, error: PairError) {
    let failure = outcome.expect_err("accepted, but should be refused");
    assert_eq!(failure.custom_code, Some(error.into()), "{failure}");
}
