//! Who is let in at the ports, and how much at once.

use reqwest::{
    Method, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, HOST, ORIGIN,
    },
};
use serde_json::{Value, json};
use sluice_localnet::LocalnetConfig;
use sluice_tests::net::{JsonNet, SOL, WebSocket};
use solana_pubkey::Pubkey;

const PAGE: &str = "http://localhost:5173";
const STRANGER: &str = "https://evil.example";

/// A call that gives `to` something.
fn airdrop(to: &Pubkey) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "requestAirdrop", "params": [to.to_string(), SOL]})
}

/// Asks as a page of `origin` would, under the name `host`.
async fn ask(net: &JsonNet, origin: &str, host: &str, to: &Pubkey) -> Response {
    let request = net.request(Method::POST).body(airdrop(to).to_string());
    let request = request.header(ORIGIN, origin).header(HOST, host);
    request.send().await.unwrap()
}

/// Asks whether a page of `origin` may ask.
async fn preflight(net: &JsonNet, origin: &str) -> Response {
    let request = net.request(Method::OPTIONS).header(ORIGIN, origin);
    let request = request.header("access-control-request-method", "POST");
    let request = request.header(
        "access-control-request-headers",
        "content-type,solana-client",
    );
    request.send().await.unwrap()
}

fn allowed_origin(answer: &Response) -> Option<&str> {
    let header = answer.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN)?;
    header.to_str().ok()
}

async fn lamports(net: &JsonNet, of: &Pubkey) -> u64 {
    net.rpc.get_balance(of).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_a_page_of_another_origin_can_do_nothing() {
    let net = JsonNet::shared().await;
    let to = Pubkey::new_unique();
    for origin in [STRANGER, "null", "http://localhost.evil.example"] {
        let answer = ask(&net, origin, "localhost", &to).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
        assert_eq!(allowed_origin(&answer), None);
        let answer = preflight(&net, origin).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
        assert_eq!(allowed_origin(&answer), None);
        // What needs no preflight.
        let request = net.request(Method::POST).header(ORIGIN, origin);
        let request = request.header(CONTENT_TYPE, "text/plain");
        let answer = request.body(airdrop(&to).to_string()).send().await;
        assert_eq!(answer.unwrap().status(), StatusCode::FORBIDDEN, "{origin}");
        let socket = WebSocket::knock(&net.localnet.websocket_url(), "origin", origin).await;
        assert_eq!(socket.err(), Some(403), "{origin}");
    }
    assert_eq!(lamports(&net, &to).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_a_page_of_this_machine_does_what_it_likes() {
    let net = JsonNet::shared().await;
    let to = Pubkey::new_unique();
    for origin in [PAGE, "http://127.0.0.1:3000", "http://[::1]:5173"] {
        let answer = preflight(&net, origin).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(allowed_origin(&answer), Some(origin));
        assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_HEADERS], "*");
        let answer = ask(&net, origin, "localhost", &to).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(allowed_origin(&answer), Some(origin));
        let socket = WebSocket::knock(&net.localnet.websocket_url(), "origin", origin).await;
        let mut socket = socket.unwrap_or_else(|status| panic!("{origin}: {status}"));
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "slotSubscribe"});
        socket.send(call).await;
        assert!(socket.receive().await["result"].is_u64());
    }
    assert_eq!(lamports(&net, &to).await, 3 * SOL);
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_no_name_that_a_stranger_owns_leads_to_the_cluster() {
    let net = JsonNet::shared().await;
    let to = Pubkey::new_unique();
    // The page's own origin, once its name leads here.
    for host in ["evil.example", "evil.example:8899", "192.168.1.5:8899"] {
        let answer = ask(&net, &format!("http://{host}"), host, &to).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{host}");
        let socket = WebSocket::knock(&net.localnet.websocket_url(), "host", host).await;
        assert_eq!(socket.err(), Some(403), "{host}");
    }
    assert_eq!(lamports(&net, &to).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_pages_of_other_origins_are_let_in_where_that_is_asked_for() {
    let net = JsonNet::start_with(LocalnetConfig {
        web_origins: vec!["https://ide.example".parse().unwrap()],
        ..LocalnetConfig::default()
    })
    .await;
    let to = Pubkey::new_unique();
    let answer = ask(&net, "https://ide.example", "ide.example", &to).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(allowed_origin(&answer), Some("https://ide.example"));
    let answer = ask(&net, STRANGER, "ide.example", &to).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(lamports(&net, &to).await, SOL);
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_a_request_has_at_most_a_hundred_calls() {
    let net = JsonNet::shared().await;
    let to = Pubkey::new_unique();
    let batch = |calls: usize| Value::from(vec![airdrop(&to); calls]);
    let answer: Value = serde_json::from_str(&net.post(&batch(101).to_string()).await).unwrap();
    assert_eq!(answer["error"]["code"], -32_010, "{answer}");
    assert_eq!(lamports(&net, &to).await, 0);
    let answer: Value = serde_json::from_str(&net.post(&batch(100).to_string()).await).unwrap();
    assert_eq!(answer.as_array().unwrap().len(), 100);
    assert_eq!(lamports(&net, &to).await, 100 * SOL);
    let mut socket = WebSocket::open(&net.localnet.websocket_url()).await;
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "slotSubscribe"});
    socket.send(Value::from(vec![call; 101])).await;
    assert_eq!(socket.receive().await["error"]["code"], -32_010);
}

#[tokio::test(flavor = "multi_thread")]
async fn f16_a_request_has_at_most_a_mebibyte() {
    let net = JsonNet::shared().await;
    let padded = |bytes: usize| {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "getHealth"}).to_string();
        call.clone() + &" ".repeat(bytes - call.len())
    };
    let answer = net.request(Method::POST).body(padded(1024 * 1024 + 1));
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let answer: Value = serde_json::from_str(&net.post(&padded(1024 * 1024)).await).unwrap();
    assert_eq!(answer["result"], "ok");
}
