//! The share cap: no validator holds more of the pool than the configuration allows.

use sluice_tests::{
    pool::Pool,
    scenario::{CREDITS, MINIMUM_DELEGATION, SOL, empty_pool_with, voting_pool_with},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

const ODD_WEIGHTS: [u16; 12] = [977, 503, 307, 171, 131, 113, 71, 53, 31, 23, 11, 7];

/// What is staked with each validator and stays.
async fn delegations(pool: &mut Pool) -> Vec<u64> {
    let mut all = Vec::new();
    for place in pool.places().await {
        all.push(pool.delegated(&place.vote).await);
    }
    all
}

/// What the pool spreads over its validators.
async fn stakeable(pool: &mut Pool) -> u64 {
    let books = pool.books().await;
    let prices = books.prices();
    let kept = prices.full * u64::from(books.pool.config.reserve_target_bps) / 10_000;
    let locked = u128::from(books.pool.locked_lst) * u128::from(prices.value);
    let queue = u64::try_from(locked.div_ceil(u128::from(prices.supply))).expect("a part");
    prices.full.saturating_sub(kept).saturating_sub(queue)
}

/// The cap in lamports: the configured share, or an even one where that is more.
async fn most(pool: &mut Pool) -> u64 {
    let account = pool.account().await;
    let occupied = pool.books().await;
    let validators = occupied.slots().filter(|slot| slot.weight > 0).count() as u64;
    let cap = u64::from(account.config.share_cap_bps).max(10_000_u64.div_ceil(validators.max(1)));
    let stakeable = u128::from(stakeable(pool).await);
    u64::try_from(stakeable * u128::from(cap) / 10_000).expect("a part")
}

/// Targets by water-filling, computed here from weights and cap alone: the heaviest are cut one
/// after the other, from the top.
fn water_filled(weights: &[u16], stakeable: u64, most: u64) -> Vec<u64> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(weights[*index]));
    let mut targets = vec![0; weights.len()];
    let mut left = u128::from(stakeable);
    let mut weight: u128 = weights.iter().copied().map(u128::from).sum();
    for index in order {
        let of_this = u128::from(weights[index]);
        let share = (left * of_this).checked_div(weight).unwrap_or(0);
        let target = share.min(u128::from(most));
        targets[index] = u64::try_from(target).expect("a part");
        if share > u128::from(most) {
            left -= target;
            weight -= of_this;
        }
    }
    targets
}

fn assert_near(has: &[u64], targets: &[u64], tolerance: u64) {
    for (has, target) in has.iter().zip(targets) {
        assert!(has.abs_diff(*target) <= tolerance, "{has:?} of {targets:?}");
    }
}

#[tokio::test]
async fn targets_are_cut_and_spread_again_whatever_the_weights_are() {
    for (validators, cap_bps) in [
        (2, 6_000),
        (3, 3_000),
        (5, 2_500),
        (8, 1_500),
        (12, 1_100),
        (12, 3_000),
    ] {
        let weights = &ODD_WEIGHTS[..validators];
        let mut pool = empty_pool_with(weights, |config| config.share_cap_bps = cap_bps).await;
        pool.crank_next_epoch(CREDITS).await;
        let alice = pool.user("alice", 2_000 * SOL).await;
        pool.deposit(&alice, 1_000 * SOL).await;
        pool.crank_window().await;
        let (stakeable, most) = (stakeable(&mut pool).await, most(&mut pool).await);
        let targets = water_filled(weights, stakeable, most);
        let has = delegations(&mut pool).await;
        assert_near(&has, &targets, 20);
        let unspread = stakeable - has.iter().sum::<u64>();
        assert!(unspread < SOL, "all of it is staked: {unspread} is left");
        assert!(has.iter().all(|has| *has <= most + MINIMUM_DELEGATION));
    }
}

#[tokio::test]
async fn a_cap_below_an_even_share_is_an_even_share() {
    let weights = &ODD_WEIGHTS[..3];
    let mut pool = empty_pool_with(weights, |config| config.share_cap_bps = 1).await;
    pool.crank_next_epoch(CREDITS).await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 900 * SOL).await;
    pool.crank_window().await;
    let even = stakeable(&mut pool).await / 3;
    // In whole basis points, rounded up: the last one gets what is left.
    assert_near(&delegations(&mut pool).await, &[even; 3], even / 2_000);
    assert_eq!(pool.account().await.spread_cap_bps, 3_334);
}

#[tokio::test]
async fn the_cap_holds_from_the_first_delegation_of_a_new_pool() {
    let mut pool = empty_pool_with(&[96, 1, 1, 1, 1], |config| config.share_cap_bps = 3_000).await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 500 * SOL).await;
    pool.crank_window().await;
    let most = most(&mut pool).await;
    let has = delegations(&mut pool).await;
    assert!(
        has.iter().all(|has| *has <= most + MINIMUM_DELEGATION),
        "{has:?} of {most}"
    );
    for _ in 0..3 {
        pool.live_an_epoch(CREDITS).await;
    }
    let sum: u64 = delegations(&mut pool).await.iter().sum();
    assert!(
        sum + SOL > stakeable(&mut pool).await,
        "from the next epoch on all is spread"
    );
}

/// Lives epochs until nothing moves any more.
async fn rest(pool: &mut Pool) -> u32 {
    for epochs in 0..30 {
        let before = delegations(pool).await;
        pool.crank_window().await;
        pool.live_an_epoch(0).await;
        let after = delegations(pool).await;
        if before == after && pool.account().await.deactivating_lamports == 0 {
            return epochs;
        }
    }
    panic!("no rest: {:?}", delegations(pool).await);
}

#[tokio::test]
async fn a_cap_that_begins_to_bind_moves_stake_over_epochs_and_then_rests() {
    let weights = [12, 2, 1, 1];
    let (mut pool, _alice) = voting_pool_with(&weights, |config| {
        config.movement_cap_bps = 1_000;
        config.tolerance_bps = 100;
    })
    .await;
    let begins = delegations(&mut pool).await;
    pool.change_pool(|pool| pool.config.share_cap_bps = 4_000)
        .await;
    pool.live_an_epoch(CREDITS).await;
    let (first, cap) = (delegations(&mut pool).await, pool.prices().await.full / 10);
    assert!(
        begins[0] - first[0] <= cap + SOL,
        "the movement cap holds: {begins:?} {first:?}"
    );
    let epochs = rest(&mut pool).await;
    assert!(epochs >= 2, "{epochs}");
    let (stakeable, most) = (stakeable(&mut pool).await, most(&mut pool).await);
    let has = delegations(&mut pool).await;
    assert!(
        has[0] <= most + MINIMUM_DELEGATION.max(most / 100),
        "{has:?} of {most}"
    );
    let targets = water_filled(&weights, stakeable, most);
    assert_near(&has, &targets, 2 * SOL + most / 100);
    pool.assert_minimum_delegations().await;
}

#[tokio::test]
async fn nobody_waits_for_an_exit_because_a_cap_binds() {
    let weights = &ODD_WEIGHTS[..7];
    let mut pool = empty_pool_with(weights, |config| {
        config.share_cap_bps = 1_500;
        config.reserve_target_bps = 0;
    })
    .await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    pool.deposit(&alice, 300 * SOL).await;
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[], CREDITS).await;
    for lst in [SOL / 3, 40 * SOL, 7 * SOL, 200 * SOL] {
        let ticket = pool.request(&alice, lst).await;
        pool.crank_window().await;
        pool.crank_next_epoch_of(&[], CREDITS).await;
        assert!(pool.batch(ticket.batch_id).await.is_settled(), "{lst}");
        pool.claim(&ticket).await;
    }
    let rest = pool.lst_balance(&alice.pubkey()).await;
    let ticket = pool.request(&alice, rest).await;
    pool.crank_window().await;
    pool.crank_next_epoch_of(&[], CREDITS).await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    let account = pool.account().await;
    let treasury = pool.books().await.fees_lst;
    assert_eq!(account.lst_supply, account.dead_lst + treasury);
}

/// Where the cap cuts somebody, a validator comes, and one that was cut is ejected, all between
/// two finalizes, targets still fit what there is, and an exit is paid in time.
#[tokio::test]
async fn validators_that_come_and_go_within_an_epoch_keep_nobody_waiting() {
    let (mut pool, alice) = voting_pool_with(&[10, 3, 3, 3], |config| {
        config.share_cap_bps = 3_400;
        config.reserve_target_bps = 0;
    })
    .await;
    rest(&mut pool).await;
    pool.crank_next_epoch(0).await;
    let heavy = pool.vote(0);
    assert_eq!(pool.account().await.cut_count, 1);
    let late = pool.add_validators(&[(0, 60)]).await[0];
    pool.cluster.set_commission(&heavy, 3_000).await;
    pool.eject(&heavy).await;
    let ticket = pool.request(&alice, 600 * SOL).await;
    pool.warp_to_window().await;
    for vote in [pool.vote(1), pool.vote(2), pool.vote(3), late] {
        pool.undelegate(&vote).await;
    }
    pool.undelegate(&heavy).await;
    pool.delegate_all().await;
    let account = pool.account().await;
    assert!(account.deactivating_lamports >= 590 * SOL);
    pool.crank_next_epoch(CREDITS).await;
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    let votes: Vec<Pubkey> = vec![pool.vote(1), pool.vote(2), pool.vote(3), late];
    for _ in 0..8 {
        pool.crank_window().await;
        pool.next_epoch_with_votes_of(&votes, CREDITS).await;
        pool.crank_epoch().await;
    }
    pool.crank_window().await;
    let most = most(&mut pool).await;
    for vote in votes {
        let has = pool.delegated(&vote).await;
        assert!(
            has <= most * 21 / 20 + 2 * MINIMUM_DELEGATION,
            "{has} of {most}"
        );
    }
}
