//! What users pay does not depend on the number of validators.

use sluice_tests::{
    pool::{Pool, Watch},
    scenario::SOL,
};

/// Compute units of the instructions of a user, in a pool of this many validators. Same names,
/// same addresses: nothing else differs.
async fn compute_units_of_users(validators: usize) -> Vec<(&'static str, u64)> {
    let builder = Pool::builder()
        .config(|config| config.reserve_target_bps = 2_000)
        .validators(&vec![(0, 1); validators])
        .watch(Watch::Off);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 1_000 * SOL).await;
    let mut units = Vec::new();
    let mut note = |name, sent: sluice_tests::cluster::Sent| {
        units.push((name, sent.compute_units));
    };
    note("deposit", pool.deposit(&alice, 100 * SOL).await);
    note("withdraw", pool.withdraw(&alice, SOL).await);
    let owner = solana_signer::Signer::pubkey(&alice);
    let (first, cancelled) = pool.request_instruction(&owner, SOL).await;
    note("request", pool.must_send(&[first], &[&alice]).await);
    let (second, kept) = pool.request_instruction(&owner, SOL).await;
    note("second request", pool.must_send(&[second], &[&alice]).await);
    note("cancel", pool.cancel(&alice, &cancelled).await);
    note("transfer", pool.transfer(&alice, &kept, &owner).await);
    pool.cluster.next_epoch().await;
    pool.price().await;
    note("settle", pool.settle_head().await);
    note("claim", pool.claim(&kept).await);
    units
}

#[tokio::test]
async fn v7_and_v31_no_instruction_of_a_user_grows_with_the_list_of_validators() {
    let few = compute_units_of_users(1).await;
    // More than two pages: the list grew by two accounts, too.
    let many = compute_units_of_users(130).await;
    assert_eq!(few, many);
    assert!(few.iter().all(|(_, units)| *units > 100 && *units < 40_000));
}

#[tokio::test]
async fn v8_exits_go_on_when_every_validator_is_gone() {
    let builder = Pool::builder().validators(&[(0, 1), (0, 1)]);
    let mut pool = builder.start().await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 50 * SOL).await;
    pool.pass_an_epoch().await;
    let ticket = pool.request(&alice, 45 * SOL).await;
    for place in pool.places().await {
        pool.cluster.remove_account(&place.vote).await;
    }
    for _ in 0..2 {
        pool.crank_window().await;
        pool.cluster.next_epoch().await;
        pool.crank_epoch().await;
    }
    assert!(pool.batch(ticket.batch_id).await.is_settled());
    pool.claim(&ticket).await;
}
