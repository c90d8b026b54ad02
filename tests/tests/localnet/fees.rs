//! Blockhashes and fees.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_tests::net::{JsonNet, SOL};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_message::Message;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_blockhash_is_valid_for_150_blocks() {
    let net = JsonNet::shared().await;
    let answer = net.call("getLatestBlockhash", json!([])).await;
    let blockhash = &answer["value"]["blockhash"];
    let height = net
        .call("getBlockHeight", json!([]))
        .await
        .as_u64()
        .unwrap();
    let last = answer["value"]["lastValidBlockHeight"].as_u64().unwrap();
    assert!(
        last >= height + 148 && last <= height + 151,
        "{last} at {height}"
    );
    let valid = net.call("isBlockhashValid", json!([blockhash])).await;
    assert_eq!(valid["value"], true);
    let unknown = json!([Hash::new_unique().to_string()]);
    assert_eq!(net.call("isBlockhashValid", unknown).await["value"], false);
    net.next_slot().await;
    let next = net.call("getLatestBlockhash", json!([])).await;
    assert_ne!(next["value"]["blockhash"], *blockhash);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_blockhash_expires() {
    let net = JsonNet::start_with(sluice_localnet::LocalnetConfig {
        epoch_duration: std::time::Duration::from_millis(640),
        ..sluice_localnet::LocalnetConfig::default()
    })
    .await;
    let old = net.blockhash().await;
    let last = net
        .call("getBlockHeight", json!([]))
        .await
        .as_u64()
        .unwrap()
        + 160;
    while net
        .call("getBlockHeight", json!([]))
        .await
        .as_u64()
        .unwrap()
        < last
    {
        net.next_slot().await;
    }
    let valid = net.call("isBlockhashValid", json!([old.to_string()])).await;
    assert_eq!(valid["value"], false);
    let payer = net.funded(SOL).await;
    let message = Message::new_with_blockhash(
        &[transfer(&payer.pubkey(), &payer.pubkey(), 1)],
        Some(&payer.pubkey()),
        &old,
    );
    let transaction = solana_transaction::Transaction::new(&[&payer], message, old);
    let error = net.rpc.send_transaction(&transaction).await.unwrap_err();
    assert!(error.to_string().contains("Blockhash not found"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_is_5000_lamports_a_signature_and_the_priority_fee() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await.pubkey();
    let blockhash = net.blockhash().await;
    let fee = async |message: &Message| {
        let data = BASE64_STANDARD.encode(bincode::serialize(message).unwrap());
        let params = json!([data, {"commitment": "processed"}]);
        net.call("getFeeForMessage", params).await["value"].clone()
    };
    let pay = transfer(&payer, &payer, 1);
    let plain = Message::new_with_blockhash(std::slice::from_ref(&pay), Some(&payer), &blockhash);
    assert_eq!(fee(&plain).await, 5_000);
    let price = ComputeBudgetInstruction::set_compute_unit_price(1_000_000);
    let limit = ComputeBudgetInstruction::set_compute_unit_limit(2_000);
    let urgent = Message::new_with_blockhash(&[price, limit, pay], Some(&payer), &blockhash);
    assert_eq!(fee(&urgent).await, 7_000);
    let mut expired = plain;
    expired.recent_blockhash = Hash::new_unique();
    assert_eq!(fee(&expired).await, Value::Null);
    let failure = net.failure("getFeeForMessage", json!(["!!"])).await;
    assert_eq!(failure.code, -32602);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_block_asks_for_a_priority_fee() {
    let net = JsonNet::start().await;
    net.next_slot().await;
    let fees = net.call("getRecentPrioritizationFees", json!([])).await;
    let fees = fees.as_array().unwrap();
    assert_eq!(fees[0], json!({"slot": 0, "prioritizationFee": 0}));
    assert!(fees.len() >= 2);
}
