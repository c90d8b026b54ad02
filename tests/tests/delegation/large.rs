//! Amounts that floating point cannot hold.

use sluice_tests::{pool::Pool, scenario::SOL};

/// The first lamports that a double cannot count.
const INEXACT: u64 = 1 << 53;

#[tokio::test]
async fn stake_above_two_to_the_53_is_delegated_and_paid_to_the_lamport() {
    let deposit = 2 * INEXACT + 1;
    let builder = Pool::builder()
        .cluster(|cluster| {
            cluster
                .payer_lamports(5 * INEXACT)
                .cluster_stake_lamports(40 * INEXACT)
        })
        .config(|config| config.reserve_target_bps = 0)
        .validators(&[(0, 1), (0, 60_000)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", deposit + SOL).await;
    pool.deposit(&alice, deposit).await;
    pool.crank_window().await;
    let expected = pool.targets().await;
    assert!(expected[1] > INEXACT);
    assert_eq!(pool.delegations().await, expected);
    pool.crank_next_epoch(0).await;
    assert_eq!(pool.delegations().await, expected);

    let ticket = pool.request(&alice, INEXACT + 1).await;
    pool.pass_an_epoch().await;
    assert_eq!(pool.batch(ticket.batch_id).await.paid_lamports, INEXACT + 1);
    let rest = pool.request(&alice, INEXACT).await;
    pool.pass_an_epoch().await;
    assert_eq!(pool.batch(rest.batch_id).await.paid_lamports, INEXACT);
    let account = pool.account().await;
    assert_eq!(account.lst_supply, account.dead_lst);
}
