//! A pool that the program of layout 0 has made, with everything under way, and what puts other code in its place.

use std::fs;

use sluice::state::{PoolConfig, VERSION};
use sluice_tests::{
    cluster::{Cluster, Sent, TransactionFailure, sluice_elf},
    pool::{Pool, TicketAddress, Watch},
    releases,
    scenario::{CREDITS, SOL},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::layout_0;

/// A cluster on which this is the program.
pub async fn cluster_with(code: &[u8]) -> Cluster {
    let cluster = Cluster::builder().seed(7).code(sluice::ID, code);
    cluster.start().await
}

/// The program of today.
pub fn today() -> Vec<u8> {
    fs::read(sluice_elf()).expect("the program is built")
}

/// A pool of layout 0 in the window of its fourth epoch: five validators, of which one retires and one has
/// another weight from the next epoch on; stake that is active, activating and deactivating; tickets in
/// every state.
pub struct OldPool {
    pub pool: Pool,
    pub alice: Keypair,
    pub bob: Keypair,
    /// Alice's, of a batch that is paid, of which another ticket was claimed.
    pub paid: TicketAddress,
    /// Bob's, of a batch that is locked.
    pub locked: TicketAddress,
    /// Carol's, of the open batch.
    pub open: TicketAddress,
}

impl OldPool {
    pub async fn start() -> Self {
        let mut cluster = cluster_with(&releases::code(releases::LAYOUT_0)).await;
        cluster.next_epochs(3).await;
        let mut pool = Pool::not_created(cluster, "pool");
        // The watcher knows the program of today.
        pool.watch = Watch::Off;
        // What layout 0 does not know of it, its program does not read.
        let config = PoolConfig {
            reserve_target_bps: 500,
            share_cap_bps: 10_000,
            movement_cap_bps: 5_000,
            ..PoolConfig::RECOMMENDED
        };
        pool.found("pool", config).await;
        pool.add_validators(&[(500, 100); 4]).await;
        let alice = pool.user("alice", 1_000 * SOL).await;
        let bob = pool.user("bob", 1_000 * SOL).await;
        let carol = pool.user("carol", 1_000 * SOL).await;
        for (user, lamports) in [(&alice, 500 * SOL), (&bob, 300 * SOL), (&carol, 200 * SOL)] {
            pool.deposit(user, lamports).await;
        }
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
        let paid = layout_0::request(&mut pool, &alice, 50 * SOL, 1).await;
        let claimed = layout_0::request(&mut pool, &bob, 20 * SOL, 2).await;
        pool.crank_window().await;
        pool.add_validators(&[(500, 100)]).await;
        pool.crank_next_epoch(CREDITS).await;
        let claim = layout_0::claim(&pool, &claimed, alice.pubkey());
        pool.must_send(&[claim], &[]).await;

        let locked = layout_0::request(&mut pool, &bob, 40 * SOL, 3).await;
        let places = pool.places().await;
        layout_0::retire(&mut pool, &places[2]).await;
        layout_0::set_weight(&mut pool, &places[3], 50).await;
        pool.deposit(&alice, 90 * SOL).await;
        pool.crank_window().await;
        let open = layout_0::request(&mut pool, &carol, 30 * SOL, 4).await;
        pool.withdraw(&carol, SOL).await;
        pool.deposit(&alice, 7 * SOL).await;
        Self {
            pool,
            alice,
            bob,
            paid,
            locked,
            open,
        }
    }

    /// All accounts of the pool.
    pub async fn addresses(&mut self) -> Vec<Pubkey> {
        let addresses = self.pool.addresses;
        let mut all = vec![
            addresses.pool,
            addresses.mint,
            addresses.reserve,
            addresses.claims_vault,
            addresses.escrow,
            addresses.fees,
            addresses.history,
            addresses.page(0),
        ];
        for ticket in [self.paid, self.locked, self.open] {
            all.extend([ticket.ticket, ticket.batch]);
        }
        for place in self.pool.places().await {
            all.extend([place.main, place.transient, addresses.marker(&place.vote)]);
        }
        all
    }

    /// Puts this code in place of the program.
    pub async fn upgrade(&mut self, code: &[u8]) {
        self.pool.cluster.exchange_code(&sluice::ID, code).await;
    }

    pub async fn try_migrate_page(&mut self) -> Result<Sent, TransactionFailure> {
        let payer = self.pool.cluster.payer().pubkey();
        let migrate = self.pool.addresses.migrate_page(payer, 0, None);
        self.pool.send(&[migrate], &[]).await
    }

    /// Migrates page and pool, and has every transaction watched from here on.
    pub async fn migrate(&mut self) {
        self.try_migrate_page().await.expect("migrated");
        let payer = self.pool.cluster.payer().pubkey();
        let migrate = self.pool.addresses.migrate_pool(payer, 1);
        self.pool.must_send(&[migrate], &[]).await;
        assert_eq!(self.pool.account().await.version, VERSION);
        self.pool.watch = Watch::Full;
    }
}
