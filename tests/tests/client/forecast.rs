//! What is paid through the queue is what was forecast: never less without a loss, and never more
//! than rewards as before would give.

use sluice_client::ExitForecast;
use sluice_tests::{
    pool::{Pool, Watch},
    scenario::{CREDITS, SOL},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// From here on all epochs have the same length, and rewards of the same size.
const FIRST_EPOCH: u64 = 15;

/// What differs between worlds.
#[derive(Clone, Copy, Debug)]
struct World {
    /// Credits of every validator in each epoch after the request.
    credits: u64,
    /// The part of the holder's LST that leaves, in percent.
    leaving_percent: u64,
    /// Whether the request comes when the window is open already.
    in_window: bool,
    /// Part of an epoch, in basis points, that passes before anybody turns a crank.
    late_bps: u64,
    /// Whether nobody turns a crank in the window of the epoch in which the batch locks.
    missed_window: bool,
    /// What the pool was given just before its last finalize.
    donation: u64,
}

fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for credits in [0, CREDITS] {
        for in_window in [false, true] {
            for (late_bps, missed_window) in [(0, false), (4_000, false), (0, true)] {
                for (leaving_percent, donation) in [(40, 0), (99, 0), (40, 3 * SOL)] {
                    worlds.push(World {
                        credits,
                        leaving_percent,
                        in_window,
                        late_bps,
                        missed_window,
                        donation,
                    });
                }
            }
        }
    }
    worlds
}

/// A pool whose rewards of the last epoch drip, and its holder.
async fn dripping(world: &World) -> (Pool, Keypair) {
    let builder = Pool::builder().watch(Watch::Off).epoch(FIRST_EPOCH);
    let mut pool = builder.validators(&[(0, 1), (0, 2)]).start().await;
    let holder = pool.user("holder", 1_000 * SOL).await;
    pool.deposit(&holder, 900 * SOL).await;
    pool.pass_an_epoch().await;
    pool.live_an_epoch(CREDITS).await;
    if world.donation > 0 {
        let reserve = pool.addresses.reserve;
        pool.cluster.fund(&reserve, world.donation).await;
    }
    pool.crank_next_epoch(CREDITS).await;
    (pool, holder)
}

/// Asks for a forecast, joins the queue, and lives on: the forecast, and what was paid in which epoch.
async fn live(world: &World) -> (ExitForecast, u64, u64) {
    let (mut pool, holder) = dripping(world).await;
    if world.in_window {
        pool.crank_window().await;
    }
    let held = pool.lst_balance(&holder.pubkey()).await;
    let lst = held / 100 * world.leaving_percent;
    let view = pool.view().await;
    let schedule = view.exit_schedule().unwrap();
    let forecast = view
        .exit_forecast(sluice_math::Lst::new(lst), &schedule)
        .unwrap();
    let ticket = pool.request(&holder, lst).await;
    for _ in 0..6 {
        let locks = pool.cluster.epoch().await == schedule.lock_epoch;
        if !(locks && world.missed_window) {
            pool.crank_window().await;
        }
        let epoch = pool.next_epoch_with_rewards(world.credits).await;
        if world.late_bps > 0 {
            pool.cluster.warp_to_epoch_fraction(world.late_bps).await;
        }
        pool.crank_epoch().await;
        let batch = pool.batch(ticket.batch_id).await;
        if batch.unsettled_lst == 0 {
            return (forecast, batch.paid_lamports, epoch);
        }
    }
    panic!("the batch is never paid: {world:?}");
}

#[tokio::test]
async fn what_is_paid_is_within_the_forecast_in_many_worlds() {
    for world in worlds() {
        let (forecast, paid, epoch) = live(&world).await;
        let range = forecast.least.get()..=forecast.most.get();
        assert!(
            range.contains(&paid),
            "{paid} is not in {range:?}: {world:?}"
        );
        let epochs = forecast.dates.first_epoch..=forecast.dates.last_epoch;
        assert!(
            epochs.contains(&epoch),
            "{epoch} is not in {epochs:?}: {world:?}"
        );
    }
}
