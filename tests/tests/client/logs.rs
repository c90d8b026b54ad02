//! Nothing is cut from the logs of what the client packs.

use sluice::state::PoolConfig;
use sluice_client::{Event, StepKind};
use sluice_tests::{
    pool::{Pool, Turned, Watch},
    scenario::{CREDITS, SOL},
};

const VALIDATORS: usize = 60;
const STAKE: u64 = 20 * SOL;

/// Events of a kind.
fn count(turned: &Turned, is_of_kind: fn(&Event) -> bool) -> usize {
    turned
        .events
        .iter()
        .filter(|event| is_of_kind(event))
        .count()
}

#[tokio::test]
async fn every_event_of_a_pool_of_sixty_that_four_fifths_leave_can_be_read() {
    let builder = Pool::builder().config(|config| *config = PoolConfig::RECOMMENDED);
    let builder = builder.epoch(10).watch(Watch::Off);
    let builder = builder.validators(&vec![(0, 1); VALIDATORS]);
    let mut pool = builder.start().await;
    let holder = pool.user("holder", 2_000 * SOL).await;
    pool.deposit(&holder, VALIDATORS as u64 * STAKE).await;
    pool.cluster.next_epoch().await;
    let tables = pool.wanted_tables().await;
    pool.turn_as_planned(&tables).await;
    pool.warp_to_window().await;
    let delegated = pool.turn_as_planned(&tables).await;
    assert_eq!(delegated.count(StepKind::Delegate), VALIDATORS);
    let told = count(&delegated, |event| {
        matches!(event, Event::StakeDelegated(_))
    });
    assert_eq!(told, VALIDATORS);

    pool.next_epoch_with_rewards(CREDITS).await;
    let collected = pool.turn_as_planned(&tables).await;
    let told = count(&collected, |event| {
        matches!(event, Event::StakeCollected(_))
    });
    assert_eq!(
        (collected.count(StepKind::Collect), told),
        (VALIDATORS, VALIDATORS)
    );

    let supply = pool.account().await.lst_supply;
    pool.request(&holder, supply / 5 * 4).await;
    pool.warp_to_window().await;
    let left = pool.turn_as_planned(&tables).await;
    let told = count(&left, |event| matches!(event, Event::StakeUndelegated(_)));
    assert_eq!(
        (left.count(StepKind::Undelegate), told),
        (VALIDATORS, VALIDATORS)
    );

    pool.next_epoch_with_rewards(CREDITS).await;
    let paid = pool.turn_as_planned(&tables).await;
    assert_eq!(
        count(&paid, |event| matches!(event, Event::BatchSettled(_))),
        1
    );
}
