//! Browsers of any origin may ask, and find out for which cluster an Action is.

use reqwest::{
    Method,
    header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN},
};

use crate::stage::{Answer, Desk, PUBLIC, pool};

#[test]
fn every_answer_can_be_read_by_pages_of_other_origins_also_errors() {
    let (net, _) = pool();
    let desk = Desk::of(&net, &[]);
    let genesis = net.rpc.get_genesis_hash().unwrap().to_string();
    let chain = format!("solana:{}", &genesis[..32]);
    let assert_open = |answer: &Answer| {
        assert_eq!(
            answer.headers["access-control-allow-origin"], "*",
            "{answer:?}"
        );
        assert_eq!(answer.headers["x-action-version"], "2.4");
        assert_eq!(answer.headers["x-blockchain-ids"], chain.as_str());
    };
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
        assert_open(&shown);
        let beforehand = desk.ask(Method::OPTIONS, path, |request| {
            let request = request.header(ORIGIN, "https://wallet.example");
            request.header(ACCESS_CONTROL_REQUEST_METHOD, "POST")
        });
        assert_eq!(beforehand.status, 200);
        let methods = &beforehand.headers["access-control-allow-methods"];
        assert_eq!(methods, "GET,POST,PUT,OPTIONS");
        let headers = beforehand.headers["access-control-allow-headers"]
            .to_str()
            .unwrap();
        for needed in [
            "content-type",
            "authorization",
            "content-encoding",
            "accept-encoding",
        ] {
            assert!(headers.split(',').any(|one| one == needed), "{headers}");
        }
        assert_open(&beforehand);
    }
    let errors = [
        (desk.get("/nothing"), 404),
        (
            desk.ask(Method::DELETE, "/api/stake", |request| request),
            405,
        ),
        (desk.ask(Method::PUT, "/api/stake", |request| request), 405),
        (desk.post("/api/stake?amount=1", "nobody"), 400),
        (
            desk.ask(Method::POST, "/api/claim", |request| request.body("{}")),
            415,
        ),
    ];
    for (answer, status) in errors {
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.message().len() > 20, "{answer:?}");
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_open(&answer);
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
