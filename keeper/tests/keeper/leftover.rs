//! What a keeper that was killed has left in its journal.

use std::fs;

use sluice_store::{KeeperAction, Place, Store};
use solana_signer::Signer;

use crate::stage::{Keeper, Stage, journal};

/// The moment at which the first transaction has arrived, and its sender does not know it yet.
const ARRIVED: &str = "3";

/// What is stored of leftovers.
fn stored(stage: &Stage, place: &Place) -> Vec<KeeperAction> {
    let mut store = Store::read(place).unwrap();
    let genesis = stage.rpc.get_genesis_hash().unwrap();
    let actions = store.actions(&genesis, &stage.addresses.pool, 0).unwrap();
    let leftover = |action: &KeeperAction| action.kind == "leftover";
    actions.into_iter().filter(leftover).collect()
}

/// A keeper that finds something in its journal, and has looked it up.
fn next_run(stage: &Stage, configuration: &str) -> Keeper {
    let keeper = stage.keeper(configuration);
    keeper.eventually("leftover", || {
        (keeper.of_outcome("leftover_transactions_total", "landed") == 1).then_some(())
    });
    keeper
}

#[test]
fn what_a_kill_left_in_the_journal_is_counted_apart_and_stored_once() {
    let stage = Stage::new();
    let key = stage.wallet(1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.sqlite");
    let place = Place::File(file.clone());
    let store = format!("store = {file:?}");
    let configuration = stage.configuration_of(&key, &stage.url(), &store);
    stage.next_epoch();
    let at_first = stage.lamports(&key.pubkey());
    let mut command = stage.command(&configuration);
    command.env("SLUICE_KILL_AT", ARRIVED);
    let mut killed = Keeper::start(command);
    while !killed.is_gone() {
        std::thread::yield_now();
    }
    let left = fs::read(journal(&configuration)).unwrap();
    let at_start = stage.lamports(&key.pubkey());
    let fee_lamports = at_first - at_start;
    assert!(fee_lamports > 0, "it has arrived");

    let keeper = next_run(&stage, &configuration);
    let leftover_fees = keeper.of_outcome("leftover_fees_lamports_total", "landed");
    assert_eq!(leftover_fees, fee_lamports);
    keeper.await_metric("priced_epoch", stage.snapshot().cluster.clock.epoch);
    assert!(
        keeper
            .get("/")
            .1
            .contains("An earlier run left it undecided")
    );
    keeper.eventually("own fees, apart", || {
        let own = keeper.of_outcome("fees_lamports_total", "landed");
        (stage.lamports(&key.pubkey()) + own == at_start).then_some(())
    });
    let log = keeper.end("-TERM");
    assert!(
        log.contains("A transaction was left undecided. Now: it was done."),
        "{log}"
    );
    let one = stored(&stage, &place);
    assert_eq!(one.len(), 1, "{one:?}");
    assert_eq!(
        (one[0].outcome.as_str(), one[0].fee_lamports),
        ("landed", Some(fee_lamports))
    );
    assert!(
        one[0]
            .signature
            .as_ref()
            .is_some_and(|signature| log.contains(signature))
    );

    // As if the run before had been killed when it had stored it and not struck it out.
    fs::write(journal(&configuration), left).unwrap();
    next_run(&stage, &configuration).end("-TERM");
    assert_eq!(stored(&stage, &place), one);
}
