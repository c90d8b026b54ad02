//! The BLS key is asked for on every cluster, also where validators need no admission ticket yet:
//! on the day that they do, stake without it earns nothing any more, and no rule would move it.

use agave_feature_set::validator_admission_ticket;
use sluice::SluiceError::BlsKeyMissing;
use sluice_tests::{
    cluster::VoteAccount,
    pool::{Pool, PoolBuilder},
    scenario::{CREDITS, SOL, assert_refused},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::instruction as stake;

/// A pool on a cluster of today, or on one where validators need no admission ticket.
fn cluster(asks_for_tickets: bool) -> PoolBuilder {
    Pool::builder().cluster(|cluster| match asks_for_tickets {
        true => cluster,
        false => cluster.inactive_feature(validator_admission_ticket::ID),
    })
}

async fn keyless(pool: &mut Pool) -> Pubkey {
    let without_key = VoteAccount {
        bls_key: false,
        ..VoteAccount::default()
    };
    pool.cluster
        .create_vote_account("keyless", &without_key)
        .await
}

#[tokio::test]
async fn a_validator_without_a_bls_key_is_refused_with_and_without_admission_tickets() {
    for asks_for_tickets in [true, false] {
        let mut pool = cluster(asks_for_tickets).start().await;
        let vote = keyless(&mut pool).await;
        assert_refused(pool.try_add_validator(&vote, 1).await, BlsKeyMissing);
        pool.cluster.set_bls_key(&vote, true).await;
        pool.add_validator(&vote, 1).await;
    }
}

#[tokio::test]
async fn a_validator_with_a_bls_key_earns_with_and_without_admission_tickets() {
    for asks_for_tickets in [true, false] {
        let builder = cluster(asks_for_tickets).validators(&[(0, 1)]);
        let mut pool = builder.start().await;
        let alice = pool.user("alice", 200 * SOL).await;
        pool.deposit(&alice, 100 * SOL).await;
        pool.crank_window().await;
        pool.live_an_epoch(CREDITS).await;
        pool.crank_next_epoch(CREDITS).await;
        assert!(
            pool.books().await.pool.last_gain_lamports > 0,
            "{asks_for_tickets}"
        );
    }
}

/// What the rule forgoes, and why: this stake earns until the day on which tickets are asked for.
#[tokio::test]
async fn without_admission_tickets_stake_on_a_validator_without_a_bls_key_earns() {
    for asks_for_tickets in [true, false] {
        let mut pool = cluster(asks_for_tickets).start().await;
        let (vote, authority) = (keyless(&mut pool).await, pool.user("alice", 10 * SOL).await);
        let cluster = &mut pool.cluster;
        let stake = cluster
            .create_delegated_stake("stake", &authority, 5 * SOL, &vote)
            .await;
        cluster.next_epoch().await;
        let before = cluster.lamports(&stake).await;
        cluster.earn_credits(&vote, CREDITS).await;
        cluster.next_epoch().await;
        let has_earned = cluster.lamports(&stake).await > before;
        assert_eq!(has_earned, !asks_for_tickets);
    }
}

/// Why a retirement can cost an epoch's reward: a boundary looks at validators that have stake in the new epoch.
#[tokio::test]
async fn the_last_stake_that_leaves_a_validator_is_paid_only_where_nobody_asks_for_tickets_or_others_stay()
 {
    for (asks_for_tickets, others_stay) in [(true, false), (true, true), (false, false)] {
        let mut pool = cluster(asks_for_tickets).start().await;
        let alice = pool.user("alice", SOL).await;
        let (cluster, owner) = (&mut pool.cluster, alice.pubkey());
        let vote = cluster.create_validator("left by all", 0).await;
        let leaves = cluster.inject_active_stake("leaves", &owner, 5 * SOL, &vote);
        let leaves = leaves.await;
        if others_stay {
            let stays = cluster.inject_active_stake("stays", &owner, SOL, &vote);
            stays.await;
        }
        cluster.next_epoch().await;
        let before = cluster.lamports(&leaves).await;
        let deactivate = stake::deactivate_stake(&leaves, &owner);
        cluster.must_send(&[deactivate], &[&alice]).await;
        cluster.earn_credits(&vote, CREDITS).await;
        cluster.next_epoch().await;
        let was_paid = cluster.lamports(&leaves).await > before;
        assert_eq!(was_paid, others_stay || !asks_for_tickets);
    }
}
