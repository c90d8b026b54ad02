//! Time: what is older than what was seen is not shown, and what cannot be yet is not believed.

use serde_json::json;
use solana_commitment_config::CommitmentConfig;

use super::{
    TestNode, balance, complaint, nodes,
    server::{at, error, result, status},
};
use crate::send::cluster::agreement::MARGIN_SLOTS;

#[test]
fn an_answer_older_than_what_was_seen_is_refused_and_asked_again() {
    // A pool of nodes of which one lags: every second answer is old.
    let pool = TestNode::start(7, 100, |method, nth| {
        (method == "getBalance" && nth % 2 == 1).then(|| at(90, json!(666)))
    });
    let (_nodes, client) = nodes([&pool.url]);
    for _ in 0..3 {
        assert_eq!(balance(&client).unwrap(), 7);
    }
    assert_eq!(pool.times("getBalance"), 5);
}

#[test]
fn a_node_that_lags_is_passed_over_for_one_that_does_not() {
    let fresh = TestNode::start(7, 100, |method, nth| {
        (method == "getBalance" && nth == 1).then(|| status(503, None))
    });
    let lagging = TestNode::honest(666, 95);
    let (_nodes, client) = nodes([&fresh.url, &lagging.url]);
    assert_eq!(balance(&client).unwrap(), 7);
    // Now the first one fails for once, and the other is too old to be shown.
    assert_eq!(balance(&client).unwrap(), 7);
    assert_eq!(lagging.times("getBalance"), 1);
}

#[test]
fn a_lagging_node_alone_ends_in_an_error_that_says_so() {
    let node = TestNode::start(7, 100, |method, nth| {
        (method == "getBalance" && nth > 0).then(|| at(58, json!(666)))
    });
    let (_nodes, client) = nodes([&node.url]);
    balance(&client).unwrap();
    let said = complaint(&client);
    assert!(
        said.contains("42 slots behind what was already seen"),
        "{said}"
    );
}

#[test]
fn an_answer_at_a_lower_commitment_does_not_make_the_others_old() {
    let node = TestNode::start(7, 132, |method, _| {
        (method == "getBalance").then(|| at(100, json!(7)))
    });
    let (_nodes, client) = nodes([&node.url]);
    let processed = CommitmentConfig::processed();
    assert_eq!(client.get_slot_with_commitment(processed).unwrap(), 132);
    assert_eq!(balance(&client).unwrap(), 7);
}

#[test]
fn each_node_says_what_it_knows_whatever_the_others_do() {
    let (fresh, lagging) = (TestNode::honest(7, 100), TestNode::honest(6, 90));
    let (nodes, client) = nodes([&fresh.url, &lagging.url]);
    assert_eq!(balance(&client).unwrap(), 7);
    let told: Vec<_> = nodes
        .each()
        .iter()
        .map(|each| balance(each).unwrap())
        .collect();
    assert_eq!(told, [7, 6]);
}

#[test]
fn a_node_where_the_cluster_cannot_be_yet_is_set_aside_and_its_slot_forgotten() {
    let lying = TestNode::honest(666, 100 + MARGIN_SLOTS + 1);
    let honest = TestNode::honest(7, 100);
    for urls in [[&lying.url, &honest.url], [&honest.url, &lying.url]] {
        let (nodes, client) = nodes(urls);
        for _ in 0..2 {
            assert_eq!(balance(&client).unwrap(), 7);
        }
        // Asked second, the lying node never answered: it is not known as one yet.
        let aside: Vec<_> = nodes.set_aside().iter().map(ToString::to_string).collect();
        assert_eq!(aside.len(), usize::from(urls[0] == &lying.url), "{aside:?}");
        assert!(
            aside.iter().all(|said| said.contains("151 slots ahead")),
            "{aside:?}"
        );
    }
}

#[test]
fn a_node_that_jumps_ahead_later_is_set_aside_too() {
    let lying = TestNode::start(7, 100, |method, nth| {
        (method == "getBalance" && nth == 1).then(|| at(1_000_000, json!(666)))
    });
    let honest = TestNode::honest(8, 101);
    let (nodes, client) = nodes([&lying.url, &honest.url]);
    assert_eq!(balance(&client).unwrap(), 7);
    assert_eq!(balance(&client).unwrap(), 8);
    assert_eq!(nodes.set_aside().len(), 1);
    assert_eq!(balance(&client).unwrap(), 8);
    assert_eq!(lying.times("getBalance"), 2);
}

#[test]
fn a_cluster_that_really_jumped_is_believed() {
    let slot_of = |method: &str, nth: usize| match (method, nth) {
        ("getBalance", 1) => Some(at(9_000, json!(7))),
        ("getSlot", 1) => Some(result(json!(9_001))),
        _ => None,
    };
    let (first, second) = (
        TestNode::start(7, 100, slot_of),
        TestNode::start(7, 100, |method, nth| {
            (method == "getSlot" && nth == 1).then(|| result(json!(9_001)))
        }),
    );
    let (nodes, client) = nodes([&first.url, &second.url]);
    assert_eq!(balance(&client).unwrap(), 7);
    assert_eq!(balance(&client).unwrap(), 7);
    assert!(nodes.set_aside().is_empty());
    assert_eq!(first.times("getBalance"), 2);
}

#[test]
fn a_node_that_says_itself_that_it_lags_is_no_witness() {
    let fresh = TestNode::honest(7, 10_000);
    let lagging = TestNode::start(6, 100, |method, _| {
        (method == "getHealth").then(|| error(-32005, "Node is behind by 9900 slots"))
    });
    let (nodes, client) = nodes([&fresh.url, &lagging.url]);
    assert_eq!(balance(&client).unwrap(), 7);
    assert!(nodes.set_aside().is_empty());
}

#[test]
fn one_node_alone_cannot_be_judged() {
    let node = TestNode::start(7, 100, |method, nth| {
        (method == "getBalance" && nth == 1).then(|| at(1_000_000, json!(8)))
    });
    let (nodes, client) = nodes([&node.url]);
    assert_eq!(balance(&client).unwrap(), 7);
    assert_eq!(balance(&client).unwrap(), 8);
    assert!(nodes.set_aside().is_empty());
}

#[test]
fn a_node_of_another_cluster_is_set_aside() {
    let other = TestNode::start(666, 100, |method, _| {
        (method == "getGenesisHash")
            .then(|| result(json!("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d")))
    });
    let first = TestNode::start(7, 100, |method, nth| {
        (method == "getBalance" && nth == 1).then(|| error(-32601, "Method not found"))
    });
    let (nodes, client) = nodes([&first.url, &other.url]);
    assert_eq!(balance(&client).unwrap(), 7);
    let said = complaint(&client);
    assert!(said.starts_with("The node does not offer"), "{said}");
    let aside = nodes.set_aside()[0].to_string();
    assert!(aside.contains("serves another cluster"), "{aside}");
    assert_eq!(other.times("getBalance"), 0);
}

#[test]
fn a_node_that_is_set_aside_says_nothing_for_itself_either() {
    let lying = TestNode::honest(666, 1_000_000);
    let honest = TestNode::honest(7, 100);
    let (nodes, client) = nodes([&lying.url, &honest.url]);
    assert_eq!(balance(&client).unwrap(), 7);
    let said = complaint(&nodes.each()[0]);
    assert!(said.contains("slots ahead"), "{said}");
    assert_eq!(balance(&nodes.each()[1]).unwrap(), 7);
}

#[test]
fn a_node_that_is_named_twice_is_one_voice() {
    let node = TestNode::honest(7, 100);
    let slash = format!("{}/", node.url);
    let by_name = format!("{}?key=2", slash.replace("127.0.0.1", "localhost"));
    let (nodes, _client) = nodes([&node.url, &slash, &by_name, &node.url]);
    assert_eq!(nodes.each().len(), 1);
}
