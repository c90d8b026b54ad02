//! Accounts: old ones that are shown as new ones are refused.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anchor_lang::prelude::Clock;
use axum::response::Response;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_sdk_ids::sysvar;

use super::{TestNode, balance, hasty, nodes, server::at};
use crate::{
    AccountSource, ClientError,
    fixture::{EPOCH, EPOCH_START, Fixture, SOL},
    send::cluster::{LATE_SLOTS, Nodes, fault::Fault, manners::Manners},
};

const NOW: u64 = EPOCH_START + 500;

/// A pool at this slot whose prices are of this epoch.
fn fixture(slot: u64, priced_epoch: u64) -> Fixture {
    let mut fixture = Fixture::new(1, SOL, SOL).at(slot);
    fixture.pool.finalized_epoch = priced_epoch;
    fixture
}

/// What tests ask for: the clock, what tells its epochs, and the pool.
fn addresses() -> [Pubkey; 3] {
    let pool = Fixture::new(1, SOL, SOL).addresses.pool;
    [sysvar::clock::ID, sysvar::epoch_schedule::ID, pool]
}

fn json_of(account: Account) -> Value {
    json!({
        "lamports": account.lamports, "owner": account.owner.to_string(), "executable": false,
        "rentEpoch": 0, "space": account.data.len(),
        "data": [BASE64_STANDARD.encode(account.data), "base64"],
    })
}

/// Accounts as they are in `fixture`, as an answer of slot `named`.
fn shown(fixture: &Fixture, named: u64) -> Response {
    let accounts = fixture.accounts(&addresses(), None).unwrap().accounts;
    let values = accounts.into_iter().map(|account| account.map(json_of));
    at(named, values.collect())
}

/// A node at slot `named` that always shows these accounts.
fn showing(fixture: Fixture, named: u64) -> TestNode {
    TestNode::start(7, named, move |method, _| {
        (method == "getMultipleAccounts").then(|| shown(&fixture, named))
    })
}

/// The slot of an answer, or the fault that was found in it.
fn read(client: &RpcClient) -> Result<u64, Fault> {
    match client.accounts(&addresses(), None) {
        Ok(fetched) => Ok(fetched.slot),
        Err(ClientError::Rpc(error)) => Err(Fault::of(&error).unwrap().clone()),
        Err(other) => panic!("{other}"),
    }
}

/// How old accounts are that were refused.
fn age(fault: &Fault) -> u64 {
    match fault {
        Fault::Outdated { slots, .. } => *slots,
        other => panic!("{other}"),
    }
}

#[test]
fn a_node_with_an_old_clock_is_set_aside_and_another_one_is_asked() {
    let old = showing(fixture(NOW - 100, EPOCH), NOW);
    let honest = showing(fixture(NOW, EPOCH), NOW);
    let (nodes, client) = nodes([&old.url, &honest.url]);
    assert_eq!(read(&client), Ok(NOW));
    let aside = nodes.set_aside();
    assert_eq!((aside.len(), age(&aside[0])), (1, 100));
    assert_eq!(read(&client), Ok(NOW));
    assert_eq!(old.times("getMultipleAccounts"), 1);
}

#[test]
fn alone_its_accounts_are_refused_and_it_is_asked_for_all_else() {
    let old = showing(fixture(NOW - 100, EPOCH), NOW);
    let (nodes, client) = nodes([&old.url]);
    let refused = read(&client).unwrap_err();
    assert_eq!(age(&refused), 100);
    let said = refused.to_string();
    let expected = "shows accounts as new ones that are at least 100 slots old";
    assert!(said.ends_with(expected), "{said}");
    assert!(nodes.set_aside().is_empty());
    assert_eq!(balance(&client).unwrap(), 7);
}

#[test]
fn a_clock_that_is_a_little_late_tells_the_slot_of_the_answer() {
    let late = showing(fixture(NOW - LATE_SLOTS, EPOCH), NOW);
    let (nodes, client) = nodes([&late.url]);
    assert_eq!(read(&client), Ok(NOW), "nothing newer was seen");
    assert_eq!(balance(&client).unwrap(), 7);
    let behind = read(&client).unwrap_err();
    let expected = Fault::Behind {
        node: late.url.clone(),
        slots: LATE_SLOTS,
    };
    assert_eq!(behind, expected, "the balance was newer");
    assert!(nodes.set_aside().is_empty());
}

#[test]
fn a_clock_of_an_earlier_epoch_than_its_slot_is_old() {
    let forged = TestNode::start(7, NOW, |method, _| {
        (method == "getMultipleAccounts").then(|| {
            let old = fixture(EPOCH_START - 1, EPOCH - 1);
            let mut accounts = old.accounts(&addresses(), None).unwrap().accounts;
            let clock = accounts[0].as_mut().unwrap();
            clock.data[..8].copy_from_slice(&NOW.to_le_bytes());
            let values = accounts.into_iter().map(|account| account.map(json_of));
            at(NOW, values.collect())
        })
    });
    let (_nodes, client) = nodes([&forged.url]);
    assert_eq!(age(&read(&client).unwrap_err()), NOW - EPOCH_START + 1);
}

/// A node at slot [`NOW`] whose clock says this slot and this epoch.
fn with_clock(slot: u64, epoch: u64) -> TestNode {
    TestNode::start(7, NOW, move |method, _| {
        (method == "getMultipleAccounts").then(|| {
            let fixture = fixture(NOW, EPOCH);
            let mut accounts = fixture.accounts(&addresses(), None).unwrap().accounts;
            let data = &mut accounts[0].as_mut().unwrap().data;
            let mut clock: Clock = bincode::deserialize(data).unwrap();
            (clock.slot, clock.epoch) = (slot, epoch);
            *data = bincode::serialize(&clock).unwrap();
            let values = accounts.into_iter().map(|account| account.map(json_of));
            at(NOW, values.collect())
        })
    })
}

#[test]
fn a_clock_that_no_bank_of_the_named_slot_has_is_refused_and_its_node_set_aside() {
    let honest = showing(fixture(NOW, EPOCH), NOW);
    let much = NOW + LATE_SLOTS + 1;
    for (slot, epoch) in [(much, EPOCH), (u64::MAX, EPOCH), (NOW, EPOCH + 1)] {
        let node = with_clock(slot, epoch);
        let expected = Fault::Contradictory {
            node: node.url.clone(),
        };
        let (alone, client) = nodes([&node.url]);
        assert_eq!(read(&client), Err(expected.clone()), "{slot} {epoch}");
        assert!(alone.set_aside().is_empty());
        let (both, client) = nodes([&node.url, &honest.url]);
        assert_eq!(read(&client), Ok(NOW));
        assert_eq!(both.set_aside(), [expected]);
        assert_eq!(read(&client), Ok(NOW));
        assert_eq!(node.times("getMultipleAccounts"), 2, "once by each client");
    }
    let ahead_a_little = with_clock(NOW + LATE_SLOTS, EPOCH);
    let (_nodes, client) = nodes([&ahead_a_little.url]);
    assert_eq!(read(&client), Ok(NOW));
}

/// What each node shows when it is asked alone.
fn each(nodes: &Nodes) -> Vec<Result<u64, ClientError>> {
    let pool = addresses()[2];
    nodes.urls().map(|url| url.slot_with(&[pool])).collect()
}

#[test]
fn a_pool_that_was_further_at_another_node_is_old() {
    let honest = showing(fixture(NOW, EPOCH), NOW);
    let old = showing(fixture(NOW + 10, EPOCH - 1), NOW + 10);
    let (nodes, client) = nodes([&old.url, &honest.url]);
    assert_eq!(read(&client), Ok(NOW + 10), "nothing else is known");
    let told = each(&nodes);
    assert!(told[0].is_ok() && told[1].is_ok(), "{told:?}");
    assert!(each(&nodes)[0].is_err());
    assert_eq!(age(&nodes.set_aside()[0]), 10);
}

#[test]
fn a_pool_that_another_node_has_shown_is_not_believed_to_be_missing() {
    let denying = TestNode::start(7, NOW, |method, _| {
        (method == "getMultipleAccounts").then(|| {
            let accounts = fixture(NOW, EPOCH).accounts(&addresses(), None).unwrap();
            let mut values: Vec<Value> = accounts
                .accounts
                .into_iter()
                .map(|account| account.map_or(Value::Null, json_of))
                .collect();
            values[2] = Value::Null;
            at(NOW, json!(values))
        })
    });
    let honest = showing(fixture(NOW, EPOCH), NOW);
    let (nodes, client) = nodes([&denying.url, &honest.url]);
    let before = client.accounts(&addresses(), None).unwrap();
    assert_eq!(before.accounts[2], None, "one node alone is believed");
    assert!(each(&nodes)[1].is_ok());
    let shown = client.accounts(&addresses(), None).unwrap();
    assert!(shown.accounts[2].is_some());
    assert_eq!(nodes.set_aside().len(), 1);
}

#[test]
fn a_node_that_shows_new_accounts_again_is_used_again() {
    let is_old = Arc::new(AtomicBool::new(true));
    let old = Arc::clone(&is_old);
    let node = TestNode::start(7, NOW, move |method, _| {
        let slot = NOW - if old.load(Ordering::Relaxed) { 100 } else { 0 };
        (method == "getMultipleAccounts").then(|| shown(&fixture(slot, EPOCH), NOW))
    });
    let honest = showing(fixture(NOW, EPOCH), NOW);
    let manners = Manners {
        look_again: Duration::from_millis(50),
        ..hasty()
    };
    let urls = [node.url.clone(), honest.url.clone()];
    let nodes = Nodes::with_manners(&urls, manners).unwrap();
    let client = nodes.client();
    let begun = Instant::now();
    let until = |is_aside: bool| {
        while nodes.set_aside().is_empty() == is_aside {
            assert!(begun.elapsed() < Duration::from_secs(10));
            assert_eq!(read(&client), Ok(NOW));
            thread::sleep(Duration::from_millis(5));
        }
    };
    until(true);
    let looks = node.times("getMultipleAccounts");
    while node.times("getMultipleAccounts") < looks + 2 {
        assert_eq!(read(&client), Ok(NOW));
    }
    assert_eq!(nodes.set_aside().len(), 1, "it was looked at in vain");
    is_old.store(false, Ordering::Relaxed);
    until(false);
}
