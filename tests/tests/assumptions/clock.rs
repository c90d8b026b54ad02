//! What the clock says of the start of an epoch.

use std::collections::BTreeSet;

use anchor_lang::prelude::{Clock, EpochSchedule};
use sluice_client::AccountSource;
use sluice_localnet::LocalnetConfig;
use sluice_tests::{cluster::Cluster, net::Net};
use solana_sdk_ids::sysvar;

/// Longer than any epoch here.
const YEAR: i64 = 365 * 86_400;

/// Goes to the next epoch while all validators say that it is so much later, or earlier, than the
/// clock says. Returns the start of that epoch.
async fn next_start(cluster: &mut Cluster, ahead: i64) -> i64 {
    let now = cluster.clock().await.unix_timestamp;
    cluster.vote_time(now + ahead).await;
    cluster.next_epoch().await;
    cluster.clock().await.epoch_start_timestamp
}

/// That it stays until the next one begins is seen in `localnet/slots`, on real blocks: a warp in the
/// bank moves it to the time before the warp.
#[tokio::test]
async fn an_epoch_starts_at_the_time_of_its_first_slot() {
    let mut cluster = Cluster::builder().start().await;
    let start = cluster.clock().await.epoch_start_timestamp;
    let mut before = start;
    for _ in 0..10 {
        let now = cluster.clock().await.unix_timestamp;
        cluster.vote_time(now + YEAR).await;
        cluster.next_epoch_in_rewards().await;
        let first = cluster.clock().await;
        assert_eq!(first.epoch_start_timestamp, first.unix_timestamp);
        assert!(first.epoch_start_timestamp >= before);
        before = first.epoch_start_timestamp;
        cluster.finish_rewards().await;
    }
    assert!(before > start, "time has passed");
}

/// So a median of liars moves a yield by no more than that, and only while it lies.
#[tokio::test]
async fn voters_stretch_an_epoch_to_five_halves_of_its_time_and_shrink_it_to_three_quarters() {
    let mut lengths = Vec::new();
    for ahead in [YEAR, -YEAR] {
        let mut cluster = Cluster::builder().start().await;
        cluster.next_epochs(10).await;
        let start = cluster.clock().await.epoch_start_timestamp;
        let next = next_start(&mut cluster, ahead).await;
        lengths.push(next - start);
    }
    let (longest, shortest) = (lengths[0], lengths[1]);
    // 2.5 to 0.75, but for whole seconds.
    let (product, other) = (longest * 3, shortest * 10);
    assert!(
        (product - other).abs() <= 20,
        "{longest} s and {shortest} s"
    );
}

/// So a node whose clock is behind the slot that it names shows old accounts: the client refuses them.
/// The bank is Agave's own, which sets slot and epoch of its clock when it begins, before any transaction.
#[test]
fn accounts_that_are_read_together_have_the_clock_of_the_slot_that_the_answer_names() {
    let net = Net::start(LocalnetConfig::default());
    let addresses = [sysvar::clock::ID, sysvar::epoch_schedule::ID];
    let mut slots = BTreeSet::new();
    for _ in 0..3 {
        for part_bps in [0, 5_000, 9_000] {
            net.to_epoch_part(part_bps);
            let read = net.rpc.accounts(&addresses, None).unwrap();
            let data = |index: usize| read.accounts[index].as_ref().unwrap().data.as_slice();
            let clock: Clock = bincode::deserialize(data(0)).unwrap();
            let schedule: EpochSchedule = bincode::deserialize(data(1)).unwrap();
            assert_eq!(clock.slot, read.slot);
            assert_eq!(clock.epoch, schedule.get_epoch(read.slot));
            slots.insert(read.slot);
        }
        net.next_epoch();
    }
    assert!(slots.len() >= 6, "{slots:?}");
}
