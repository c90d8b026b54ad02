//! Browsers of any origin may ask, and find out for which cluster an Action is.

use reqwest::{
    Method,
    header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN},
};
use sluice_tests::net::PoolNet;

use crate::stage::{Answer, Desk, PUBLIC, pool};

/// Fails where a page of another origin could not read it, or not find out what it is for.
fn assert_open(answer: &Answer, net: &PoolNet) {
    let genesis = net.rpc.get_genesis_hash().unwrap().to_string();
    let chain = format!("solana:{}", &genesis[..32]);
    assert_eq!(
        answer.headers["access-control-allow-origin"], "*",
        "{answer:?}"
    );
    assert_eq!(answer.headers["x-action-version"], "2.4");
    assert_eq!(answer.headers["x-blockchain-ids"], chain.as_str());
}

/// What a browser asks before a page of another origin may send a request.
fn beforehand(desk: &Desk, path: &str) -> Answer {
    desk.ask(Method::OPTIONS, path, |request| {
        let request = request.header(ORIGIN, "https://wallet.example");
        request.header(ACCESS_CONTROL_REQUEST_METHOD, "POST")
    })
}

#[test]
fn every_answer_can_be_read_by_pages_of_other_origins() {
    let (net, _) = pool();
    let desk = Desk::of(&net, &[]);
    let paths = [
        "/actions.json",
        "/api/stake",
        "/api/unstake",
        "/api/unstake/instant",
        "/api/claim",
    ];
    for path in paths {
        let shown = desk.get(path);
        assert_eq!(shown.status, 200, "{shown:?}");
        assert_eq!(shown.headers["content-type"], "application/json");
        let exposed = &shown.headers["access-control-expose-headers"];
        assert_eq!(exposed, "x-action-version,x-blockchain-ids");
        assert_open(&shown, &net);
        let beforehand = beforehand(&desk, path);
        assert_eq!(beforehand.status, 200);
        assert_open(&beforehand, &net);
        let methods = &beforehand.headers["access-control-allow-methods"];
        assert_eq!(methods, "GET,POST,PUT,OPTIONS");
        let allowed = beforehand.headers["access-control-allow-headers"]
            .to_str()
            .unwrap();
        for needed in [
            "content-type",
            "authorization",
            "content-encoding",
            "accept-encoding",
        ] {
            assert!(allowed.split(',').any(|one| one == needed), "{allowed}");
        }
    }
}

#[test]
fn every_error_can_be_read_by_pages_of_other_origins() {
    let (net, _) = pool();
    let desk = Desk::of(&net, &[]);
    let plain = |method, path| desk.ask(method, path, |request| request.body("{}"));
    let errors = [
        (desk.get("/nothing"), 404),
        (plain(Method::DELETE, "/api/stake"), 405),
        (plain(Method::PUT, "/api/stake"), 405),
        (plain(Method::POST, "/api/claim"), 415),
        (desk.post("/api/stake?amount=1", "nobody"), 400),
        (desk.post("/api/stake?amount=%ff", "nobody"), 400),
    ];
    for (answer, status) in errors {
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.message().len() > 20, "{answer:?}");
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_open(&answer, &net);
    }
}

#[test]
fn the_rules_and_the_picture_are_where_the_specification_looks_for_them() {
    let (net, _) = pool();
    let desk = Desk::of(&net, &[]);
    let rules = desk.get("/actions.json").json;
    for rule in rules["rules"].as_array().unwrap() {
        let (pattern, path) = (&rule["pathPattern"], rule["apiPath"].as_str().unwrap());
        assert!(pattern.as_str().unwrap().starts_with('/'));
        let path = path.strip_prefix(PUBLIC).unwrap();
        if !path.ends_with("**") {
            assert_eq!(desk.get(path).status, 200, "{path}");
        }
    }
    let icon = desk.get("/api/stake").json["icon"]
        .as_str()
        .unwrap()
        .to_owned();
    let picture = desk.get(icon.strip_prefix(PUBLIC).unwrap());
    assert_eq!(picture.headers["content-type"], "image/svg+xml");
    assert!(picture.json.as_str().unwrap().starts_with("<svg"));
}
