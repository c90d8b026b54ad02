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
