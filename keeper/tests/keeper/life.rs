//! What a keeper does, and what it says of it.

use sluice_tests::net::SOL;
use solana_signer::Signer;

use crate::stage::{Keeper, Stage};

#[test]
fn a_keeper_prices_epochs_settles_the_queue_claims_for_owners_and_says_so_everywhere() {
    let stage = Stage::new();
    let keeper = stage.keeper(&stage.configuration(&stage.url(), "claim = \"all\""));
    keeper.await_status("/readyz", 200);
    assert_eq!(keeper.get("/healthz").0, 200);
    let batch = stage.request(0, 10 * SOL);
    let before = stage.lamports(&stage.payer.pubkey());
    stage.to_slot(stage.snapshot().window_start().unwrap());
    keeper.eventually("locked batch", || {
        (stage.snapshot().pool.deactivating_lamports > 0).then_some(())
    });
    for _ in 0..2 {
        stage.next_epoch();
        let epoch = stage.snapshot().cluster.clock.epoch;
        keeper.await_metric("priced_epoch", epoch);
    }
    keeper.eventually("settled batch", || {
        (stage.snapshot().pool.head_batch > batch).then_some(())
    });
    keeper.await_metric("queue_batches", 0);
    keeper.await_metric("claims_total", 1);
    let claimed = keeper.metric("claimed_lamports_total").unwrap();
    assert!(
        stage.lamports(&stage.payer.pubkey()) > before + claimed,
        "and the rents"
    );
    let ticket = stage.addresses.ticket(&stage.payer.pubkey(), 0);
    assert!(stage.rpc.get_account(&ticket).is_err(), "it is closed");
    assert_metrics_are_the_pools(&keeper, &stage);
    let log = keeper.log();
    for action in ["finalize", "settle", "undelegate", "pay fees", "claim"] {
        assert!(log.contains(&format!("action={action}")), "{action}: {log}");
    }
    assert_page_is_plain(&keeper, &stage, batch);
    let log = keeper.end("-TERM");
    assert!(log.contains("signal=\"SIGTERM\""), "{log}");
}

fn assert_metrics_are_the_pools(keeper: &Keeper, stage: &Stage) {
    let pool = stage.snapshot().pool;
    let slots = stage.snapshot();
    for (metric, value) in [
        ("supply_lst", pool.lst_supply),
        ("staked_lamports", pool.staked_lamports),
        ("reserve_lamports", pool.reserve_lamports),
        (
            "reserve_target_lamports",
            pool.reserve_target().unwrap().get(),
        ),
        ("owned_lamports", slots.rate().unwrap().full.get()),
        ("queue_open_lst", 0),
        ("queue_locked_lst", 0),
        ("queue_age_epochs", 0),
        ("breaker_tripped", 0),
        ("paused", 0),
        ("pending_changes", 0),
        ("epoch", slots.cluster.clock.epoch),
        ("node_up", 1),
        ("node_lag_slots", 0),
    ] {
        keeper.await_metric(metric, value);
    }
    let spent = SOL - keeper.metric("keeper_balance_lamports").unwrap();
    assert_eq!(
        keeper.of_outcome("fees_lamports_total", "landed"),
        spent,
        "no rent was paid"
    );
    assert_eq!(keeper.metric("rent_paid_lamports_total"), Some(0));
    assert_eq!(
        keeper.metric("due_step_age_seconds"),
        None,
        "nothing is due"
    );
}

fn assert_page_is_plain(keeper: &Keeper, stage: &Stage, batch: u64) {
    let (status, page) = keeper.get("/");
    assert_eq!(status, 200);
    assert!(page.contains("All is well."), "{page}");
    for text in [
        stage.addresses.pool.to_string(),
        stage.votes()[0].to_string(),
        "<polyline".to_owned(),
        format!("pays batch {batch}"),
    ] {
        assert!(page.contains(&text), "{text}: {page}");
    }
    for foreign in [
        "<script",
        "javascript:",
        " src=",
        " href=",
        "url(",
        "@import",
        "onload",
    ] {
        assert!(!page.contains(foreign), "{foreign}: {page}");
    }
    let elsewhere = page.match_indices("://").count();
    let node = page.matches(stage.url().trim_end_matches('/')).count();
    assert_eq!(elsewhere, node, "no URL but those of nodes: {page}");
}

#[test]
fn two_keepers_of_a_pool_price_an_epoch_once_and_both_end_well() {
    let stage = Stage::new();
    let configure = |log| stage.configuration(&stage.url(), log);
    let keepers = [
        stage.keeper(&configure("log = \"json\"")),
        stage.keeper(&configure("log = \"human\"")),
    ];
    for keeper in &keepers {
        keeper.await_status("/readyz", 200);
    }
    stage.next_epoch();
    let epoch = stage.snapshot().cluster.clock.epoch;
    for keeper in &keepers {
        keeper.await_metric("priced_epoch", epoch);
    }
    let [first, second] = keepers.map(|keeper| keeper.end("-INT"));
    let finalized = first.matches("\"action\":\"finalize\"").count()
        + second.matches("action=finalize").count();
    assert_eq!(finalized, 1, "{first}{second}");
    for line in first.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["message"].is_string(), "{line}");
    }
    assert!(second.contains("signal=\"SIGINT\""), "{second}");
}
