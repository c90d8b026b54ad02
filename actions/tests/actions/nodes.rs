//! Nodes that are dead, or of another cluster than they say.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::json;
use sluice_actions::Service;
use sluice_tests::net::LyingNode;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::stage::{Answer, Desk, arguments, pool};

/// The hash of another cluster's first block.
const OTHER: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";

/// Fails unless it is a sentence that does not say where the node is.
fn assert_discreet(refused: &Answer, url: &str) {
    assert!([502, 504].contains(&refused.status), "{refused:?}");
    let said = refused.message();
    let host = url.trim_start_matches("http://");
    assert!(said.contains("Try again") && !said.contains(host), "{said}");
    assert_eq!(refused.headers["access-control-allow-origin"], "*");
}

#[test]
fn a_node_that_is_dead_gives_a_sentence_and_no_transaction() {
    let (net, wallet) = pool();
    let url = net.url();
    let desk = Desk::of(&net, &["--timeout", "3"]);
    assert_eq!(desk.get("/api/stake").status, 200);
    drop(net);
    assert_discreet(&desk.post("/api/stake?amount=1", wallet.pubkey()), &url);
    assert_discreet(&desk.post("/api/claim", wallet.pubkey()), &url);
    assert_eq!(desk.get("/actions.json").status, 200, "that needs no node");
}

#[test]
fn a_node_that_lies_about_its_cluster_gets_nobody_a_transaction() {
    let (net, wallet) = pool();
    let lies = Arc::new(AtomicBool::new(false));
    let node = LyingNode::before(&net.url(), {
        let lies = lies.clone();
        move |request, answer| {
            if lies.load(Ordering::SeqCst) && request["method"] == "getGenesisHash" {
                answer["result"] = json!(OTHER);
            }
        }
    });
    let desk = Desk::by(&node.url, &net, &[]);
    assert_eq!(
        desk.post("/api/stake?amount=1", wallet.pubkey()).status,
        200
    );
    lies.store(true, Ordering::SeqCst);
    assert_discreet(
        &desk.post("/api/stake?amount=1", wallet.pubkey()),
        &node.url,
    );
    let refused = |more: &[&str]| {
        let told = arguments(&node.url, &net.addresses.pool, more);
        let refused = Service::start(&told)
            .err()
            .map(|error| format!("{error:#}"));
        refused.unwrap_or_default()
    };
    lies.store(false, Ordering::SeqCst);
    let said = refused(&["--genesis", OTHER]);
    assert!(
        said.contains("another cluster than the genesis hash says"),
        "{said}"
    );
    assert_eq!(refused(&[]), "", "as it is, it starts");
}

#[test]
fn what_is_no_pool_is_refused_at_the_start() {
    let (net, _) = pool();
    for other in [Pubkey::new_unique(), net.votes()[0], net.addresses.reserve] {
        let told = arguments(&net.url(), &other, &[]);
        assert!(Service::start(&told).is_err(), "{other}");
    }
    let by_mint = arguments(&net.url(), &net.addresses.mint, &[]);
    assert!(Service::start(&by_mint).is_ok());
}
