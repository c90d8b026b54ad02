//! A pool goes on after its migration as if it had always had this layout.

use sluice_client::{Subject, Verdict};
use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::TicketAddress};
use solana_pubkey::Pubkey;

use crate::frozen::FrozenPool;

/// The validators with a weight: the others never get stake.
const WEIGHTED: [u64; 5] = [0, 1, 2, 64, 65];

impl FrozenPool {
    fn weighted(&self) -> Vec<Pubkey> {
        let votes = WEIGHTED.iter().map(|number| self.pool.vote(*number));
        votes.collect()
    }

    /// Ends the epoch with good cranks: moves in the window, then rewards, prices, settlement.
    pub async fn live_an_epoch(&mut self) {
        let votes = self.weighted();
        self.pool.warp_to_window().await;
        for vote in &votes {
            self.pool.undelegate(vote).await;
        }
        for vote in &votes {
            self.pool.delegate(vote).await;
        }
        for vote in &votes {
            self.pool.cluster.earn_credits(vote, 1_000).await;
        }
        self.pool.cluster.next_epoch().await;
        self.pool.price().await;
        for vote in &votes {
            self.pool.collect(vote).await;
        }
        self.pool.settle().await;
    }

    /// Lives on until the ticket's batch is paid in full; at most three epochs.
    pub async fn wait_until_settled(&mut self, ticket: &TicketAddress) {
        for _ in 0..3 {
            if self.pool.batch(ticket.batch_id).await.is_settled() {
                return;
            }
            self.live_an_epoch().await;
        }
        let batch = self.pool.batch(ticket.batch_id).await;
        assert!(batch.is_settled(), "{batch:?}");
    }
}

/// Every transaction from here on is watched: books, prices, balances, to the lamport.
#[tokio::test]
async fn a_migrated_pool_lives_on() {
    let mut frozen = FrozenPool::start().await;
    frozen.migrate().await;
    let epochs = frozen.pool.history().await.count;
    let (alice, carol) = (frozen.alice.insecure_clone(), frozen.carol.insecure_clone());
    frozen.pool.deposit(&alice, 100 * SOL).await;
    frozen.pool.withdraw(&carol, SOL).await;

    let retired = frozen.pool.vote(2);
    assert!(!frozen.pool.slot_of(&retired).await.is_leaving());
    let delegated = frozen.pool.account().await.staked_lamports;
    frozen.live_an_epoch().await;
    assert!(frozen.pool.account().await.staked_lamports > delegated);
    assert!(frozen.pool.slot_of(&retired).await.is_leaving());
    assert_eq!(frozen.pool.slot_of(&frozen.pool.vote(65)).await.weight, 50);
    frozen.live_an_epoch().await;

    let history = frozen.pool.history().await;
    assert_eq!(history.count, epochs + 2);
    let rates: Vec<_> = history.iter().collect();
    assert!(rates.is_sorted_by_key(|rate| rate.epoch));
    let (old, new) = rates.split_at(usize::from(epochs));
    assert!(old.iter().all(|rate| rate.fee_lamports == 0));
    let earned = new.iter().filter(|rate| rate.gain_lamports > 0);
    assert!(earned.clone().count() > 0);
    assert!(earned.clone().all(|rate| rate.fee_lamports > 0));

    // The rate of rewards is known again, so that exits with stake open.
    let pool = frozen.pool.account().await;
    assert!(pool.reward_rate_e12 > 0);
    let added = frozen.pool.add_validators(&[(500, 10)]).await;
    assert_eq!(frozen.pool.place(&added[0]).await.page, 1);
}

#[tokio::test]
async fn a_pool_that_waits_for_its_migration_is_verified_in_part_and_afterwards_as_a_whole() {
    let mut frozen = FrozenPool::start().await;
    let report = frozen.pool.verified().await;
    assert_eq!(report.verdict(), Verdict::Warning, "{report:#?}");
    let addresses = report.check(Subject::Addresses).expect("a check");
    assert!(addresses.says().contains("waits for its migration"));
    assert!(report.check(Subject::Staked).is_none());
    frozen.migrate().await;
    frozen.live_an_epoch().await;
    let report = frozen.pool.verified().await;
    assert_ne!(report.verdict(), Verdict::Fail, "{report:#?}");
    assert!(report.check(Subject::Staked).is_some());
}
