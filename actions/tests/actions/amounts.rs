//! Amounts that cannot be meant, and what stands in URLs beside them.

use reqwest::header::{HOST, LOCATION};
use solana_signer::Signer;

use crate::stage::{Desk, PUBLIC, pool};

#[test]
fn an_amount_of_zero_below_zero_too_large_or_with_ten_decimals_gets_no_transaction() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &["--requests-per-minute", "1000"]);
    let wrong = [
        "0",
        "0.000000000",
        "-1",
        "%2B1",
        "1e30",
        "1e1",
        "1000000000000000000000000000000",
        "18446744073.709551616",
        "0.0000000001",
        "1,5",
        "1.",
        ".5",
        "NaN",
        "inf",
        "0x10",
        "%201",
        "1%00",
        "",
        "{amount}",
    ];
    for path in ["/api/stake", "/api/unstake", "/api/unstake/instant"] {
        for amount in wrong {
            let refused = desk.post(&format!("{path}?amount={amount}"), wallet.pubkey());
            assert_eq!(refused.status, 400, "{path} {amount}: {refused:?}");
            assert!(refused.message().len() > 20, "{refused:?}");
        }
        assert_eq!(desk.post(path, wallet.pubkey()).status, 400, "no amount");
    }
    let all = desk.post("/api/stake?amount=all", wallet.pubkey());
    assert_eq!(all.status, 400, "all is no amount of SOL");
    let more_than_there_is = desk.post("/api/stake?amount=101", wallet.pubkey());
    assert_eq!(more_than_there_is.status, 400, "{more_than_there_is:?}");
    let smallest_part = desk.post("/api/stake?amount=1.000000001", wallet.pubkey());
    assert!(
        smallest_part
            .message()
            .starts_with("Deposits 1.000000001 SOL")
    );
}

#[test]
fn query_injection_reaches_no_redirect_no_header_and_no_button() {
    let (net, wallet) = pool();
    let desk = Desk::of(&net, &[]);
    let plain = desk.get("/api/stake");
    let queries = [
        "amount=1%0d%0aLocation:%20https://evil.example",
        "amount=%22%7D%5D&href=https://evil.example",
        "url=//evil.example&next=//evil.example",
        "utm_source=a&amount=5",
    ];
    for query in queries {
        let shown = desk.get(&format!("/api/stake?{query}"));
        assert_eq!(shown.json, plain.json, "{query}");
        assert_eq!((shown.status, shown.headers.get(LOCATION)), (200, None));
    }
    let hosted = desk.ask(reqwest::Method::GET, "/api/stake", |request| {
        request.header(HOST, "evil.example")
    });
    assert_eq!(
        hosted.json, plain.json,
        "nobody but its operator says where it is"
    );
    assert!(plain.json.to_string().contains(PUBLIC));
    let twice = desk.post("/api/stake?amount=1&amount=2", wallet.pubkey());
    assert_eq!(twice.status, 400, "{twice:?}");
    let hidden = desk.post("/api/stake?amount=1%26amount=2", wallet.pubkey());
    assert_eq!(hidden.status, 400, "{hidden:?}");
    for path in ["//evil.example", "/api/../evil", "/api/stake/"] {
        let other = desk.get(path);
        assert_eq!(
            (other.status, other.headers.get(LOCATION)),
            (404, None),
            "{path}"
        );
    }
    let more = desk.post("/api/stake?amount=1&utm_source=a", wallet.pubkey());
    assert_eq!(more.status, 200, "wallets may add to the query");
}
