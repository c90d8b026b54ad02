//! What liquidators are paid, and what nobody takes from lenders or liquidators.

use sluice::SluiceError;
use sluice_tests::{pool::Pool, scenario::SOL};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use vault::{
    events::{LoanLiquidated, SeizureCollected},
    terms,
};

use crate::scene::Scene;

/// SOL that the attacker lends: nearly all of the market.
const MUCH: u64 = 9_900 * SOL;

/// A loan of 70 SOL that is due: its LST are worth 88.
async fn due() -> (Scene, Pubkey) {
    let mut scene = Scene::without_breaker().await;
    let loan = scene.open(0, 100 * SOL, 70 * SOL).await.unwrap();
    scene.lose(1_200).await;
    (scene, loan)
}

/// Lends much, does this, and withdraws, in one transaction. Panics if the attacker gains by it.
async fn lend_around(scene: &mut Scene, instruction: Instruction) -> sluice_tests::cluster::Sent {
    let attacker: Keypair = scene.pool.user("attacker", 10_000 * SOL).await;
    let cluster = &mut scene.pool.cluster;
    cluster
        .create_token_account(&scene.at.share_mint, &attacker.pubkey())
        .await;
    let slot = scene.pool.cluster.slot().await;
    let mut book = scene.book().await;
    book.accrue(slot).unwrap();
    // The transaction may be a slot later: a little less than what comes.
    let shares = book.lend(MUCH).unwrap() - 100;
    let had = scene.pool.cluster.lamports(&attacker.pubkey()).await;
    let around = [
        scene.at.lend(attacker.pubkey(), MUCH, shares),
        instruction,
        scene.at.withdraw(attacker.pubkey(), shares, 0),
    ];
    let sent = scene.pool.cluster.send(&around, &[&attacker]).await;
    let has = scene.pool.cluster.lamports(&attacker.pubkey()).await;
    assert!(has <= had, "the attacker gains {}", has - had);
    sent.unwrap()
}

#[tokio::test]
async fn who_lends_for_one_transaction_takes_nothing_of_an_instant_exit() {
    let (mut scene, loan) = due().await;
    let keeper = scene.keeper.pubkey();
    let had = scene.pool.cluster.lamports(&keeper).await;
    let liquidate = scene.now_instruction(loan);
    let sent = lend_around(&mut scene, liquidate).await;
    let told = sent.events::<LoanLiquidated>().remove(0);
    assert_eq!(told.booked_lamports, told.owed_lamports);
    let most = told.owed_lamports * (terms::SEIZED_BPS - 10_000) / 10_000;
    assert!(told.surplus_lamports > most / 4 && told.surplus_lamports <= most + 1);
    let has = scene.pool.cluster.lamports(&keeper).await;
    assert_eq!(has, had + told.surplus_lamports, "the liquidator's");
    scene.check(&[loan]).await;
}

#[tokio::test]
async fn who_lends_for_one_transaction_takes_nothing_of_what_the_queue_pays() {
    let (mut scene, loan) = due().await;
    let keeper = scene.keeper.pubkey();
    let had = scene.pool.cluster.lamports(&keeper).await;
    let (number, ticket) = scene.liquidate_by_queue(loan).await.unwrap();
    let expected = scene.seizure(number).await.expected_lamports;
    scene.pool.pass_an_epoch().await;
    scene.pool.pass_an_epoch().await;
    scene.pool.claim(&ticket).await;
    let collect = scene.at.collect(number, ticket.ticket, keeper);
    let sent = lend_around(&mut scene, collect).await;
    let told = sent.events::<SeizureCollected>().remove(0);
    assert_eq!((told.lamports, told.closed), (expected, true));
    assert!(told.surplus_lamports > 0);
    let has = scene.pool.cluster.lamports(&keeper).await;
    assert_eq!(has, had + told.surplus_lamports, "the liquidator's");
    scene.check(&[loan]).await;
}

/// Whatever comes to a seizure fills what is expected first, and nothing leaves it for the payer before
/// the queue has paid all.
#[tokio::test]
async fn a_gift_to_a_seizure_pays_the_lenders_first_and_the_rest_waits_for_the_last_payment() {
    let (mut scene, loan) = due().await;
    let keeper = scene.keeper.pubkey();
    let (number, ticket) = scene.liquidate_by_queue(loan).await.unwrap();
    let before = scene.book().await;
    let gift = before.queued_lamports + 5 * SOL;
    let seizure = scene.at.seizure(number);
    scene.pool.cluster.fund(&seizure, gift).await;
    let had = scene.pool.cluster.lamports(&keeper).await;
    scene.collect(number).await.unwrap();
    let book = scene.book().await;
    assert_eq!(book.queued_lamports, 0);
    assert_eq!(
        book.cash_lamports,
        before.cash_lamports + before.queued_lamports
    );
    assert_eq!(scene.pool.cluster.lamports(&keeper).await, had);
    scene.pool.pass_an_epoch().await;
    scene.pool.pass_an_epoch().await;
    scene.pool.claim(&ticket).await;
    scene.collect(number).await.unwrap();
    assert_eq!(scene.book().await.cash_lamports, book.cash_lamports);
    let has = scene.pool.cluster.lamports(&keeper).await;
    assert!(has > had + before.queued_lamports + 5 * SOL);
    scene.check(&[loan]).await;
}

/// An instant exit has a fee, the queue has none: where the LST are worth little more than what is owed,
/// the lenders would pay that fee.
#[tokio::test]
async fn an_instant_exit_that_would_leave_bad_debt_is_refused_and_the_queue_pays_all() {
    let builder = Pool::builder().config(|config| {
        config.breaker_bound_bps = 5_000;
        config.instant_fee_min_bps = 300;
        config.instant_fee_max_bps = 300;
    });
    let mut scene = Scene::beside(builder).await;
    let loan = scene.open(0, 200 * SOL, 140 * SOL).await.unwrap();
    scene.lose(2_850).await;
    let before = scene.market().await;
    let worth = scene.worth(200 * SOL).await;
    let owed = before.book.owed_lamports;
    assert!(worth > owed && worth * 97 / 100 < owed);
    let failure = scene.liquidate_now(loan).await.unwrap_err();
    let below = SluiceError::BelowMinimum;
    assert_eq!(failure.custom_code, Some(below.into()), "{failure}");
    assert_eq!(scene.market().await, before);

    scene.liquidate_by_queue(loan).await.unwrap();
    let booked = scene.book().await.queued_lamports;
    assert!(booked >= owed, "with interest since");
    scene.check(&[loan]).await;
}

#[tokio::test]
async fn a_fall_of_rents_takes_nothing_from_who_paid_for_a_seizure() {
    let (mut scene, loan) = due().await;
    let keeper = scene.keeper.pubkey();
    let had = scene.pool.cluster.lamports(&keeper).await;
    let (number, ticket) = scene.liquidate_by_queue(loan).await.unwrap();
    let seizure = scene.at.seizure(number);
    let rent = scene.pool.cluster.lamports(&seizure).await;
    assert_eq!(scene.seizure(number).await.rent_lamports, rent);
    scene.pool.cluster.schedule_rent(696).await;
    scene.pool.pass_an_epoch().await;
    // Nothing has come, so nothing is there to take.
    let failure = scene.collect(number).await.unwrap_err();
    let nothing = vault::VaultError::NothingToCollect;
    assert_eq!(failure.custom_code, Some(nothing.into()), "{failure}");
    scene.pool.pass_an_epoch().await;
    scene.pool.claim(&ticket).await;
    let sent = scene.collect(number).await.unwrap();
    let told = sent.events::<SeizureCollected>().remove(0);
    let has = scene.pool.cluster.lamports(&keeper).await;
    assert_eq!(has, had + told.surplus_lamports);
}
