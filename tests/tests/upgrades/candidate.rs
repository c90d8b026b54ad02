//! From candidate 2 to the program of today: the layout is the same, so that nothing has to be migrated, and
//! the upgrade may come in the midst of anything.

use anchor_lang::Discriminator;
use sluice::state::{PoolConfig, PoolLimits, RateHistory};
use sluice_tests::{
    cluster::AccountsSnapshot,
    pool::Pool,
    releases::{self, CANDIDATE_2},
    scenario::{CREDITS, SOL},
};
use solana_account::Account;
use solana_pubkey::Pubkey;

use crate::old_program::{cluster_with, today};

/// The moments of an epoch's work in which the program is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// One of three validators is observed.
    BetweenObservations,
    /// All are observed, and the epoch is not booked.
    BeforeFinalize,
    /// One of three validators has its stake collected, and the batch that is due is not paid.
    BetweenCollections,
    /// In the window one of three validators has got its stake, with a batch locked and another one open.
    BetweenDelegations,
    /// A ticket of a batch of two is claimed, the other is not.
    BetweenClaims,
}

use Moment::{
    BeforeFinalize, BetweenClaims, BetweenCollections, BetweenDelegations, BetweenObservations,
};

struct Rehearsal {
    pool: Pool,
    /// When the program is replaced; never in the twin.
    at: Option<Moment>,
}

impl Rehearsal {
    async fn start(at: Option<Moment>) -> Self {
        let mut cluster = cluster_with(&releases::code(CANDIDATE_2)).await;
        cluster.next_epochs(3).await;
        let config = PoolConfig {
            movement_cap_bps: 5_000,
            ..PoolConfig::RECOMMENDED
        };
        let mut pool = Pool::create(cluster, "pool", config, PoolLimits::NONE).await;
        pool.add_validators(&[(0, 1), (500, 2), (1_000, 1)]).await;
        Self { pool, at }
    }

    /// Replaces the program if this is the moment. The twin goes on by as many slots.
    async fn moment(&mut self, moment: Moment) {
        match self.at == Some(moment) {
            true => {
                let cluster = &mut self.pool.cluster;
                cluster.exchange_code(&sluice::ID, &today()).await;
            }
            false => self.pool.cluster.warp_by(1).await,
        }
    }

    /// An epoch with everything under way, every transaction watched. What the pool consists of then.
    async fn live(mut self) -> AccountsSnapshot {
        let pool = &mut self.pool;
        let alice = pool.user("alice", 2_000 * SOL).await;
        pool.deposit(&alice, 900 * SOL).await;
        pool.crank_window().await;
        pool.crank_next_epoch(0).await;
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
        let early = [
            pool.request(&alice, 30 * SOL).await,
            pool.request(&alice, 20 * SOL).await,
        ];
        pool.crank_window().await;

        pool.next_epoch_with_rewards(CREDITS).await;
        pool.observe(0, 0, 1).await;
        self.moment(BetweenObservations).await;
        self.pool.observe_all().await;
        self.moment(BeforeFinalize).await;
        self.pool.finalize().await;
        let votes = [0, 1, 2].map(|number| self.pool.vote(number));
        self.pool.collect(&votes[0]).await;
        self.moment(BetweenCollections).await;
        let pool = &mut self.pool;
        pool.crank_epoch().await;
        let late = pool.request(&alice, 40 * SOL).await;
        pool.deposit(&alice, 200 * SOL).await;
        pool.warp_to_window().await;
        pool.undelegate_all().await;
        pool.delegate(&votes[0]).await;
        let last = pool.request(&alice, 10 * SOL).await;
        self.moment(BetweenDelegations).await;
        self.pool.delegate_all().await;
        self.pool.claim(&early[0]).await;
        self.moment(BetweenClaims).await;
        let pool = &mut self.pool;
        pool.claim(&early[1]).await;
        for _ in 0..2 {
            pool.crank_next_epoch(CREDITS).await;
            pool.crank_window().await;
        }
        for ticket in [late, last] {
            pool.claim(&ticket).await;
        }
        assert!(pool.tickets().await.is_empty());
        forget_times(pool).await;
        let addresses = addresses(pool).await;
        pool.cluster.snapshot(&addresses).await
    }
}

/// What the clock of this machine has written differs from run to run.
async fn forget_times(pool: &mut Pool) {
    pool.change_pool(|account| account.epoch_start_timestamp = 0)
        .await;
    let mut history = pool.history().await;
    for rate in &mut history.epochs {
        rate.epoch_start_timestamp = 0;
    }
    let address = pool.addresses.history;
    let store = |account: &mut Account| {
        let start = RateHistory::DISCRIMINATOR.len();
        account.data[start..].copy_from_slice(bytemuck::bytes_of(&history));
    };
    pool.cluster.change_account(&address, store).await;
}

async fn addresses(pool: &mut Pool) -> Vec<Pubkey> {
    let of = pool.addresses;
    let mut all = vec![
        of.pool,
        of.mint,
        of.reserve,
        of.claims_vault,
        of.escrow,
        of.fees,
        of.history,
        of.page(0),
    ];
    for place in pool.places().await {
        all.extend([place.main, place.transient, of.marker(&place.vote)]);
    }
    all
}

/// Whenever it comes: the pool ends with the same bytes and lamports as one that was never upgraded.
#[tokio::test]
async fn an_upgrade_in_the_midst_of_an_epoch_changes_nothing_for_the_pool() {
    let never = Rehearsal::start(None).await.live().await;
    for moment in [
        BetweenObservations,
        BeforeFinalize,
        BetweenCollections,
        BetweenDelegations,
        BetweenClaims,
    ] {
        let upgraded = Rehearsal::start(Some(moment)).await.live().await;
        assert!(
            never == upgraded,
            "{moment:?}: {:#?}",
            never.changes(&upgraded)
        );
    }
}
