//! A hostile curator: bound by the movement cap, the share cap, and a notice of one epoch.

use rand::{Rng, SeedableRng, rngs::StdRng};
use sluice::state::SlotState;
use sluice_tests::{
    pool::{Pool, Watch},
    scenario::{CREDITS, SOL, empty_pool_with},
};
use solana_pubkey::Pubkey;

const OWNED: u64 = 1_000 * SOL;
const SHARE_CAP_BPS: u16 = 2_000;
const MOVEMENT_CAP_BPS: u16 = 1_000;

/// 1,000 SOL on ten validators of equal weight, active, at the start of an epoch.
async fn staked_pool() -> Pool {
    let mut pool = empty_pool_with(&[1; 10], |config| {
        config.share_cap_bps = SHARE_CAP_BPS;
        config.movement_cap_bps = MOVEMENT_CAP_BPS;
        config.reserve_target_bps = 0;
    })
    .await;
    pool.watch = Watch::Off;
    let alice = pool.user("alice", 2 * OWNED).await;
    pool.deposit(&alice, OWNED).await;
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    pool
}

/// What each validator of the pool has, by vote account.
async fn stakes(pool: &mut Pool) -> Vec<(Pubkey, u64)> {
    let mut stakes = Vec::new();
    for place in pool.places().await {
        stakes.push((place.vote, pool.delegated(&place.vote).await));
    }
    stakes
}

/// What validators lost in a window, but for those that broke a rule.
async fn taken_in_a_window(pool: &mut Pool) -> u64 {
    let mut before = stakes(pool).await;
    let mut kept = Vec::new();
    for (vote, had) in before.drain(..) {
        if pool.slot_state(&vote).await != SlotState::Ejected {
            kept.push((vote, had));
        }
    }
    pool.crank_window().await;
    let mut taken = 0;
    for (vote, had) in kept {
        taken += had.saturating_sub(pool.delegated(&vote).await);
    }
    taken
}

async fn owned(pool: &mut Pool) -> u64 {
    pool.books().await.prices().full
}

async fn assert_bound(pool: &mut Pool, taken: u64) {
    let owned = owned(pool).await;
    let cap = owned / 10;
    assert!(taken <= cap + SOL, "{taken} of {owned} moved");
    // The share cap, and the tolerance on top.
    let most = owned / 100 * 21 + SOL;
    for (vote, has) in stakes(pool).await {
        assert!(has <= most, "{vote} has {has} of {owned}");
    }
}

/// E2.
#[tokio::test]
async fn e2_retiring_all_others_moves_a_tenth_per_epoch_and_concentrates_nothing() {
    let mut pool = staked_pool().await;
    let others: Vec<Pubkey> = (0..10).map(|number| pool.vote(number)).collect();
    let friend = pool.add_validators(&[(0, u16::MAX)]).await[0];
    for vote in &others {
        pool.retire(vote).await;
    }
    let mut epochs = 0;
    while stakes(&mut pool)
        .await
        .iter()
        .any(|(vote, has)| *vote != friend && *has > 10 * SOL)
    {
        let taken = taken_in_a_window(&mut pool).await;
        assert_bound(&mut pool, taken).await;
        pool.crank_next_epoch(CREDITS).await;
        epochs += 1;
        assert!(epochs < 20);
    }
    assert!(epochs >= 8, "holders have {epochs} epochs to leave");
    // What is left cannot be put on the friend: the share cap is that of a pool of ten.
    for _ in 0..4 {
        let taken = taken_in_a_window(&mut pool).await;
        assert_bound(&mut pool, taken).await;
        pool.crank_next_epoch(CREDITS).await;
    }
}

/// E2: weights of zero are no other way.
#[tokio::test]
async fn e2_weighing_all_others_with_nothing_lifts_no_share_cap() {
    let mut pool = staked_pool().await;
    let kept = pool.vote(0);
    for number in 1..10 {
        let vote = pool.vote(number);
        pool.set_weight(&vote, 0).await;
    }
    for _ in 0..14 {
        let taken = taken_in_a_window(&mut pool).await;
        assert_bound(&mut pool, taken).await;
        pool.crank_next_epoch(CREDITS).await;
    }
    pool.crank_window().await;
    let (has, owned) = (pool.delegated(&kept).await, owned(&mut pool).await);
    assert!(has > owned / 6 && has <= owned / 5, "{has} of {owned}");
}

/// A3.
#[tokio::test]
async fn a3_a_new_validator_gets_nothing_in_the_epoch_in_which_it_is_added() {
    let mut pool = staked_pool().await;
    let bob = pool.user("bob", 200 * SOL).await;
    pool.deposit(&bob, 100 * SOL).await;
    let before = stakes(&mut pool).await;
    let friend = pool.add_validators(&[(0, u16::MAX)]).await[0];
    pool.crank_window().await;
    assert_eq!(pool.delegated(&friend).await, 0);
    for (vote, had) in before {
        let has = pool.delegated(&vote).await;
        assert!(has >= had, "its target did not fall");
    }
    assert_eq!(pool.slot_of(&friend).await.weight, 0);
    pool.crank_next_epoch(CREDITS).await;
    assert_eq!(pool.slot_of(&friend).await.weight, u16::MAX);
}

/// E15: what the share cap cuts off a new validator is not taken from the others.
#[tokio::test]
async fn e15_a_validator_heavier_than_the_cap_unstakes_no_more_than_it_can_use() {
    let mut pool = staked_pool().await;
    let friend = pool.add_validators(&[(0, u16::MAX)]).await[0];
    let taken = taken_in_a_window(&mut pool).await;
    assert_eq!(taken, 0, "no target has fallen yet");
    pool.crank_next_epoch(CREDITS).await;
    for _ in 0..6 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
        let account = pool.account().await;
        let idle = account.reserve_lamports + account.deactivating_lamports;
        assert!(idle <= OWNED / 10 + 2 * SOL, "{idle} are idle");
    }
    let has = pool.delegated(&friend).await;
    assert!(has > OWNED / 6, "{has}");
    let account = pool.account().await;
    assert!(account.reserve_lamports < 20 * SOL, "nothing stays behind");
}

/// One goes and one comes within an epoch: nothing is lifted, and nothing stays idle for good.
#[tokio::test]
async fn replacing_a_validator_lifts_no_share_cap_and_stakes_all_again() {
    let mut pool = staked_pool().await;
    let leaves = pool.vote(0);
    pool.add_validators(&[(0, 1)]).await;
    pool.retire(&leaves).await;
    for _ in 0..8 {
        let taken = taken_in_a_window(&mut pool).await;
        assert_bound(&mut pool, taken).await;
        pool.crank_next_epoch(CREDITS).await;
    }
    let account = pool.account().await;
    assert_eq!(account.most_validators, 10);
    assert!(account.delegated().get() > OWNED - 20 * SOL);
}

/// The cap of a pool that shrank for good is announced anew.
#[tokio::test]
async fn a_share_cap_announced_anew_forgets_how_many_validators_there_were() {
    let mut pool = empty_pool_with(&[1; 4], |config| {
        config.share_cap_bps = 1_000;
        config.movement_cap_bps = 5_000;
        config.reserve_target_bps = 0;
    })
    .await;
    pool.watch = Watch::Off;
    let alice = pool.user("alice", 500 * SOL).await;
    pool.deposit(&alice, 400 * SOL).await;
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    for number in 2..4 {
        let vote = pool.vote(number);
        pool.retire(&vote).await;
    }
    for _ in 0..5 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
    let idle = pool.account().await.reserve_lamports;
    assert!(idle > 190 * SOL, "two of four hold a quarter each: {idle}");
    let cap = sluice::state::Parameter::ShareCapBps;
    pool.schedule_change(cap, 1_000).await;
    for epoch in 0..4 {
        let most = pool.account().await.most_validators;
        assert_eq!(most, if epoch < 2 { 4 } else { 2 });
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
    assert!(pool.account().await.reserve_lamports < 5 * SOL);
}

/// What a friend of the curator did in an epoch, whatever came into its mind.
async fn act(pool: &mut Pool, rng: &mut StdRng, friends: &mut Vec<Pubkey>, epoch: usize) {
    for _ in 0..rng.random_range(0..4) {
        let places = pool.places().await;
        let place = places[rng.random_range(0..places.len())];
        match rng.random_range(0..4) {
            0 if friends.len() < 12 => {
                let name = format!("friend {} of epoch {epoch}", friends.len());
                let vote = pool.cluster.create_validator(&name, 0).await;
                let weight = rng.random_range(1..u16::MAX);
                pool.add_validator(&vote, weight).await;
                friends.push(vote);
            }
            1 if !friends.contains(&place.vote) => {
                let _gone_already = pool.try_retire(&place.vote).await;
            }
            _ => {
                let weight = rng.random_range(0..1_000);
                let _leaves = pool.try_set_weight(&place.vote, weight).await;
            }
        }
    }
}

/// E1 and E2 together: the curator's friends come with new vote accounts, and keep all that the
/// pool's stake earns until what they paid convicts them.
#[tokio::test]
async fn e2_over_twenty_epochs_a_curator_moves_no_more_than_the_caps_let_it() {
    for seed in 0..2 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut pool = staked_pool().await;
        let mut friends = Vec::new();
        let (mut kept, mut paid) = (0, 0);
        for epoch in 0..20 {
            act(&mut pool, &mut rng, &mut friends, epoch).await;
            let taken = taken_in_a_window(&mut pool).await;
            assert_bound(&mut pool, taken).await;
            for friend in &friends {
                pool.cluster.set_commission(friend, 10_000).await;
            }
            pool.next_epoch_with_rewards(CREDITS).await;
            for friend in &friends {
                pool.cluster.set_commission(friend, 0).await;
            }
            pool.crank_epoch().await;
            let rewards = pool.cluster.epoch_rewards().await;
            for place in pool.places().await {
                let slot = pool.slot_of(&place.vote).await;
                let points = u128::from(slot.rewarded_lamports) * u128::from(CREDITS);
                let gross = points * u128::from(rewards.total_rewards);
                let gross = gross.checked_div(rewards.total_points).unwrap_or(0);
                kept += gross.saturating_sub(u128::from(slot.paid_lamports));
                paid += u128::from(slot.paid_lamports);
                if slot.state == SlotState::Active.code() {
                    let _no_breach = pool.try_eject(&place.vote).await;
                }
            }
        }
        let share = kept * 10_000 / (kept + paid);
        println!(
            "seed {seed}: friends kept {kept} of {} lamports in 20 epochs, {share} basis points",
            kept + paid
        );
        assert!(share < 4_000, "most of what was earned was paid");
    }
}
