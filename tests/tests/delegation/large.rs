//! Amounts that floating point cannot hold.

use {
    crate::world::{SOL, delegations, next_epoch, targets, window},
    sluice_tests::pool::Pool,
};

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
    window(&mut pool).await;
    let expected = targets(&mut pool).await;
    assert!(expected[1] > INEXACT);
    assert_eq!(delegations(&mut pool).await, expected);
    next_epoch(&mut pool).await;
    assert_eq!(delegations(&mut pool).await, expected);

    let ticket = pool.request(&alice, INEXACT + 1).await;
    window(&mut pool).await;
    next_epoch(&mut pool).await;
    assert_eq!(pool.batch(ticket.batch_id).await.paid_lamports, INEXACT + 1);
    let rest = pool.request(&alice, INEXACT).await;
    window(&mut pool).await;
    next_epoch(&mut pool).await;
    assert_eq!(pool.batch(rest.batch_id).await.paid_lamports, INEXACT);
    let account = pool.account().await;
    assert_eq!(account.lst_supply, account.dead_lst);
}
