//! Sending: to all nodes at once, once, and never called failed for what may have been sent.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use solana_hash::Hash;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    TestNode, client, nodes,
    server::{error, nowhere, raw_node, status},
};
use crate::{ClientError, send::cluster::fault::Left};

fn was_sent(error: &ClientError) -> bool {
    matches!(error, ClientError::Rpc(error) if Left::after(error) == Left::Perhaps)
}

fn send(client: &RpcClient) -> Result<Signature, ClientError> {
    let payer = Pubkey::new_from_array([1; 32]);
    let message = Message::new_with_blockhash(&[], Some(&payer), &Hash::default());
    let transaction = VersionedTransaction {
        signatures: vec![Signature::from([9; 64])],
        message: VersionedMessage::Legacy(message),
    };
    let config = RpcSendTransactionConfig {
        skip_preflight: true,
        ..RpcSendTransactionConfig::default()
    };
    Ok(client.send_transaction_with_config(&transaction, config)?)
}

/// A node that answers this to a transaction.
fn answering(answer: fn() -> axum::response::Response) -> TestNode {
    TestNode::start(1, 1, move |method, _| {
        (method == "sendTransaction").then(answer)
    })
}

fn refusing() -> TestNode {
    answering(|| error(-32003, "Transaction signature verification failure"))
}

/// Waits until the node was asked for this.
fn wait_for(node: &TestNode, method: &str) {
    let start = Instant::now();
    while node.times(method) == 0 {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{method} never came"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_transaction_goes_to_all_nodes_and_one_acceptance_is_enough() {
    let (first, second, third) = (
        TestNode::honest(1, 1),
        refusing(),
        answering(|| status(503, None)),
    );
    let urls = [&second.url, &nowhere(), &third.url, &first.url];
    let (_nodes, client) = nodes(urls);
    assert_eq!(send(&client).unwrap(), Signature::from([9; 64]));
    for node in [&first, &second, &third] {
        wait_for(node, "sendTransaction");
    }
}

#[test]
fn a_transaction_is_never_sent_again_by_itself() {
    for node in [
        refusing(),
        answering(|| status(503, None)),
        answering(|| status(429, None)),
    ] {
        send(&client([&node.url])).unwrap_err();
        assert_eq!(node.times("sendTransaction"), 1);
    }
}

#[test]
fn where_no_node_was_reached_or_all_refused_nothing_was_sent() {
    let refusing = [refusing(), refusing()];
    for urls in [
        vec![nowhere()],
        vec![nowhere(), nowhere()],
        vec![refusing[0].url.clone()],
        vec![refusing[0].url.clone(), nowhere(), refusing[1].url.clone()],
    ] {
        let error = send(&client(&urls)).unwrap_err();
        assert!(!was_sent(&error), "{urls:?}: {error}");
    }
}

#[test]
fn whatever_else_a_node_does_the_transaction_may_have_been_sent() {
    let asleep = || raw_node(|_| std::thread::sleep(Duration::from_secs(60)));
    let cut = raw_node(|stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")
            .ok();
    });
    let served = [
        answering(|| status(429, None)),
        answering(|| status(502, None)),
        answering(|| status(307, Some(("location", "http://127.0.0.1:9")))),
        answering(|| error(-32603, "Internal error")),
        answering(|| error(-32005, "Node is unhealthy")),
        answering(|| super::server::result("another signature".into())),
    ];
    let refusing = refusing();
    let doubtful = served.iter().map(|node| node.url.clone());
    for url in doubtful.chain([asleep(), raw_node(|_| ()), cut]) {
        let error = send(&client([&url])).unwrap_err();
        assert!(was_sent(&error), "{url}: {error}");
    }
    // That another node refuses says nothing of the first one.
    for node in &served[..4] {
        let error = send(&client([&refusing.url, &node.url, &nowhere()])).unwrap_err();
        assert!(was_sent(&error), "{error}");
    }
}
