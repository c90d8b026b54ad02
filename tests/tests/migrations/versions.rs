//! Which layout an account says that it has.

use sluice::state::VERSION;
use sluice_tests::scenario::{SOL, delegated_pool};

#[tokio::test]
async fn every_account_that_is_made_says_that_it_has_the_layout_of_today() {
    let (mut pool, alice) = delegated_pool(&[1], 100 * SOL).await;
    let vote = pool.vote(0);
    let ticket = pool.request(&alice, SOL).await;
    let ticket = pool.ticket(&ticket.ticket).await;
    let versions = [
        ("pool", pool.account().await.version),
        ("page", pool.page(0).await.version),
        ("history", pool.history().await.version),
        ("marker", pool.marker(&vote).await.version),
        ("batch", pool.batch(ticket.batch).await.version),
        ("ticket", ticket.version),
    ];
    for (account, version) in versions {
        assert_eq!(version, VERSION, "{account}");
    }
}
