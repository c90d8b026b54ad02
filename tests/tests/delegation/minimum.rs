//! The minimum delegation, on both sides of every balance around it.

use sluice::state::{PoolConfig, SEED_LAMPORTS};
use sluice_tests::{
    cluster::Cluster,
    pool::{Pool, Watch},
    scenario::{MINIMUM_DELEGATION, SOL},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Balances of one lamport below, at and above whole SOL.
fn balances() -> Vec<u64> {
    let around = |sol: u64| [sol * SOL - 1, sol * SOL, sol * SOL + 1];
    (1..=3).flat_map(around).collect()
}

/// Pools on one cluster, so that their epochs pass together.
struct Sweep {
    pool: Pool,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    user: Keypair,
    /// What the pool can stake.
    stakeable: u64,
    /// What the user asks back.
    exit_lst: u64,
}

impl Sweep {
    /// A pool for each balance and exit. The seed is a part of the balance.
    async fn new(validators: usize, exits: &[u64]) -> Self {
        let cluster = Cluster::builder().sluice().start().await;
        let mut pool = Pool::not_created(cluster, "none");
        // So many pools would be read again and again: they are checked after each crank.
        pool.watch = Watch::Off;
        let mut config = PoolConfig::RECOMMENDED;
        config.reserve_target_bps = 0;
        let mut cases = Vec::new();
        for stakeable in balances() {
            for exit_lst in exits {
                let name = format!("{stakeable} less {exit_lst}");
                pool.found(&name, config).await;
                pool.add_validators(&vec![(0, 1); validators]).await;
                let user = pool.user(&format!("user of {name}"), 4 * SOL).await;
                let lamports = stakeable - SEED_LAMPORTS;
                pool.deposit(&user, lamports).await;
                cases.push(Case {
                    exit_lst: (*exit_lst).min(lamports),
                    name,
                    user,
                    stakeable,
                });
            }
        }
        Self { pool, cases }
    }

    /// The window with its cranks, then the next epoch with its own, in every pool.
    async fn epoch(&mut self) {
        for boundary in [false, true] {
            if boundary {
                self.pool.cluster.next_epoch().await;
            } else {
                self.pool.turn_to(&self.cases[0].name);
                self.pool.warp_to_window().await;
            }
            for case in &self.cases {
                self.pool.turn_to(&case.name);
                self.pool.crank_epoch().await;
                self.pool.check().await;
                self.pool.assert_minimum_delegations().await;
            }
        }
    }

    /// Stakes, asks for the exits, and follows every pool until they are paid.
    async fn run(mut self, validators: u64) {
        self.epoch().await;
        for case in &self.cases {
            self.pool.turn_to(&case.name);
            let mut staked = 0;
            for number in 0..validators {
                let vote = self.pool.vote(number);
                staked += self.pool.delegated(&vote).await;
            }
            let idle = case.stakeable - staked;
            assert!(idle < MINIMUM_DELEGATION, "{}: {idle} idle", case.name);
            self.pool.request(&case.user, case.exit_lst).await;
        }
        for _ in 0..2 {
            self.epoch().await;
        }
        for case in &self.cases {
            self.pool.turn_to(&case.name);
            let batch = self.pool.batch(0).await;
            assert!(batch.is_settled(), "{}: {batch:?}", case.name);
            assert_eq!(batch.paid_lamports, case.exit_lst, "{}", case.name);
            let left = self.pool.lst_balance(&case.user.pubkey()).await;
            assert_eq!(left + case.exit_lst, case.stakeable - SEED_LAMPORTS);
        }
    }
}

#[tokio::test]
async fn one_validator_keeps_the_minimum_or_nothing_at_every_balance() {
    let exits = [1, SOL - 1, SOL, SOL + 1, 2 * SOL, 4 * SOL];
    Sweep::new(1, &exits).await.run(1).await;
}

#[tokio::test]
async fn two_validators_keep_the_minimum_or_nothing_at_every_balance() {
    let exits = [1, SOL - 1, SOL + 1, 4 * SOL];
    Sweep::new(2, &exits).await.run(2).await;
}
