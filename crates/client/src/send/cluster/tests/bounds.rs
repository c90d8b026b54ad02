//! What a node can do to the client's memory, and where its requests do not go.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{http::HeaderName, response::IntoResponse};
use flate2::{Compression, write::GzEncoder};

use super::{
    TestNode, client, complaint,
    server::{error, nowhere, raw_node, status},
};
use crate::send::cluster::{Nodes, manners::Manners};

const MIB: usize = 1024 * 1024;

#[test]
fn an_endless_answer_is_read_only_so_far() {
    let written = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&written);
    let endless = raw_node(move |stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        while stream.write_all(&[b' '; MIB]).is_ok() {
            counted.fetch_add(MIB, Ordering::Relaxed);
        }
    });
    let said = complaint(&client([&endless]));
    assert!(
        said.contains("answers with more than 67108864 bytes"),
        "{said}"
    );
    // What is on the way when the client hangs up is a few buffers of the system.
    assert!(written.load(Ordering::Relaxed) < 128 * MIB);
}

#[test]
fn an_answer_that_expands_without_end_is_expanded_only_so_far() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..256 {
        bomb.write_all(&[b' '; MIB]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 4 * MIB);
    let node = TestNode::start(1, 1, move |_, _| {
        let encoding = [(HeaderName::from_static("content-encoding"), "gzip")];
        Some((encoding, bomb.clone()).into_response())
    });
    let said = complaint(&client([&node.url]));
    assert!(
        said.contains("answers with more than 67108864 bytes"),
        "{said}"
    );
    assert_eq!(node.times("getBalance"), 1);
}

#[test]
fn requests_are_not_sent_on_to_another_place() {
    let other = TestNode::honest(1, 1);
    for code in [301, 302, 303, 307, 308] {
        let location = other.url.clone();
        let node = TestNode::start(1, 1, move |_, _| {
            Some(status(code, Some(("location", &location))))
        });
        let said = complaint(&client([&node.url]));
        assert!(
            said.contains("sends requests on to another place"),
            "{said}"
        );
    }
    assert_eq!(other.times("getBalance"), 0);
}

#[test]
fn the_text_of_an_error_is_cut() {
    let node = TestNode::start(1, 1, |_, _| Some(error(-32000, &"long ".repeat(100_000))));
    assert!(complaint(&client([&node.url])).len() < 600);
}

#[test]
fn no_error_says_more_of_a_url_than_scheme_host_and_port() {
    let node = TestNode::start(1, 1, |_, _| Some(status(403, None)));
    let nowhere = nowhere();
    let address = nowhere.strip_prefix("http://").unwrap();
    for url in [
        format!("{}/?api-key=SECRET", node.url),
        format!("http://user:SECRET@{address}/v2/SECRET?key=SECRET#SECRET"),
    ] {
        let said = complaint(&client([&url]));
        assert!(said.contains("http://127.0.0.1:"), "{said}");
        assert!(!said.contains("SECRET"), "{said}");
        assert!(!client([&url]).url().contains("SECRET"));
    }
}

#[test]
fn what_is_no_url_of_a_node_is_refused_before_anything_is_asked() {
    for urls in [
        vec![],
        vec!["SECRET"],
        vec!["ftp://a.example"],
        vec!["http://"],
    ] {
        let urls: Vec<_> = urls.into_iter().map(str::to_owned).collect();
        let refused = Nodes::with_manners(&urls, Manners::default());
        let said = refused.err().unwrap().to_string();
        assert!(said.contains("node") && !said.contains("SECRET"), "{said}");
    }
}
