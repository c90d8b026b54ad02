//! A pool with the router beside it, and a user with an account for each side of a swap.

use sluice_router::instruction::{RoutedPool, Swapper};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::sync_native, native_mint};

use super::{SOL, opened};
use crate::{
    cluster::{ClusterBuilder, router_elf},
    pool::Pool,
};

/// A pool with the router beside it, and a user.
pub struct Routed {
    /// The pool.
    pub pool: Pool,
    /// Who swaps: holds wrapped SOL and LST.
    pub user: Keypair,
    /// The user's wrapped SOL account.
    pub wrapped: Pubkey,
    /// The user's LST account.
    pub lst: Pubkey,
}

impl ClusterBuilder {
    /// Adds the router at its own address.
    pub fn router(self) -> Self {
        self.program(sluice_router::ID, router_elf())
    }
}

impl Routed {
    /// A pool whose first rewards drip. The user has 1,000 wrapped SOL, and LST for 900 SOL.
    pub async fn start() -> Self {
        Self::start_on(|cluster| cluster).await
    }

    /// The same on a cluster with other settings.
    pub async fn start_on(change: impl FnOnce(ClusterBuilder) -> ClusterBuilder) -> Self {
        let builder = Pool::builder().cluster(|cluster| change(cluster.router()));
        let builder = builder.validators(&[(0, 1), (500, 1)]);
        let (mut pool, user) = opened(builder, 900 * SOL).await;
        let wrapped = pool.wrap(&user.pubkey(), 1_000 * SOL).await;
        let lst = pool.lst_account(&user.pubkey());
        Self {
            pool,
            user,
            wrapped,
            lst,
        }
    }

    /// Wrapped SOL of the user for LST of the user.
    pub fn deposit(&self, lamports: u64, minimum_lst: u64) -> Instruction {
        let by = self.swapper(self.wrapped, self.lst);
        self.pool.routed().deposit_sol(&by, lamports, minimum_lst)
    }

    /// LST of the user for wrapped SOL of the user.
    pub fn withdraw(&self, lst: u64, minimum_lamports: u64) -> Instruction {
        let by = self.swapper(self.lst, self.wrapped);
        self.pool.routed().withdraw_sol(&by, lst, minimum_lamports)
    }

    /// The user, between two token accounts.
    pub fn swapper(&self, source: Pubkey, recipient: Pubkey) -> Swapper {
        Swapper {
            owner: self.user.pubkey(),
            source,
            recipient,
        }
    }

    /// Wrapped SOL and LST of the user.
    pub async fn balances(&mut self) -> (u64, u64) {
        let wrapped = self.pool.cluster.token_balance(&self.wrapped).await;
        (wrapped, self.pool.cluster.token_balance(&self.lst).await)
    }
}

impl Pool {
    /// What the router names of this pool.
    pub fn routed(&self) -> RoutedPool {
        RoutedPool {
            pool: self.addresses.pool,
            mint: self.addresses.mint,
            mint_authority: self.addresses.mint_authority,
            reserve: self.addresses.reserve,
        }
    }

    /// Puts so many lamports as tokens into the owner's associated account of wrapped SOL.
    pub async fn wrap(&mut self, owner: &Pubkey, lamports: u64) -> Pubkey {
        let mint = native_mint::ID;
        let wrapped = self.cluster.create_token_account(&mint, owner).await;
        self.cluster.fund(&wrapped, lamports).await;
        let sync = sync_native(&TOKEN_PROGRAM, &wrapped).expect("the token program's instruction");
        self.cluster.must_send(&[sync], &[]).await;
        wrapped
    }
}
