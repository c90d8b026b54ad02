//! Requests that a validator refuses are refused in the same words.

use serde_json::{Value, json};
use sluice_tests::net::{Failure, JsonNet};

async fn error_of(net: &JsonNet, body: &str) -> Value {
    let answer: Value = serde_json::from_str(&net.post(body).await).unwrap();
    answer["error"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_method_is_not_found() {
    let net = JsonNet::shared().await;
    let failure = net.failure("getNonsense", json!([])).await;
    let expected = Failure {
        code: -32601,
        message: "Method not found".into(),
        data: Value::Null,
    };
    assert_eq!(failure, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_request_is_refused() {
    let net = JsonNet::shared().await;
    let parse = error_of(&net, "{\"jsonrpc\": \"2.0\", ").await;
    assert_eq!(parse, json!({"code": -32700, "message": "Parse error"}));
    let invalid = error_of(&net, "{\"foo\": \"bar\"}").await;
    assert_eq!(
        invalid,
        json!({"code": -32600, "message": "Invalid request"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_identifier_is_none_is_refused_and_no_notification() {
    let net = JsonNet::shared().await;
    let invalid = json!({"code": -32600, "message": "Invalid request"});
    for id in [json!({}), json!([1]), json!(true), json!(-1), json!(1.5)] {
        let call = json!({"jsonrpc": "2.0", "id": id, "method": "getHealth"});
        assert_eq!(error_of(&net, &call.to_string()).await, invalid, "{id}");
        let well = json!({"jsonrpc": "2.0", "id": 7, "method": "getHealth"});
        let batch = json!([call, well]).to_string();
        let answers: Vec<Value> = serde_json::from_str(&net.post(&batch).await).unwrap();
        let by_id = |id: Value| answers.iter().find(|answer| answer["id"] == id).unwrap();
        assert_eq!(by_id(Value::Null)["error"], invalid, "{id}");
        assert_eq!(by_id(json!(7))["result"], "ok", "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_parameters_are_refused_with_the_reason() {
    let net = JsonNet::shared().await;
    for (method, params, message) in [
        (
            "getBalance",
            json!([]),
            "`params` should have at least 1 argument(s)",
        ),
        (
            "getBalance",
            json!([1]),
            "Invalid params: invalid type: integer `1`, expected a string.",
        ),
        (
            "getBalance",
            json!(["not an address"]),
            "Invalid param: Invalid",
        ),
        ("getBalance", json!(["1111"]), "Invalid param: WrongSize"),
        ("getBalance", json!({"a": 1}), "`params` should be an array"),
        (
            "getBalance",
            json!(["11111111111111111111111111111111", null, 3]),
            "Invalid parameters: Expected from 1 to 2 parameters.",
        ),
        (
            "getHealth",
            json!([1]),
            "Invalid parameters: No parameters were expected",
        ),
        (
            "getTransaction",
            json!(["1111"]),
            "Invalid param: WrongSize",
        ),
    ] {
        let failure = net.failure(method, params).await;
        assert_eq!((failure.code, failure.message.as_str()), (-32602, message));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_is_not_reached_is_refused_as_context() {
    let net = JsonNet::shared().await;
    let address = net.localnet.validators()[0].identity.to_string();
    let far = json!({"minContextSlot": 1_000_000});
    for (method, params) in [
        ("getSlot", json!([far])),
        ("getEpochInfo", json!([far])),
        ("getLatestBlockhash", json!([far])),
        ("getBalance", json!([address, far])),
        ("getAccountInfo", json!([address, far])),
        ("getMultipleAccounts", json!([[address], far])),
        ("getProgramAccounts", json!([address, far])),
    ] {
        let failure = net.failure(method, params).await;
        assert_eq!(failure.code, -32016, "{method}");
        assert_eq!(failure.message, "Minimum context slot has not been reached");
        assert!(failure.data["contextSlot"].is_u64(), "{method}");
    }
    let reached = json!([{"minContextSlot": 1, "commitment": "finalized"}]);
    assert!(net.call("getSlot", reached).await.as_u64() >= Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_a_batch_are_answered_together() {
    let net = JsonNet::shared().await;
    let batch = json!([
        {"jsonrpc": "2.0", "id": 1, "method": "getHealth"},
        {"jsonrpc": "2.0", "id": 2, "method": "getNonsense"},
    ]);
    let answers: Vec<Value> = serde_json::from_str(&net.post(&batch.to_string()).await).unwrap();
    let by_id = |id: u64| answers.iter().find(|answer| answer["id"] == id).unwrap();
    assert_eq!(by_id(1)["result"], "ok");
    assert_eq!(by_id(2)["error"]["code"], -32601);
}
