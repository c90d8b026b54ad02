//! Who comes for a moment, or late in an epoch, shares rewards that the stake of others earned.

use sluice_tests::{
    pool::Pool,
    scenario::{SOL, worth},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// What a visit did, to the lamport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Visit {
    /// What the visitor has more than before.
    gain: i64,
    /// What the holder's LST is worth once everything has dripped.
    holder: i64,
}

/// A pool of 900 SOL beside a far larger staker, and what its validators earn next: epochs double at the
/// start of a cluster, and half the credits make each epoch's reward the same.
struct World {
    pool: Pool,
    holder: Keypair,
    other: Pubkey,
    credits: u64,
}

impl World {
    async fn new(entry_charge_bps: u16) -> Self {
        let builder = Pool::builder().config(|config| config.entry_charge_bps = entry_charge_bps);
        let builder = builder.epoch(5).validators(&[(0, 1), (0, 2)]);
        let mut pool = builder.start().await;
        let holder = pool.user("holder", 1_000 * SOL).await;
        pool.deposit(&holder, 900 * SOL).await;
        let other = pool.cluster.create_validator("other", 0).await;
        let authority = holder.pubkey();
        pool.cluster
            .inject_active_stake("other stake", &authority, 20_000 * SOL, &other)
            .await;
        pool.pass_an_epoch().await;
        let mut world = Self {
            pool,
            holder,
            other,
            credits: 16_000,
        };
        world.epoch().await;
        world.epoch().await;
        world
    }

    /// The rest of an epoch and the start of the next, with rewards.
    async fn epoch(&mut self) {
        self.pool.crank_window().await;
        self.boundary().await;
    }

    async fn boundary(&mut self) {
        self.pool.cluster.earn_credits(&self.other, 8_000).await;
        self.pool.crank_next_epoch(self.credits).await;
        self.credits /= 2;
    }

    /// Somebody comes with `lamports` in the last slot of an epoch, asks after the boundary to leave,
    /// and is paid after the next one.
    async fn visit(mut self, lamports: u64) -> Visit {
        let mallory = self.pool.user("mallory", 10_000 * SOL).await;
        self.pool.crank_window().await;
        let epoch = self.pool.cluster.epoch().await;
        let last = self.pool.cluster.last_slot_of(epoch);
        self.pool.cluster.warp_to_slot(last).await;
        if lamports > 0 {
            self.pool.deposit(&mallory, lamports).await;
        }
        self.boundary().await;
        let mut paid = 0;
        if lamports > 0 {
            let lst = self.pool.lst_balance(&mallory.pubkey()).await;
            let ticket = self.pool.request(&mallory, lst).await;
            self.epoch().await;
            paid = self.pool.batch(ticket.batch_id).await.paid_lamports;
        } else {
            self.epoch().await;
        }
        let prices = self.pool.prices().await;
        let lst = self.pool.lst_balance(&self.holder.pubkey()).await;
        Visit {
            gain: paid as i64 - lamports as i64,
            holder: worth(lst, prices.full, prices.supply) as i64,
        }
    }
}

/// E12: a visitor whose lamports never are stake takes no reward that the holder's stake earned. Without
/// the charge he takes what his part of the pool is: a tenth with a tenth of it, nearly all with ten
/// times as much.
#[tokio::test]
async fn a_visitor_of_the_last_slot_gains_nothing_and_the_holder_loses_nothing() {
    let quiet = World::new(0).await.visit(0).await;
    let visits = [
        (90 * SOL, 3_000_000),
        (900 * SOL, 16_500_000),
        (9_000 * SOL, 30_000_000),
    ];
    for (lamports, reward) in visits {
        let free = World::new(0).await.visit(lamports).await;
        assert!(free.gain > reward, "{free:?}");
        assert!(quiet.holder - free.holder > reward, "{free:?}");

        let charged = World::new(10_000).await.visit(lamports).await;
        assert!(charged.gain <= 0, "{charged:?}");
        assert!(charged.holder >= quiet.holder, "{charged:?}");
        assert!(-charged.gain < reward / 10, "nor is he charged for more");
    }
}
