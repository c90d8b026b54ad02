//! History that a keeper stores, and what happens to it when the keeper or its store was away.

use std::fs;

use sluice::state::EpochRate;
use sluice_store::{Place, Store};
use sluice_tests::{
    command::{failed, succeeded},
    postgres::{PASSWORD, Postgres},
};
use solana_hash::Hash;

use crate::stage::{Keeper, Stage};

impl Stage {
    fn genesis(&self) -> Hash {
        self.rpc.get_genesis_hash().unwrap()
    }

    /// All epochs that are stored of the pool, and in how many the keeper looked in time.
    fn stored(&self, place: &Place) -> (Vec<EpochRate>, usize) {
        let mut store = Store::read(place).unwrap();
        let all = 0..=u64::MAX;
        let rows = store.history(&self.genesis(), &self.addresses.pool, &all);
        let rows = rows.unwrap();
        let in_time = rows.iter().filter(|row| row.priced.is_some()).count();
        (rows.into_iter().map(|row| row.rate).collect(), in_time)
    }

    /// All epochs that the chain has of it.
    fn on_chain(&self) -> Vec<EpochRate> {
        self.snapshot().history.iter().copied().collect()
    }

    /// Ends an epoch: the keeper has priced the next one and stored it.
    fn epoch_with(&self, keeper: &Keeper) {
        self.next_epoch();
        let epoch = self.snapshot().cluster.clock.epoch;
        keeper.await_metric("priced_epoch", epoch);
        keeper.await_metric("stored_epoch", epoch);
    }
}

#[test]
fn a_keeper_stores_epochs_and_what_was_done_and_fills_what_it_missed() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("of/history.sqlite");
    let place = Place::File(file.clone());
    let configuration = stage.configuration(&stage.url(), &format!("store = {file:?}"));
    let before = stage.on_chain().len();
    let keeper = stage.keeper(&configuration);
    keeper.await_metric("stored_epoch", stage.snapshot().pool.finalized_epoch);
    stage.epoch_with(&keeper);
    assert_eq!(keeper.metric("store_up"), Some(1));
    let log = keeper.end("-TERM");
    assert!(log.contains("History is stored up to epoch"), "{log}");
    assert_eq!(stage.stored(&place).0, stage.on_chain());
    let mut store = Store::read(&place).unwrap();
    let (genesis, pool) = (stage.genesis(), stage.addresses.pool);
    let actions = store.actions(&genesis, &pool, 0).unwrap();
    let finalized = actions.iter().find(|action| action.kind == "finalize");
    let finalized = finalized.expect("what was done last is stored at the end");
    assert_eq!(finalized.outcome, "landed");
    assert!(log.contains(finalized.signature.as_ref().unwrap()), "{log}");
    assert!(actions.iter().any(|action| action.fee_lamports > Some(0)));
    // Others price two epochs meanwhile.
    for _ in 0..2 {
        stage.next_epoch();
        stage
            .executor()
            .crank(&stage.addresses, &mut |_| {})
            .unwrap();
    }
    let keeper = stage.keeper(&configuration);
    keeper.await_metric("stored_epoch", stage.snapshot().pool.finalized_epoch);
    stage.epoch_with(&keeper);
    keeper.end("-TERM");
    let (stored, in_time) = stage.stored(&place);
    assert_eq!(stored, stage.on_chain());
    let missed = stored.len() - in_time;
    assert_eq!(
        missed, before,
        "those before the first that it saw, and one"
    );
    let latest = stage.snapshot().pool.finalized_epoch;
    let paid = store.pool_validators(&genesis, &pool, &(latest - 1..=latest - 1));
    let paid = paid.unwrap();
    assert_eq!(paid.len(), stage.snapshot().slots().count());
    assert!(paid.iter().all(|row| row.paid_lamports > 0), "{paid:?}");
}

#[test]
fn a_store_that_is_away_holds_up_no_crank_and_is_caught_up_with() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    let obstacle = folder.path().join("obstacle");
    fs::write(&obstacle, "").unwrap();
    let file = obstacle.join("history.sqlite");
    let more = format!("store = {file:?}\n[alerts]\nfor_seconds = 1");
    let configuration = stage.configuration(&stage.url(), &more);
    let keeper = stage.keeper(&configuration);
    keeper.await_log("What the chain keeps is stored later.");
    for _ in 0..2 {
        stage.next_epoch();
        let epoch = stage.snapshot().cluster.clock.epoch;
        keeper.await_metric("priced_epoch", epoch);
    }
    assert_eq!(keeper.metric("store_up"), Some(0));
    assert_eq!(keeper.metric("stored_epoch"), None);
    assert_eq!(keeper.get("/healthz").0, 200);
    keeper.await_log("alert=SluiceStoreDown");
    fs::remove_file(&obstacle).unwrap();
    keeper.await_log("can be used again.");
    keeper.await_metric("stored_epoch", stage.snapshot().pool.finalized_epoch);
    let log = keeper.end("-TERM");
    assert_eq!(
        log.matches("What the chain keeps is stored later").count(),
        1,
        "told once: {log}"
    );
    let place = Place::File(file);
    assert_eq!(stage.stored(&place).0, stage.on_chain());
    let mut store = Store::read(&place).unwrap();
    let actions = store.actions(&stage.genesis(), &stage.addresses.pool, 0);
    let finalized = |kind: &str| kind == "finalize";
    let count = actions
        .unwrap()
        .iter()
        .filter(|action| finalized(&action.kind))
        .count();
    assert_eq!(count, 2, "what was done meanwhile is stored too");
}

#[test]
fn a_check_says_where_history_is_stored_and_never_shows_a_password() {
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.sqlite");
    let configuration = stage.configuration(&stage.url(), &format!("store = {file:?}"));
    let check = |configuration: &str| {
        let checked = stage.command(configuration).arg("--check").output();
        checked.unwrap()
    };
    let said = succeeded(&check(&configuration), &["--check"]);
    assert!(said.contains("where nothing is yet"), "{said}");
    assert!(!file.exists(), "a check does nothing");
    drop(Store::open(&Place::File(file.clone())).unwrap());
    let said = succeeded(&check(&configuration), &["--check"]);
    let version = sluice_store::VERSION;
    assert!(
        said.contains(&format!("in tables of version {version}.")),
        "{said}"
    );
    fs::write(&file, "no database at all".repeat(99)).unwrap();
    let said = failed(&check(&configuration), &["--check"]);
    assert!(said.contains("is damaged, or no store of Sluice"), "{said}");
    let server = "postgres://keeper:secret@127.0.0.1:1/history";
    let configuration = stage.configuration(&stage.url(), &format!("store = {server:?}"));
    let said = failed(&check(&configuration), &["--check"]);
    let shown = "The store at postgres://keeper@127.0.0.1:1/history cannot be used";
    assert!(said.contains(shown) && !said.contains("secret"), "{said}");
    let keeper = stage.keeper(&configuration);
    keeper.await_log("What the chain keeps is stored later");
    let page = keeper.get("/").1 + &keeper.get("/metrics").1;
    let log = keeper.end("-TERM");
    assert!(!log.contains("secret") && !page.contains("secret"), "{log}");
}

#[test]
fn two_keepers_with_one_database_write_one_history() {
    let stage = Stage::new();
    let postgres = Postgres::start();
    let url = postgres.database();
    let start = || {
        let configuration = stage.configuration(&stage.url(), &format!("store = {url:?}"));
        stage.keeper(&configuration)
    };
    let keepers = [start(), start()];
    for _ in 0..2 {
        stage.next_epoch();
        let epoch = stage.snapshot().cluster.clock.epoch;
        for keeper in &keepers {
            keeper.await_metric("priced_epoch", epoch);
            keeper.await_metric("stored_epoch", epoch);
        }
    }
    for keeper in keepers {
        let contradictions = keeper.metric("store_contradictions_total");
        let log = keeper.end("-TERM");
        assert_eq!(contradictions, Some(0), "{log}");
        assert!(!log.contains(PASSWORD), "{log}");
    }
    let place: Place = url.parse().unwrap();
    assert_eq!(stage.stored(&place).0, stage.on_chain());
    let mut store = Store::read(&place).unwrap();
    let actions = store.actions(&stage.genesis(), &stage.addresses.pool, 0);
    let actions = actions.unwrap();
    let finalized = actions.iter().filter(|action| action.kind == "finalize");
    assert_eq!(finalized.count(), 2, "{actions:?}");
    let votes = stage.votes();
    let rows = store.validator(&stage.genesis(), &votes[0]).unwrap();
    assert!(rows.iter().any(|row| row.credits.is_some()), "{rows:?}");
    let cluster = store.cluster(&stage.genesis(), &(0..=u64::MAX)).unwrap();
    assert!(
        cluster.iter().any(|row| row.rewards_lamports.is_some()),
        "{cluster:?}"
    );
}
