//! Too much of something: bytes, requests, or requests at the same time.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use reqwest::{Method, header::RETRY_AFTER};
use sluice_tests::net::LyingNode;
use solana_signer::Signer;

use crate::stage::{Desk, pool};

#[test]
fn an_oversized_body_is_refused_before_it_is_read() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    let body = |padding: usize| {
        let account = wallet.pubkey();
        format!(
            "{{\"account\":\"{account}\",\"padding\":\"{}\"}}",
            "a".repeat(padding)
        )
    };
    let path = "/api/stake?amount=1";
    let most = desk.post_text(path, body(4_000));
    assert_eq!(
        most.status, 200,
        "fields of later specifications are allowed: {most:?}"
    );
    let refused = desk.post_text(path, body(5_000));
    assert_eq!(refused.status, 413, "{refused:?}");
    assert!(refused.message().len() > 20);
    for nonsense in [
        "",
        "{",
        "[]",
        "{\"account\":7}",
        "{\"Account\":\"\"}",
        "null",
    ] {
        let refused = desk.post_text(path, nonsense.to_owned());
        assert!(
            [400, 422].contains(&refused.status),
            "{nonsense}: {refused:?}"
        );
        assert!(refused.message().contains("account"), "{refused:?}");
    }
}

/// As one who writes this into the header of proxies.
fn forwarded(desk: &Desk, whom: &str) -> crate::stage::Answer {
    desk.ask(Method::GET, "/actions.json", |request| {
        request.header("X-Forwarded-For", whom)
    })
}

#[test]
fn a_flood_is_refused_also_with_header_spoofing_of_the_client_address() {
    let (net, _) = pool();
    let desk = Desk::of(&net, &["--requests-per-minute", "3"]);
    for asked in 0..3 {
        assert_eq!(forwarded(&desk, &format!("192.0.2.{asked}")).status, 200);
    }
    let refused = forwarded(&desk, "192.0.2.9");
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.message().contains("too often"), "{refused:?}");
    assert!(refused.headers.contains_key(RETRY_AFTER));
    assert_eq!(refused.headers["access-control-allow-origin"], "*");
    let asked = desk.ask(Method::OPTIONS, "/api/stake", |request| request);
    assert_eq!(
        asked.status, 200,
        "what browsers ask beforehand costs nothing"
    );
}

#[test]
fn behind_a_trusted_proxy_each_asker_has_an_allowance_and_header_spoofing_takes_none() {
    let (net, _) = pool();
    let told = ["--requests-per-minute", "1", "--trusted-proxy", "127.0.0.1"];
    let desk = Desk::of(&net, &told);
    let status = |whom| forwarded(&desk, whom).status;
    assert_eq!([status("192.0.2.1"), status("192.0.2.1")], [200, 429]);
    assert_eq!(status("192.0.2.2"), 200);
    assert_eq!(
        status("198.51.100.7, 192.0.2.1"),
        429,
        "the proxy's word stands last"
    );
    assert_eq!(status("192.0.2.1, 198.51.100.7"), 200);
}

#[test]
fn more_requests_at_the_same_time_than_there_are_places_are_refused_at_once() {
    let (net, _) = pool();
    let (holds, reached, released) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(Barrier::new(2)),
        Arc::new(Barrier::new(2)),
    );
    let node = LyingNode::before(&net.url(), {
        let (holds, reached, released) = (holds.clone(), reached.clone(), released.clone());
        move |_, _| {
            if holds.swap(false, Ordering::SeqCst) {
                reached.wait();
                released.wait();
            }
        }
    });
    let desk = Desk::by(&node.url, &net, &["--most-at-once", "1", "--timeout", "60"]);
    holds.store(true, Ordering::SeqCst);
    thread::scope(|scope| {
        let first = scope.spawn(|| desk.get("/api/stake"));
        reached.wait();
        let refused = desk.get("/api/stake");
        released.wait();
        assert_eq!(refused.status, 503, "{refused:?}");
        assert!(
            refused.message().contains("at the same time"),
            "{refused:?}"
        );
        assert_eq!(first.join().unwrap().status, 200);
    });
    assert_eq!(
        desk.get("/api/stake").status,
        200,
        "the place is free again"
    );
}
