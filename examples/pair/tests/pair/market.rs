//! A pool, its pair, and who trades there.

use anchor_lang::AccountDeserialize;
use pair::{
    Direction, Pair,
    client::{PairAddresses, PoolAccounts},
    curve::Reserves,
};
use sluice_tests::{
    cluster::{ClusterBuilder, Sent, TransactionFailure, built},
    pool::{Pool, PoolBuilder},
    scenario::SOL,
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

    /// Sends what one user signs.
    pub async fn send(
        &mut self,
        user: &Keypair,
        instruction: Instruction,
    ) -> Result<Sent, TransactionFailure> {
        self.pool.send(&[instruction], &[user]).await
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

    /// Lamports and LST of somebody.
    pub async fn balances(&mut self, owner: &Pubkey) -> (u64, u64) {
        let lamports = self.pool.cluster.lamports(owner).await;
        (lamports, self.pool.lst_balance(owner).await)
    }
}
