//! Reads: whom they ask, how often, and when again.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use axum::response::{IntoResponse, Response};

use super::{
    TestNode, balance, client, complaint, hasty,
    server::{error, nowhere, raw_node, status},
};
use crate::send::cluster::{Nodes, manners::Manners};

/// A node that gives this answer to the first question for a balance, and is honest after.
fn once(answer: fn() -> Response) -> TestNode {
    TestNode::start(7, 1, move |method, nth| {
        (method == "getBalance" && nth == 0).then(answer)
    })
}

/// A node that always gives this answer to questions for a balance.
fn always(answer: fn() -> Response) -> TestNode {
    TestNode::start(7, 1, move |method, _| (method == "getBalance").then(answer))
}

#[test]
fn a_read_fails_over_to_the_next_node_and_stays_there() {
    let first = always(|| status(503, None));
    let second = TestNode::honest(2, 1);
    let client = client([&first.url, &nowhere(), &second.url]);
    assert_eq!(balance(&client).unwrap(), 2);
    assert_eq!(balance(&client).unwrap(), 2);
    assert_eq!(first.times("getBalance"), 1);
    assert_eq!(second.times("getBalance"), 2);
}

#[test]
fn what_one_node_does_not_offer_is_asked_of_the_next_one_and_not_again() {
    let first = always(|| error(-32601, "Method not found"));
    let second = TestNode::honest(2, 1);
    let both = client([&first.url, &second.url]);
    assert_eq!(balance(&both).unwrap(), 2);
    assert_eq!(first.times("getBalance"), 1);
    let said = complaint(&client([&first.url, &nowhere()]));
    assert!(
        said.starts_with("The node does not offer this kind of query"),
        "{said}"
    );
    assert_eq!(first.times("getBalance"), 2);
}

#[test]
fn what_passes_is_asked_again_of_the_same_node() {
    let answers: [fn() -> Response; 9] = [
        || status(429, None),
        || status(502, None),
        || status(503, None),
        || status(504, None),
        || error(-32016, "Minimum context slot has not been reached"),
        || error(-32603, "Internal error: Min context slot not reached"),
        || error(-32603, "Minimum context slot has not been reached"),
        || error(-32005, "Node is behind by 42 slots"),
        || "<html>".into_response(),
    ];
    for (index, answer) in answers.into_iter().enumerate() {
        let node = once(answer);
        assert_eq!(balance(&client([&node.url])).unwrap(), 7, "{index}");
        assert_eq!(node.times("getBalance"), 2, "{index}");
    }
}

#[test]
fn a_node_that_is_not_there_yet_is_passed_over_for_another() {
    let first = always(|| error(-32016, "Minimum context slot has not been reached"));
    let second = TestNode::honest(2, 1);
    assert_eq!(balance(&client([&first.url, &second.url])).unwrap(), 2);
    assert_eq!(first.times("getBalance"), 1);
}

#[test]
fn a_connection_that_breaks_and_an_answer_that_is_cut_are_asked_again() {
    let honest = TestNode::honest(7, 1);
    for cut in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"jsonrpc\":\"2.0\",\"res",
    ] {
        let asked = std::sync::Arc::new(AtomicUsize::new(0));
        let counted = std::sync::Arc::clone(&asked);
        let broken = raw_node(move |stream| {
            counted.fetch_add(1, Ordering::Relaxed);
            std::io::Write::write_all(stream, cut.as_bytes()).ok();
        });
        let said = complaint(&client([&broken]));
        assert!(said.starts_with(&broken), "{said}");
        assert!(asked.load(Ordering::Relaxed) > 1, "{cut:?}");
        // A node beside it helps; the broken one could not say which cluster it serves.
        assert_eq!(balance(&client([&broken, &honest.url])).unwrap(), 7);
    }
}

#[test]
fn a_node_is_left_alone_for_as_long_as_it_asks_for() {
    let node = once(|| status(429, Some(("retry-after", "1"))));
    let start = Instant::now();
    assert_eq!(balance(&client([&node.url])).unwrap(), 7);
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(node.times("getBalance"), 2);
}

#[test]
fn a_node_that_asks_for_too_long_a_rest_is_given_up_at_once() {
    let node = always(|| status(429, Some(("retry-after", "100000000"))));
    let start = Instant::now();
    let alone = client([&node.url]);
    for _ in 0..2 {
        let said = complaint(&alone);
        assert!(said.contains("refuses so many requests"), "{said}");
    }
    assert!(start.elapsed() < hasty().patience);
    assert_eq!(node.times("getBalance"), 1);
    let second = TestNode::honest(2, 1);
    assert_eq!(balance(&client([&node.url, &second.url])).unwrap(), 2);
}

#[test]
fn patience_ends() {
    let node = always(|| status(503, None));
    let start = Instant::now();
    let said = complaint(&client([&node.url]));
    assert!(
        said.contains(" cannot be used: ") && said.starts_with(&node.url),
        "{said}"
    );
    // Seconds more than it should be: the machine may be busy.
    assert!(start.elapsed() < hasty().patience + Duration::from_secs(5));
    assert!((3..60).contains(&node.times("getBalance")));
}

#[test]
fn a_node_that_never_answers_costs_no_more_than_patience() {
    let (silent, start) = (
        raw_node(|_| std::thread::sleep(Duration::from_secs(60))),
        Instant::now(),
    );
    let said = complaint(&client([&silent]));
    assert!(
        said.starts_with(&format!("{silent} did not answer in time")),
        "{said}"
    );
    assert!(start.elapsed() < hasty().patience + Duration::from_secs(5));
}

#[test]
fn all_late_answers_together_cost_no_more_than_the_allowance() {
    let silent = raw_node(|_| std::thread::sleep(Duration::from_secs(60)));
    let manners = Manners {
        allowance: Duration::from_secs(2),
        ..hasty()
    };
    let nodes = Nodes::with_manners(&[silent], manners.clone()).unwrap();
    let (usual, start) = (nodes.client(), Instant::now());
    for _ in 0..3 {
        // Clients of the same nodes have one allowance.
        assert!(balance(&usual).is_err());
        assert!(balance(&nodes.client()).is_err());
    }
    // One after the other, each with its patience, they would cost 24 seconds.
    let most = manners.allowance + 6 * Duration::from_millis(500) + Duration::from_secs(5);
    assert!(start.elapsed() < most, "{:?}", start.elapsed());
    let (fleeting, start) = (
        nodes.fleeting_client(Duration::from_secs(1)),
        Instant::now(),
    );
    assert!((0..4).all(|_| balance(&fleeting).is_err()));
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_node_elsewhere_is_asked_only_so_often() {
    let node = TestNode::honest(7, 1);
    let manners = Manners {
        requests_per_window: 50,
        ..hasty()
    };
    let read_often = |url: String| {
        let client = Nodes::with_manners(&[url], manners.clone())
            .unwrap()
            .client();
        let start = Instant::now();
        for _ in 0..23 {
            balance(&client).unwrap();
        }
        start.elapsed()
    };
    // By this name the node counts as one on another machine. Twenty requests are made at once,
    // and three each second.
    let elsewhere = node.url.replace("127.0.0.1", "0.0.0.0");
    assert!(read_often(elsewhere) >= Duration::from_millis(900));
    assert!(read_often(node.url.clone()) < Duration::from_millis(900));
}

#[test]
fn no_window_has_more_requests_than_may_be() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Windows of a hundredth part of the time: 100 requests in a tenth of a second.
    let limiter = Manners {
        requests_per_window: 10_000,
        ..Manners::default()
    }
    .limiter();
    let window = Duration::from_millis(100);
    let times = runtime.block_on(async {
        let mut times = Vec::new();
        for _ in 0..4_300 {
            limiter.acquire_one().await;
            times.push(Instant::now());
        }
        times
    });
    let after_the_first = &times[4_000..];
    for (index, start) in after_the_first.iter().enumerate() {
        let within = after_the_first[index..]
            .iter()
            .take_while(|time| **time - *start < window)
            .count();
        assert!(within <= 100, "{within}");
    }
}
