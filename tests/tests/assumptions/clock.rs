//! What the clock says of the start of an epoch.

use sluice_tests::cluster::Cluster;

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

#[tokio::test]
async fn an_epoch_starts_at_the_time_of_its_first_slot_and_keeps_that_start_to_its_last() {
    let mut cluster = Cluster::builder().start().await;
    let mut before = cluster.clock().await.epoch_start_timestamp;
    for _ in 0..8 {
        let epoch = cluster.next_epoch_in_rewards().await;
        let first = cluster.clock().await;
        let start = first.epoch_start_timestamp;
        assert_eq!(start, first.unix_timestamp);
        assert!(start >= before);
        cluster.finish_rewards().await;
        cluster.vote_time(start + YEAR).await;
        cluster.warp_to_slot(cluster.last_slot_of(epoch)).await;
        let last = cluster.clock().await;
        assert_eq!((last.epoch, last.epoch_start_timestamp), (epoch, start));
        before = start;
    }
    let last = cluster.clock().await;
    assert!(last.unix_timestamp > last.epoch_start_timestamp);
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
