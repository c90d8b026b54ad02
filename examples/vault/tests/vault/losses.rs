//! What a loss of the pool does to the lenders.

use sluice::SluiceError;
use sluice_tests::scenario::SOL;
use solana_pubkey::Pubkey;
use vault::terms;

use crate::scene::Scene;

/// A loan that two small losses have brought just below the threshold.
async fn nearly_due() -> (Scene, Pubkey) {
    let mut scene = Scene::start().await;
    let limit = terms::limit(scene.worth(200 * SOL).await).unwrap();
    let loan = scene.open(0, 200 * SOL, limit).await.unwrap();
    for _ in 0..2 {
        scene.lose(450).await;
        scene.pool.crank_next_epoch(0).await;
    }
    let owed = scene.book().await.owed_lamports;
    let worth = scene.worth(200 * SOL).await;
    let threshold = terms::threshold(worth).unwrap();
    assert!(owed < threshold && owed > threshold * 99 / 100);
    (scene, loan)
}

#[tokio::test]
async fn a_loan_at_the_threshold_survives_a_loss_of_a_fifth_without_bad_debt() {
    let (mut scene, loan) = nearly_due().await;
    scene.lose(2_000).await;
    let failure = scene.liquidate_now(loan).await.unwrap_err();
    let tripped = SluiceError::BreakerTripped;
    assert_eq!(failure.custom_code, Some(tripped.into()), "{failure}");

    let (number, ticket) = scene.liquidate_by_queue(loan).await.unwrap();
    assert_eq!(ticket.lst, 200 * SOL, "all of it");
    let before = scene.book().await;
    let mut epochs = 0;
    while scene.pool.try_claim(&ticket).await.is_err() {
        scene.pool.warp_to_window().await;
        scene.pool.crank_what_is_open().await;
        scene.pool.next_epoch_with_rewards(0).await;
        scene.pool.crank_what_is_open().await;
        epochs += 1;
        assert!(epochs <= 4, "as the page for lenders promises");
    }
    scene.collect(number).await.unwrap();
    let after = scene.book().await;
    assert_eq!(after.queued_lamports, 0);
    assert!(after.owned_lamports().unwrap() >= before.owned_lamports().unwrap());
    scene.check(&[loan]).await;
}

#[tokio::test]
async fn a_loss_that_no_threshold_can_bear_is_booked_by_who_liquidates_for_all_lenders() {
    let (mut scene, loan) = nearly_due().await;
    scene.lose(3_500).await;
    let before = scene.book().await.owned_lamports().unwrap();
    let worth = scene.worth(200 * SOL).await;
    scene.liquidate_by_queue(loan).await.unwrap();
    let book = scene.book().await;
    assert_eq!(book.queued_lamports, worth);
    assert!(book.owned_lamports().unwrap() < before);
    let owned = book.owned_lamports().unwrap();
    assert_eq!(owned, book.cash_lamports + worth);
    scene.check(&[loan]).await;
}

/// The book expects no more than the worth, and the lenders are owed more.
#[tokio::test]
async fn of_bad_debt_the_lenders_are_paid_up_to_what_was_owed_before_the_liquidator() {
    let (mut scene, loan) = nearly_due().await;
    scene.lose(3_500).await;
    let (number, _) = scene.liquidate_by_queue(loan).await.unwrap();
    let before = scene.book().await;
    let seizure = scene.seizure(number).await;
    let beyond = seizure.owed_lamports - seizure.expected_lamports;
    assert!(beyond > SOL, "bad debt");
    let address = scene.at.seizure(number);
    let comes = seizure.expected_lamports + SOL;
    scene.pool.cluster.fund(&address, comes).await;
    scene.collect(number).await.unwrap();
    let after = scene.book().await;
    assert_eq!(after.queued_lamports, 0);
    assert_eq!(after.cash_lamports, before.cash_lamports + comes);
    let left = scene.seizure(number).await.owed_lamports;
    assert_eq!(left, beyond - SOL, "what comes later is theirs, too");
    scene.check(&[loan]).await;
}
