//! What a keeper has stored, beside what the chain keeps.

use std::path::PathBuf;

use anchor_lang::Discriminator;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice::state::{EpochRate, HISTORY_EPOCHS, RateHistory};
use sluice_client::{PoolSnapshot, resolve_pool};
use sluice_store::{Place, PoolEpoch, Store, Writer};
use sluice_tests::{
    command::{failed, number, succeeded},
    net::LyingNode,
    postgres::{PASSWORD, Postgres},
};
use solana_pubkey::Pubkey;

use crate::net::{CliNet, SOL, User};

/// A file for a store.
fn file(net: &CliNet) -> (PathBuf, Place) {
    let file = net.path("history.sqlite");
    (file.clone(), Place::File(file))
}

/// Stores all epochs of the pool that the chain has, as a keeper does, with one change.
fn keep(net: &CliNet, place: &Place, change: impl FnOnce(&mut Vec<PoolEpoch>)) {
    let pool = resolve_pool(&net.rpc, &net.pool.parse().unwrap()).unwrap();
    let snapshot = PoolSnapshot::load(&net.rpc, &pool).unwrap();
    let writer = Writer {
        genesis: net.rpc.get_genesis_hash().unwrap(),
        source: Pubkey::new_unique(),
        timestamp: 1_700_000_000,
    };
    let mut rows = PoolEpoch::of(&snapshot);
    change(&mut rows);
    let mut store = Store::open(place).unwrap();
    let kept = store.keep_pool_epochs(&writer, &rows).unwrap();
    assert_eq!(kept.contradictions, []);
}

/// The same chain when it has forgotten all epochs of the pool but the last ones.
fn forgetful(net: &CliNet, epochs: u16) -> LyingNode {
    with_history(net, move |history| history.count = epochs)
}

/// The same when the ring of epochs is full, so that the first ones were overwritten: of the last two, the
/// earlier one stands in it again and again.
fn overwritten(net: &CliNet) -> LyingNode {
    with_history(net, |history| {
        let rates: Vec<EpochRate> = history.iter().copied().collect();
        let [.., earlier, later] = rates[..] else {
            panic!("too few prices: {history:?}");
        };
        let mut full = vec![earlier; HISTORY_EPOCHS - 1];
        full.push(later);
        history.refill(&full);
    })
}

/// The same with another history of the pool.
fn with_history(
    net: &CliNet,
    change: impl Fn(&mut RateHistory) + Send + Sync + 'static,
) -> LyingNode {
    let history = resolve_pool(&net.rpc, &net.pool.parse().unwrap()).unwrap();
    let history = json!(history.history.to_string());
    LyingNode::before(&net.url(), move |request, answer| {
        let asked = request["params"][0].as_array();
        let at = asked.and_then(|asked| asked.iter().position(|address| *address == history));
        let Some(at) = at.filter(|_| request["method"] == "getMultipleAccounts") else {
            return;
        };
        let data = &mut answer["result"]["value"][at]["data"][0];
        let mut bytes = BASE64_STANDARD.decode(data.as_str().unwrap()).unwrap();
        let account = &mut bytes[RateHistory::DISCRIMINATOR.len()..][..size_of::<RateHistory>()];
        let mut history: RateHistory = bytemuck::pod_read_unaligned(account);
        change(&mut history);
        account.copy_from_slice(bytemuck::bytes_of(&history));
        *data = json!(BASE64_STANDARD.encode(bytes));
    })
}

/// What the binary prints at a node, and what it tells beside.
fn said_at(url: &str, net: &CliNet, user: &User, arguments: &[&str]) -> (Value, String) {
    let arguments = [&["--output", "json"], arguments].concat();
    let output = net.run_at(url, user, &arguments);
    let printed = succeeded(&output, &arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    (serde_json::from_str(&printed).unwrap(), told)
}

/// A holder of some epochs, of which the chain keeps the last two at this node.
fn some_epochs() -> (CliNet, User, LyingNode) {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    net.earn();
    net.json(&holder, &["unstake", "10", "--instant"]);
    net.json(&holder, &["unstake", "20"]);
    for _ in 0..3 {
        net.earn();
    }
    net.json(&holder, &["claim"]);
    let node = forgetful(&net, 2);
    (net, holder, node)
}

#[test]
fn a_statement_from_a_keepers_store_is_that_from_the_chain() {
    let (net, holder, node) = some_epochs();
    let whole = net.json(&holder, &["rewards"]);
    let (cut, _) = said_at(&node.url, &net, &holder, &["rewards"]);
    assert_ne!(cut["epochs"], whole["epochs"]);
    let postgres = Postgres::start();
    let url = postgres.database();
    let (path, place) = file(&net);
    for (named, place) in [
        (path.to_str().unwrap(), place),
        (&url, url.parse().unwrap()),
    ] {
        keep(&net, &place, |_| {});
        let command = ["rewards", "--store", named];
        let (said, told) = said_at(&node.url, &net, &holder, &command);
        assert_eq!(said, whole);
        assert_eq!(told, "");
    }
}

#[test]
fn what_was_gained_before_the_first_price_that_is_kept_is_not_told_as_nothing() {
    let (net, holder, _) = some_epochs();
    let node = overwritten(&net);
    let history = said_at(&node.url, &net, &holder, &["pool", "history"]).0;
    let first = number(&history["epochs"][0], "/epoch");
    let text =
        |arguments: &[&str]| succeeded(&net.run_at(&node.url, &holder, arguments), arguments);
    let before = ["rewards", "--to", &(first - 1).to_string()];
    let (said, told) = said_at(&node.url, &net, &holder, &before);
    assert_eq!(said["totals"], Value::Null, "{said}");
    assert_eq!(said["is_whole"], false);
    assert_eq!(number(&said, "/priced_from_epoch"), first);
    assert!(told.contains("--store"), "{told}");
    let table = text(&before);
    let heading = format!("not known. The first epoch that is known is {first}.");
    assert!(table.lines().next().unwrap().ends_with(&heading), "{table}");
    assert!(!table.contains("0.000000000 SOL"), "{table}");
    let across = ["rewards", "--from", &(first - 1).to_string()];
    let (said, told) = said_at(&node.url, &net, &holder, &across);
    let known = ["rewards", "--from", &first.to_string()];
    let (whole, quiet) = said_at(&node.url, &net, &holder, &known);
    assert_eq!(said["is_whole"], false);
    assert_eq!(number(&said, "/priced_from_epoch"), first);
    assert!(told.contains("--store"), "{told}");
    assert_eq!((&whole["is_whole"], quiet.as_str()), (&json!(true), ""));
    let heading = format!("known from epoch {first} on.");
    let table = text(&across);
    assert!(table.lines().next().unwrap().ends_with(&heading), "{table}");
}

#[test]
fn a_yield_from_a_keepers_store_reaches_back_to_its_first_epoch() {
    let (net, holder, node) = some_epochs();
    for _ in 0..8 {
        net.earn();
    }
    let history = net.json(&holder, &["pool", "history", "--epochs", "180"]);
    let epochs = history["epochs"].as_array().unwrap();
    let first = number(&epochs[0], "/epoch");
    let last = number(epochs.last().unwrap(), "/epoch");
    assert!(last - first > 10, "{history}");
    let (cut, _) = said_at(&node.url, &net, &holder, &["pool", "yield"]);
    let chain = net.json(&holder, &["pool", "yield"]);
    let postgres = Postgres::start();
    let url = postgres.database();
    let (path, place) = file(&net);
    for (named, place) in [
        (path.to_str().unwrap(), place),
        (&url, url.parse().unwrap()),
    ] {
        keep(&net, &place, |_| {});
        let command = ["pool", "yield", "--store", named];
        let (said, told) = said_at(&node.url, &net, &holder, &command);
        assert_eq!(told, "");
        let mut yields = said["yields"].as_array().unwrap().clone();
        let whole = yields.pop().unwrap();
        assert_eq!(number(&whole, "/from_epoch"), first);
        assert_eq!(number(&whole, "/to_epoch"), last);
        assert_eq!(json!(yields), chain["yields"], "as if the chain had it all");
        assert_eq!(
            said["explained"], cut["explained"],
            "it is of the last epoch"
        );
        let table = succeeded(&net.run_at(&node.url, &holder, &command), &command);
        let reach = format!("over {} epochs.", last - first);
        assert!(table.contains(&reach), "no {reach}: {table}");
    }
}

#[test]
fn a_store_without_this_pool_or_with_other_prices_is_told_and_one_that_is_none_is_refused() {
    let (net, holder, node) = some_epochs();
    let (path, place) = file(&net);
    let named = path.to_str().unwrap();
    drop(Store::open(&place).unwrap());
    for command in [&["pool", "yield"][..], &["rewards"]] {
        let with_store = [command, &["--store", named]].concat();
        let (said, told) = said_at(&node.url, &net, &holder, &with_store);
        assert!(told.contains("has no prices of the pool"), "{told}");
        let (without, _) = said_at(&node.url, &net, &holder, command);
        // All but what passes with every slot.
        for key in ["yields", "explained", "epochs", "movements", "totals"] {
            assert_eq!(said[key], without[key], "{key}");
        }
    }
    keep(&net, &place, |rows| {
        rows.last_mut().unwrap().rate.full_lamports += 1;
    });
    let command = ["pool", "yield", "--store", named];
    let (said, told) = said_at(&node.url, &net, &holder, &command);
    assert!(
        told.contains("says otherwise than the pool of 1 epoch."),
        "{told}"
    );
    let (cut, _) = said_at(&node.url, &net, &holder, &["pool", "yield"]);
    assert_eq!(said["yields"][0], cut["yields"][0], "the pool is believed");
    let secret = format!("postgres://keeper:{PASSWORD}@127.0.0.1:1/history");
    for command in [&["pool", "yield"][..], &["rewards"]] {
        let missing = net.path("none").display().to_string();
        for (place, why, code) in [
            (missing.as_str(), "There is no store at", 2),
            (
                "mysql://host/db",
                "a store is a file, or begins with postgres://",
                2,
            ),
            (
                &secret,
                "postgres://keeper@127.0.0.1:1/history cannot be used",
                1,
            ),
        ] {
            let command = [command, &["--store", place]].concat();
            let output = net.run(&holder, &command);
            let said = failed(&output, &command);
            assert_eq!(output.status.code(), Some(code), "{said}");
            assert!(said.contains(why) && !said.contains(PASSWORD), "{said}");
        }
    }
}
