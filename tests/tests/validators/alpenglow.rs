//! Where the cluster votes by Alpenglow it counts no points: a validator is judged beside another
//! one of the pool, and coarsely.

use sluice::{
    SluiceError::{NoBreach, WrongReference},
    state::{Breach, PoolConfig},
};
use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, breach, voting_pool},
};
use solana_pubkey::Pubkey;
use solana_vote_interface::state::VoteStateVersions;

/// What stands in the list of credits between the time of Tower and that of Alpenglow.
const MARK: (u64, u64, u64) = (u64::MAX, u64::MAX, u64::MAX);

/// A pool of three, the first of which hid these commissions; by the first of them the last
/// boundary paid, which counted no points.
async fn pool_of_alpenglow(commission_bps: u16) -> (Pool, [Pubkey; 3]) {
    let (mut pool, _alice) = voting_pool(&[1, 1, 1]).await;
    let votes = [pool.vote(0), pool.vote(1), pool.vote(2)];
    for _ in 0..3 {
        pool.crank_window().await;
        pool.cluster.set_commission(&votes[0], commission_bps).await;
        pool.next_epoch_with_rewards(CREDITS).await;
        pool.cluster.set_commission(&votes[0], 0).await;
        pool.crank_epoch().await;
    }
    let mut rewards = pool.cluster.epoch_rewards().await;
    rewards.total_points = 0;
    pool.cluster.set_epoch_rewards(&rewards);
    (pool, votes)
}

#[tokio::test]
async fn who_pays_far_less_than_another_validator_of_the_pool_is_ejected_beside_it() {
    for (commission_bps, is_far) in [(10_000, true), (6_000, true), (5_000, false)] {
        let (mut pool, [greedy, honest, _]) = pool_of_alpenglow(commission_bps).await;
        assert_refused(pool.try_eject(&greedy).await, NoBreach);
        assert_refused(pool.try_eject_beside(&greedy, &greedy).await, NoBreach);
        assert_refused(pool.try_eject_beside(&honest, &greedy).await, NoBreach);
        let verdict = pool.try_eject_beside(&greedy, &honest).await;
        if is_far {
            assert_eq!(breach(&verdict.expect("a breach")), Breach::LowYield);
        } else {
            assert_refused(verdict, NoBreach);
        }
    }
}

#[tokio::test]
async fn the_reference_can_be_on_another_page_of_the_same_pool() {
    let (mut pool, [greedy, honest, _]) = pool_of_alpenglow(10_000).await;
    let (place, reference) = (pool.place(&greedy).await, pool.place(&honest).await);
    let mut eject = pool.addresses.eject_validator(&place, Some(reference));
    let named = eject
        .accounts
        .last_mut()
        .expect("the page of the reference");
    assert_eq!(named.pubkey, sluice::ID, "left out where it is the same");
    named.pubkey = pool.addresses.page(0);
    // The same page a second time cannot be read while it is changed.
    pool.send(&[eject], &[]).await.expect_err("borrowed");

    // A foreign pool's page.
    pool.found("second", PoolConfig::RECOMMENDED).await;
    let stranger = pool.add_validators(&[(0, 1)]).await[0];
    let foreign = pool.place(&stranger).await;
    let page = pool.addresses.page(foreign.page);
    pool.turn_to("pool");
    let mut eject = pool.addresses.eject_validator(&place, Some(foreign));
    eject.accounts.last_mut().expect("the page").pubkey = page;
    assert_refused(pool.send(&[eject], &[]).await, WrongReference);
}

#[tokio::test]
async fn a_reference_that_was_not_observed_in_this_epoch_is_none() {
    let (mut pool, [greedy, honest, _]) = pool_of_alpenglow(10_000).await;
    pool.crank_window().await;
    pool.next_epoch_with_rewards(CREDITS).await;
    let refused = pool.try_eject_beside(&greedy, &honest).await;
    assert_refused(refused, WrongReference);
}

#[tokio::test]
async fn credits_are_lamports_and_prove_nothing() {
    let (mut pool, [_, silent, other]) = pool_of_alpenglow(0).await;
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[other], CREDITS).await;
    let mut rewards = pool.cluster.epoch_rewards().await;
    rewards.total_points = 0;
    pool.cluster.set_epoch_rewards(&rewards);
    assert_refused(pool.try_eject(&silent).await, NoBreach);
    // What was paid does: nothing, while the other one was.
    let sent = pool.eject_beside(&silent, &other).await;
    assert_eq!(breach(&sent), Breach::LowYield);
}

#[tokio::test]
async fn in_the_epoch_in_which_the_cluster_goes_over_nobody_is_judged() {
    for (since_voted_in, is_judged) in [(0, false), (1, false), (u64::MAX, true)] {
        let (mut pool, [greedy, ..]) = pool_of_alpenglow(10_000).await;
        let mut rewards = pool.cluster.epoch_rewards().await;
        rewards.total_points = 300 * u128::from(SOL) * u128::from(CREDITS);
        pool.cluster.set_epoch_rewards(&rewards);
        let epoch = pool.cluster.epoch().await;
        let go_over = |state: &mut VoteStateVersions| {
            let VoteStateVersions::V4(state) = state else {
                panic!("of this version")
            };
            let credits = &mut state.epoch_credits;
            let (_, after, _) = *credits.last().expect("it voted");
            // The mark and what was earned after it, here nothing.
            if since_voted_in < u64::MAX {
                credits.extend([MARK, (epoch - 1 + since_voted_in, after, after)]);
            }
        };
        pool.cluster.change_vote(&greedy, go_over).await;
        assert_eq!(pool.try_eject(&greedy).await.is_ok(), is_judged);
    }
}

#[tokio::test]
async fn a_mark_of_long_ago_excuses_nobody() {
    let (mut pool, [greedy, ..]) = pool_of_alpenglow(10_000).await;
    let mut rewards = pool.cluster.epoch_rewards().await;
    rewards.total_points = 300 * u128::from(SOL) * u128::from(CREDITS);
    pool.cluster.set_epoch_rewards(&rewards);
    let mark = |state: &mut VoteStateVersions| match state {
        VoteStateVersions::V4(state) => state.epoch_credits.insert(0, MARK),
        other => panic!("{other:?}"),
    };
    pool.cluster.change_vote(&greedy, mark).await;
    assert_eq!(breach(&pool.eject(&greedy).await), Breach::LowYield);
}
