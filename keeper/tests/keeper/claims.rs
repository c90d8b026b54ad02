//! Claims for others: what they may cost, and which of them are made.

use std::{fs, thread, time::Duration};

use sluice_client::{Repeat, tickets_at};
use sluice_tests::net::SOL;
use solana_signer::Signer;

use crate::stage::{Keeper, Stage};

/// Keepers wait for at most a two hundredth of it.
const EPOCH: Duration = Duration::from_secs(200);

/// More than fit into one transaction.
const TICKETS: u64 = 10;

/// One transaction, and not a second one.
const ONE: &str = "claim = \"all\"\npriority_fee = \"none\"\nmax_claim_fees_sol = \"0.000009\"";

/// Tickets of the payer in one batch that is settled, by a keeper that does not claim: the batch.
fn settled(stage: &Stage, tickets: u64) -> u64 {
    let batch = (0..tickets).map(|number| stage.request(number, SOL)).last();
    let batch = batch.unwrap();
    stage.to_window();
    stage.crank();
    for _ in 0..2 {
        stage.next_epoch();
        stage.crank();
    }
    assert!(stage.snapshot().pool.head_batch > batch);
    batch
}

fn some_turns(keeper: &Keeper) {
    keeper.await_status("/readyz", 200);
    thread::sleep(Duration::from_millis(2_500));
}

#[test]
fn what_claims_have_cost_is_not_forgotten_by_a_restart() {
    let stage = Stage::with(EPOCH, 2);
    let key = stage.wallet(1);
    let configuration = stage.configuration_of(&key, &stage.url(), ONE);
    settled(&stage, TICKETS);
    let keeper = stage.keeper(&configuration);
    let claimed = keeper.eventually("claim", || {
        keeper.metric("claims_total").filter(|one| *one > 0)
    });
    assert!(
        (4..TICKETS).contains(&claimed),
        "{claimed} in one transaction"
    );
    some_turns(&keeper);
    assert_eq!(keeper.metric("claim_fees_lamports_total"), Some(5_000));
    let left = TICKETS - claimed;
    keeper.await_metric("claims_held_back", left);
    let page = keeper.get("/").1;
    assert!(
        page.contains(&format!("; {left} tickets more in the next epoch")),
        "{page}"
    );
    let log = keeper.end("-TERM");
    let said = format!("is spent (0.000009000 SOL). {left} settled tickets can be claimed by");
    assert_eq!(log.matches(&said).count(), 1, "{log}");
    let keeper = stage.keeper(&configuration);
    some_turns(&keeper);
    assert_eq!(keeper.metric("claims_total"), Some(0), "all of it is spent");
    stage.next_epoch();
    keeper.await_metric("claims_total", left);
    keeper.await_metric("claims_held_back", 0);
    keeper.end("-TERM");
}

#[test]
fn with_a_broken_note_of_what_claims_cost_none_are_made_before_the_next_epoch() {
    let stage = Stage::with(EPOCH, 2);
    let key = stage.wallet(1);
    let configuration = stage.configuration_of(&key, &stage.url(), ONE);
    settled(&stage, 1);
    let genesis = stage.rpc.get_genesis_hash().unwrap();
    let noted = format!("claims-{genesis}-{}", stage.addresses.pool);
    fs::create_dir_all(stage.state_of(&key)).unwrap();
    fs::write(stage.state_of(&key).join(noted), "{").unwrap();
    let keeper = stage.keeper(&configuration);
    keeper.await_log("none are made before the next epoch");
    some_turns(&keeper);
    assert_eq!(keeper.metric("claims_total"), Some(0));
    stage.next_epoch();
    keeper.await_metric("claims_total", 1);
}

#[test]
fn a_keeper_of_last_tickets_claims_only_what_closes_a_batch_and_who_opened_it_gets_the_rent() {
    let stage = Stage::with(EPOCH, 2);
    let batch = settled(&stage, 2);
    let keeper = stage.keeper(&stage.configuration(&stage.url(), "claim = \"last\""));
    let (payer, account) = (stage.payer.pubkey(), stage.addresses.batch(batch));
    let rent = stage.lamports(&account);
    some_turns(&keeper);
    assert_eq!(
        keeper.metric("claims_total"),
        Some(0),
        "two are left of the batch"
    );
    let ticket = stage.addresses.ticket(&payer, 0);
    let owned = tickets_at(&stage.rpc, [ticket]).unwrap().remove(0);
    let claim = stage.addresses.claim(&owned.accounts(), owned.batch.opener);
    stage
        .executor()
        .send(&[claim], &[], Repeat::Harmful)
        .unwrap();
    keeper.await_metric("claims_total", 1);
    keeper.await_log("With it a batch closed: who opened it got");
    assert!(stage.rpc.get_account(&account).is_err(), "it is closed");
    assert_eq!(keeper.metric("batches_closed_total"), Some(1));
    let returned = keeper.metric("batch_rent_returned_lamports_total");
    assert_eq!(returned, Some(rent));
}
