//! Epochs that grow: 32 slots in the first one, twice as many in each, 432,000 from the fifteenth on.

use sluice_math::Lst;
use sluice_tests::{
    pool::{Pool, Prices, TicketAddress},
    scenario::{CREDITS, SOL},
};

/// Whether the second price is no lower than the first.
fn is_no_lower(before: &Prices, after: &Prices) -> bool {
    let product = |one: u64, other: u64| u128::from(one) * u128::from(other);
    product(after.value, before.supply) >= product(before.value, after.supply)
}

/// A request, and what was said of it when it was made.
struct Asked {
    ticket: TicketAddress,
    least_lamports: u64,
    epochs: std::ops::RangeInclusive<u64>,
}

/// An exit is asked for in each epoch. Each is paid in an epoch that was told, for no less than was told,
/// while each epoch is twice as long as the one before.
#[tokio::test]
async fn a_pool_made_in_the_first_warm_up_epoch_lives_through_the_growth_and_pays_as_forecast() {
    let builder = Pool::builder().validators(&[(0, 1), (500, 2)]);
    let mut pool = builder.start().await;
    let schedule = pool.cluster.epoch_schedule();
    assert_eq!(
        (pool.cluster.epoch().await, schedule.get_slots_in_epoch(0)),
        (0, 32)
    );
    let alice = pool.user("alice", 600 * SOL).await;
    pool.deposit(&alice, 500 * SOL).await;
    let mut open: Vec<Asked> = Vec::new();
    let (mut paid, mut prices) = (0, pool.prices().await);
    for _ in 0..18 {
        let view = pool.view().await;
        let dates = view.exit_schedule().expect("dates");
        let forecast = view
            .exit_forecast(Lst::new(SOL), &dates)
            .expect("a forecast");
        open.push(Asked {
            ticket: pool.request(&alice, SOL).await,
            least_lamports: forecast.least.get(),
            epochs: forecast.dates.first_epoch..=forecast.dates.last_epoch,
        });
        pool.crank_window().await;
        let epoch = pool.crank_next_epoch(CREDITS).await;
        let now = pool.prices().await;
        assert!(
            is_no_lower(&prices, &now),
            "epoch {epoch}: {prices:?}, {now:?}"
        );
        prices = now;
        let mut waiting = Vec::new();
        for asked in open {
            let batch = pool.batch(asked.ticket.batch_id).await;
            if !batch.is_settled() {
                waiting.push(asked);
                continue;
            }
            assert!(
                asked.epochs.contains(&epoch),
                "epoch {epoch}: {:?}",
                asked.epochs
            );
            let of_batch = u128::from(batch.paid_lamports) * u128::from(asked.ticket.lst);
            assert!(of_batch / u128::from(batch.lst) >= u128::from(asked.least_lamports));
            pool.claim(&asked.ticket).await;
            paid += 1;
        }
        open = waiting;
    }
    assert_eq!(
        schedule.get_slots_in_epoch(pool.cluster.epoch().await),
        432_000
    );
    assert!(
        paid >= 17 && open.len() <= 1,
        "{paid} paid, {} open",
        open.len()
    );
}
