//! What cranks pay for: booking the epoch, and moving stake.

use sluice_client::SlotAddress;
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL, Sent},
    pool::Pool,
};
use solana_keypair::Keypair;

use super::Samples;

/// What the large holder puts in and takes out in turn.
const FLOW_LAMPORTS: u64 = 2_000 * LAMPORTS_PER_SOL;

/// Measures what cranks do in epochs with rewards, in which a large holder comes and goes. Cranks
/// that found nothing to do are not counted. The pool must be priced.
pub async fn measure_cranks(pool: &mut Pool, epochs: u64, samples: &mut Samples) {
    let whale = pool.user("whale", 4 * FLOW_LAMPORTS).await;
    pool.deposit(&whale, 2 * FLOW_LAMPORTS).await;
    for epoch in 0..epochs {
        rebalance(pool, samples).await;
        pool.next_epoch_with_rewards(100_000).await;
        pool.observe_all().await;
        let sent = pool.finalize().await;
        samples.compute("finalize_epoch", sent.compute_units);
        let collect = |pool: &Pool, place: &SlotAddress| pool.addresses.collect(place);
        move_stake(pool, "collect", collect, samples).await;
        settle(pool, samples).await;
        come_or_go(pool, &whale, epoch).await;
    }
}

async fn come_or_go(pool: &mut Pool, whale: &Keypair, epoch: u64) {
    match epoch % 2 {
        0 => {
            pool.request(whale, FLOW_LAMPORTS / 2).await;
        }
        _ => {
            pool.deposit(whale, FLOW_LAMPORTS / 2).await;
        }
    }
}

async fn rebalance(pool: &mut Pool, samples: &mut Samples) {
    pool.warp_to_window().await;
    let undelegate = |pool: &Pool, place: &SlotAddress| pool.addresses.undelegate(place);
    move_stake(pool, "undelegate", undelegate, samples).await;
    let delegate = |pool: &Pool, place: &SlotAddress| pool.addresses.delegate(place);
    move_stake(pool, "delegate", delegate, samples).await;
}

async fn settle(pool: &mut Pool, samples: &mut Samples) {
    let (epoch, account) = (pool.cluster.epoch().await, pool.account().await);
    if account.head_batch < pool.open_batch_id().await
        && pool.batch(account.head_batch).await.lock_epoch < epoch
    {
        let sent = pool.settle_head().await;
        record_if_done(samples, "settle_batch", &sent);
    }
}

async fn move_stake(
    pool: &mut Pool,
    measure: &str,
    instruction: impl Fn(&Pool, &SlotAddress) -> solana_instruction::Instruction,
    samples: &mut Samples,
) {
    for place in pool.places().await {
        let instruction = instruction(pool, &place);
        let sent = pool.must_send(&[instruction], &[]).await;
        record_if_done(samples, measure, &sent);
    }
}

/// A crank that did something says so with an event.
fn record_if_done(samples: &mut Samples, measure: &str, sent: &Sent) {
    if !sent.program_data().is_empty() {
        samples.compute(measure, sent.compute_units);
    }
}
