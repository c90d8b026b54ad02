//! Nodes that lie, lag or change, and are good again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use solana_rpc_client::rpc_client::RpcClient;

use super::{
    TestNode, balance, complaint, hasty,
    server::{at, error, result, status},
};
use crate::send::cluster::{Nodes, fault::Fault, manners::Manners};

const FAR: u64 = 1_000_000;

/// A node whose slot goes on, and what it says of it.
struct Steered {
    node: TestNode,
    /// Added to its slot.
    offset: Arc<AtomicU64>,
    is_away: Arc<AtomicBool>,
    is_of_another_cluster: Arc<AtomicBool>,
    lags: Arc<AtomicBool>,
}

impl Steered {
    /// At this slot now, and then at 100 slots a second: tests do not wait for long.
    fn at(slot: u64) -> Self {
        let start = Instant::now();
        let offset = Arc::new(AtomicU64::new(0));
        let [is_away, is_of_another_cluster, lags] =
            std::array::from_fn(|_| Arc::new(AtomicBool::new(false)));
        let (more, away, another, lagging) = (
            Arc::clone(&offset),
            Arc::clone(&is_away),
            Arc::clone(&is_of_another_cluster),
            Arc::clone(&lags),
        );
        let node = TestNode::start(7, 0, move |method, _| {
            if away.load(Ordering::Relaxed) {
                return Some(status(503, None));
            }
            let passed = u64::try_from(start.elapsed().as_millis()).unwrap() / 10;
            let now = slot + passed + more.load(Ordering::Relaxed);
            let is_another = another.load(Ordering::Relaxed);
            match method {
                "getBalance" => Some(at(now, json!(7))),
                "getSlot" => Some(result(json!(now))),
                "getHealth" if lagging.load(Ordering::Relaxed) => Some(error(-32005, "It lags")),
                "getGenesisHash" if is_another => Some(result(json!("another"))),
                _ => None,
            }
        });
        Self {
            node,
            offset,
            is_away,
            is_of_another_cluster,
            lags,
        }
    }
}

/// Nodes whose rests and memories are short.
fn nodes(of: &[&Steered]) -> (Nodes, RpcClient) {
    let urls: Vec<_> = of.iter().map(|steered| steered.node.url.clone()).collect();
    let manners = Manners {
        patience: Duration::from_millis(300),
        look_again: Duration::from_millis(200),
        memory: Duration::from_secs(3),
        identity_lasts: Duration::from_millis(300),
        ..hasty()
    };
    let nodes = Nodes::with_manners(&urls, manners).unwrap();
    let client = nodes.client();
    (nodes, client)
}

/// Waits until this is so: none of it takes ten seconds.
fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(10), "not {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_slot_that_cannot_be_sets_a_node_aside_that_nobody_else_asks_anything() {
    let (honest, liar) = (Steered::at(100), Steered::at(100));
    liar.offset.store(FAR, Ordering::Relaxed);
    let (nodes, _) = nodes(&[&liar, &honest]);
    let urls: Vec<_> = nodes.urls().collect();
    assert!(urls[0].client.get_slot().is_err());
    assert!(urls[1].client.get_slot().is_ok());
    assert!(matches!(urls[0].fault(), Some(Fault::Ahead { .. })));
    assert!(urls[1].fault().is_none());
}

#[test]
fn a_node_alone_that_told_of_a_far_slot_is_believed_again_after_a_while_with_a_sentence() {
    let alone = Steered::at(100);
    let (nodes, client) = nodes(&[&alone]);
    assert_eq!(balance(&client).unwrap(), 7);
    alone.offset.store(FAR, Ordering::Relaxed);
    assert_eq!(balance(&client).unwrap(), 7);
    alone.offset.store(0, Ordering::Relaxed);
    let since = Instant::now();
    let said = complaint(&client);
    assert!(said.contains("behind what was already seen"), "{said}");
    assert!(nodes.forgotten().is_empty(), "it may lag");
    eventually("believed", || balance(&client).is_ok());
    assert!(since.elapsed() >= Duration::from_secs(3), "not at once");
    let forgotten = nodes.forgotten();
    assert_eq!(forgotten.len(), 1);
    let said = forgotten[0].to_string();
    assert!(said.contains(&alone.node.url), "{said}");
    assert!(nodes.forgotten().is_empty(), "told once");
    assert_eq!(balance(&client).unwrap(), 7);
}

#[test]
fn a_node_that_says_that_it_lags_is_not_believed_however_long_it_goes_on() {
    let alone = Steered::at(2_000);
    let (_nodes, client) = nodes(&[&alone]);
    alone.offset.store(FAR, Ordering::Relaxed);
    assert_eq!(balance(&client).unwrap(), 7);
    alone.offset.store(0, Ordering::Relaxed);
    alone.lags.store(true, Ordering::Relaxed);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(4) {
        assert!(balance(&client).is_err(), "it lags");
    }
    alone.lags.store(false, Ordering::Relaxed);
    assert_eq!(balance(&client).unwrap(), 7);
}

#[test]
fn a_liar_is_set_aside_and_taken_back_when_its_slots_can_be_again() {
    let (liar, honest) = (Steered::at(100), Steered::at(100));
    let (nodes, client) = nodes(&[&liar, &honest]);
    assert_eq!(balance(&client).unwrap(), 7);
    liar.offset.store(FAR, Ordering::Relaxed);
    let aside = || nodes.set_aside();
    eventually("set aside", || {
        balance(&client).is_ok() && !aside().is_empty()
    });
    assert!(matches!(&aside()[..], [Fault::Ahead { node, .. }] if *node == liar.node.url));
    // Looked at meanwhile, it lies still.
    let asked = liar.node.times("getSlot");
    eventually("looked at", || {
        balance(&client).is_ok() && liar.node.times("getSlot") > asked + 1
    });
    assert_eq!(aside().len(), 1);
    liar.offset.store(0, Ordering::Relaxed);
    eventually("taken back", || {
        balance(&client).is_ok() && aside().is_empty()
    });
    let urls: Vec<_> = nodes.urls().collect();
    assert!(urls.iter().all(|url| url.client.get_slot().is_ok()));
}

#[test]
fn what_a_liar_said_while_nobody_else_answered_shuts_nobody_out() {
    let (liar, honest) = (Steered::at(100), Steered::at(100));
    let (nodes, client) = nodes(&[&liar, &honest]);
    honest.is_away.store(true, Ordering::Relaxed);
    liar.offset.store(FAR, Ordering::Relaxed);
    assert_eq!(balance(&client).unwrap(), 7, "nobody can tell");
    honest.is_away.store(false, Ordering::Relaxed);
    liar.is_away.store(true, Ordering::Relaxed);
    assert!(balance(&client).is_err(), "it is behind what was seen");
    eventually("believed", || balance(&client).is_ok());
    assert_eq!(nodes.forgotten().len(), 1);
}

#[test]
fn a_node_that_serves_another_cluster_later_is_set_aside_and_taken_back() {
    for alone in [true, false] {
        let (changing, other) = (Steered::at(100), Steered::at(100));
        let all: &[&Steered] = if alone {
            &[&changing]
        } else {
            &[&changing, &other]
        };
        let (nodes, client) = nodes(all);
        // A program asks it at its start.
        client.get_genesis_hash().unwrap();
        assert_eq!(balance(&client).unwrap(), 7);
        changing
            .is_of_another_cluster
            .store(true, Ordering::Relaxed);
        let aside = || nodes.set_aside();
        eventually("set aside", || {
            balance(&client).ok();
            !aside().is_empty()
        });
        assert!(matches!(aside()[0], Fault::AnotherCluster { .. }));
        assert_eq!(balance(&client).is_ok(), !alone);
        changing
            .is_of_another_cluster
            .store(false, Ordering::Relaxed);
        eventually("taken back", || {
            balance(&client).is_ok() && aside().is_empty()
        });
    }
}

#[test]
fn a_node_that_comes_back_says_first_which_cluster_it_serves() {
    let (changing, other) = (Steered::at(100), Steered::at(100));
    let urls = [&changing, &other].map(|steered| steered.node.url.clone());
    let manners = Manners {
        look_again: Duration::from_millis(200),
        ..hasty()
    };
    let nodes = Nodes::with_manners(&urls, manners).unwrap();
    let alone = nodes.urls().next().unwrap();
    alone.client.get_balance(&sluice::ID).unwrap();
    let asked = changing.node.times("getGenesisHash");
    changing.node.be_silent(true);
    assert!(alone.client.get_balance(&sluice::ID).is_err());
    changing.node.be_silent(false);
    changing
        .is_of_another_cluster
        .store(true, Ordering::Relaxed);
    let balances = changing.node.times("getBalance");
    assert!(alone.client.get_balance(&sluice::ID).is_err());
    assert_eq!(changing.node.times("getGenesisHash"), asked + 1);
    assert_eq!(
        changing.node.times("getBalance"),
        balances,
        "it is not asked"
    );
}

#[test]
fn nodes_that_hang_do_not_use_up_the_patience_for_one_that_answers_and_are_not_said_to_refuse() {
    let hanging = [1, 2, 3].map(|balance| TestNode::honest(balance, 100));
    let good = TestNode::honest(7, 100);
    hanging.iter().for_each(|node| node.be_silent(true));
    let mut urls: Vec<_> = hanging.iter().map(|node| node.url.clone()).collect();
    let manners = Manners {
        patience: Duration::from_secs(1),
        ..hasty()
    };
    let all_hang = Nodes::with_manners(&urls, manners.clone()).unwrap();
    let said = complaint(&all_hang.client());
    assert!(said.contains("did not answer in time"), "{said}");
    urls.push(good.url.clone());
    let client = Nodes::with_manners(&urls, manners).unwrap().client();
    // Each try finds two more that hang.
    let tries = (0..3).find(|_| balance(&client).is_ok());
    assert_eq!(tries, Some(1));
    let start = Instant::now();
    assert_eq!(balance(&client).unwrap(), 7);
    assert!(start.elapsed() < Duration::from_millis(400));
}

#[test]
fn each_url_has_its_own_name_without_a_secret_and_is_asked_itself() {
    let node = TestNode::honest(7, 100);
    let keys = ["", "?key=SECRET1", "SECRET2"].map(|key| format!("{}/{key}", node.url));
    let nodes = Nodes::with_manners(&keys, hasty()).unwrap();
    let names: Vec<_> = nodes.urls().map(|url| url.name.to_owned()).collect();
    let url = &node.url;
    assert_eq!(
        names,
        [url.clone(), format!("{url} (2)"), format!("{url} (3)")]
    );
    let answers: Vec<_> = nodes.urls().map(|url| url.client.get_slot().ok()).collect();
    // Nothing is served at the third one.
    assert_eq!(answers, [Some(100), Some(100), None]);
    assert_eq!(nodes.each().len(), 1, "they have one voice all the same");
}

#[test]
fn after_the_end_nothing_is_asked_but_what_a_transaction_needs() {
    let node = TestNode::honest(7, 100);
    let nodes = Nodes::with_manners(std::slice::from_ref(&node.url), hasty()).unwrap();
    let (usual, hasty) = (nodes.client(), nodes.hasty_client(Duration::from_secs(3)));
    let silent = TestNode::honest(7, 100);
    silent.be_silent(true);
    let waiting = Nodes::with_manners(std::slice::from_ref(&silent.url), Manners::default());
    let waiting = waiting.unwrap();
    thread::scope(|scope| {
        let start = Instant::now();
        let asked = scope.spawn(|| balance(&waiting.client()).is_err());
        thread::sleep(Duration::from_millis(200));
        waiting.end();
        assert!(asked.join().unwrap(), "it is broken off");
        assert!(start.elapsed() < Duration::from_secs(2));
    });
    nodes.end();
    let said = complaint(&usual);
    assert!(said.contains("is ending"), "{said}");
    assert_eq!(balance(&hasty).unwrap(), 7);
    assert_eq!(balance(&nodes.each()[0]).unwrap(), 7);
}
