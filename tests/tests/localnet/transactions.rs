//! Airdrops, sending, and what is remembered of transactions.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_tests::net::{JsonNet, SOL};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::Transaction;

const MEMO_PROGRAM: &str = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr";

/// A transaction as requests carry it.
pub fn base64_of(transaction: &Transaction) -> String {
    BASE64_STANDARD.encode(bincode::serialize(transaction).unwrap())
}

/// A transfer of lamports that the payer signs.
pub fn payment(payer: &Keypair, to: &Pubkey, lamports: u64, blockhash: Hash) -> Transaction {
    let instruction = transfer(&payer.pubkey(), to, lamports);
    Transaction::new_signed_with_payer(&[instruction], Some(&payer.pubkey()), &[payer], blockhash)
}

#[tokio::test(flavor = "multi_thread")]
async fn airdrops_of_the_same_amount_add_up() {
    let net = JsonNet::shared().await;
    let address = Pubkey::new_unique();
    let mut signatures = Vec::new();
    for _ in 0..3 {
        let signature = net
            .call("requestAirdrop", json!([address.to_string(), SOL]))
            .await;
        signatures.push(signature);
    }
    signatures.dedup();
    assert_eq!(signatures.len(), 3);
    assert_eq!(net.rpc.get_balance(&address).await.unwrap(), 3 * SOL);
    let statuses = net.call("getSignatureStatuses", json!([signatures])).await;
    for status in statuses["value"].as_array().unwrap() {
        assert_eq!(status["confirmationStatus"], "finalized");
        assert_eq!(status["err"], Value::Null);
    }
    let too_little = json!([Pubkey::new_unique().to_string(), 1]);
    let failure = net.failure("requestAirdrop", too_little).await;
    assert_eq!(failure.code, -32603);
    assert!(
        failure.message.contains("insufficient funds for rent")
            && failure
                .message
                .ends_with("at least 890880 lamports, so ask for more"),
        "{}",
        failure.message
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_final_when_its_signature_is_returned() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let to = Pubkey::new_unique();
    let transaction = payment(&payer, &to, SOL, net.blockhash().await);
    let base58 = bs58::encode(bincode::serialize(&transaction).unwrap()).into_string();
    let signature = net.call("sendTransaction", json!([base58])).await;
    assert_eq!(signature, transaction.signatures[0].to_string());
    assert_eq!(net.rpc.get_balance(&to).await.unwrap(), SOL);
    let left = net.rpc.get_balance(&payer.pubkey()).await.unwrap();
    assert_eq!(left, SOL - 5_000);
    let again = payment(&payer, &to, SOL / 2, net.blockhash().await);
    let config = json!({"encoding": "base64", "preflightCommitment": "processed", "maxRetries": 3});
    net.call("sendTransaction", json!([base64_of(&again), config]))
        .await;
    assert_eq!(net.rpc.get_balance(&to).await.unwrap(), SOL + SOL / 2);
    let confirmed = payment(&payer, &to, 1_000, net.blockhash().await);
    net.rpc
        .send_and_confirm_transaction(&confirmed)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_counts_in_its_block_what_the_runtime_counts() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let to = Pubkey::new_unique();
    let transaction = payment(&payer, &to, SOL, net.blockhash().await);
    let signature = net
        .call(
            "sendTransaction",
            json!([base64_of(&transaction), {"encoding": "base64"}]),
        )
        .await;
    let shown = net
        .call("getTransaction", json!([signature, "base64"]))
        .await;
    // One signature, two accounts that are written, the compute units of a payment, a quarter of its
    // bytes, and one page of loaded data.
    let cost = 720 + 2 * 300 + 150 + 12 / 4 + 8;
    assert_eq!(shown["meta"]["costUnits"], cost);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_would_fail_is_refused_with_logs() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let transaction = payment(
        &payer,
        &Pubkey::new_unique(),
        2 * SOL,
        net.blockhash().await,
    );
    let params = json!([base64_of(&transaction), {"encoding": "base64"}]);
    let failure = net.failure("sendTransaction", params).await;
    assert_eq!(failure.code, -32002);
    assert_eq!(
        failure.message,
        "Transaction simulation failed: Error processing Instruction 0: custom program error: 0x1"
    );
    assert_eq!(
        failure.data["err"],
        json!({"InstructionError": [0, {"Custom": 1}]})
    );
    assert_eq!(failure.data["unitsConsumed"], 150);
    let logs = failure.data["logs"].as_array().unwrap();
    assert_eq!(
        logs[0],
        "Program 11111111111111111111111111111111 invoke [1]"
    );
    assert_eq!(net.rpc.get_balance(&payer.pubkey()).await.unwrap(), SOL);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_preflight_a_failure_costs_the_fee_and_is_remembered() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let transaction = payment(
        &payer,
        &Pubkey::new_unique(),
        2 * SOL,
        net.blockhash().await,
    );
    let params = json!([base64_of(&transaction), {"encoding": "base64", "skipPreflight": true}]);
    let signature = net.call("sendTransaction", params).await;
    let statuses = net.call("getSignatureStatuses", json!([[signature]])).await;
    let status = &statuses["value"][0];
    assert_eq!(
        status["err"],
        json!({"InstructionError": [0, {"Custom": 1}]})
    );
    assert_eq!(status["status"]["Err"], status["err"]);
    assert_eq!(status["confirmations"], Value::Null);
    assert_eq!(
        net.rpc.get_balance(&payer.pubkey()).await.unwrap(),
        SOL - 5_000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_enter_a_block_is_refused_or_forgotten() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let stale = payment(&payer, &payer.pubkey(), 1, Hash::new_unique());
    let encoded = base64_of(&stale);
    let failure = net
        .failure("sendTransaction", json!([encoded, {"encoding": "base64"}]))
        .await;
    assert_eq!(failure.code, -32002);
    assert_eq!(
        failure.message,
        "Transaction simulation failed: Blockhash not found"
    );
    assert_eq!(failure.data["err"], "BlockhashNotFound");
    let params = json!([encoded, {"encoding": "base64", "skipPreflight": true}]);
    let signature = net.call("sendTransaction", params).await;
    let statuses = net.call("getSignatureStatuses", json!([[signature]])).await;
    assert_eq!(statuses["value"], json!([null]));
    let twice = payment(&payer, &payer.pubkey(), 2, net.blockhash().await);
    let params = json!([base64_of(&twice), {"encoding": "base64"}]);
    net.call("sendTransaction", params.clone()).await;
    let failure = net.failure("sendTransaction", params).await;
    assert_eq!(failure.data["err"], "AlreadyProcessed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_and_garbage_are_refused() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let mut forged = payment(&payer, &payer.pubkey(), 1, net.blockhash().await);
    forged.signatures[0] = solana_signature::Signature::from([7; 64]);
    let params = json!([base64_of(&forged), {"encoding": "base64"}]);
    let failure = net.failure("sendTransaction", params).await;
    assert_eq!(failure.code, -32003);
    assert_eq!(
        failure.message,
        "Transaction signature verification failure"
    );
    for (data, config, message) in [
        ("0", json!({}), "invalid base58 encoding"),
        (
            "!",
            json!({"encoding": "base64"}),
            "invalid base64 encoding",
        ),
        (
            "AAAA",
            json!({"encoding": "base64"}),
            "failed to deserialize",
        ),
        (
            "AAAA",
            json!({"encoding": "jsonParsed"}),
            "unsupported encoding: jsonParsed.",
        ),
    ] {
        let failure = net.failure("sendTransaction", json!([data, config])).await;
        assert_eq!(failure.code, -32602);
        assert!(failure.message.starts_with(message), "{}", failure.message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_shown_with_its_effects() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let to = Pubkey::new_unique();
    let memo = Instruction::new_with_bytes(MEMO_PROGRAM.parse().unwrap(), b"thanks", vec![]);
    let pay = transfer(&payer.pubkey(), &to, SOL);
    let signature = net.send(&payer.pubkey(), &[pay, memo], &[&payer]).await;
    let show = async |encoding: &str| {
        let params = json!([signature.to_string(), {"encoding": encoding}]);
        net.call("getTransaction", params).await
    };
    let json = show("json").await;
    assert_eq!(
        json["transaction"]["signatures"],
        json!([signature.to_string()])
    );
    assert_eq!(json["meta"]["fee"], 5_000);
    assert_eq!(json["meta"]["err"], Value::Null);
    assert_eq!(json["meta"]["preBalances"][0], 2 * SOL);
    assert_eq!(json["meta"]["postBalances"][1], SOL);
    assert!(json["meta"]["computeUnitsConsumed"].as_u64() > Some(150));
    assert!(json["meta"]["logMessages"].as_array().unwrap().len() > 3);
    assert!(json["blockTime"].is_i64() && json["slot"].is_u64());
    let parsed = show("jsonParsed").await;
    let instruction = &parsed["transaction"]["message"]["instructions"][0];
    assert_eq!(instruction["parsed"]["type"], "transfer");
    assert_eq!(instruction["parsed"]["info"]["lamports"], SOL);
    assert_eq!(show("base64").await["transaction"][1], "base64");
    let unknown = json!([solana_signature::Signature::from([9; 64]).to_string()]);
    assert_eq!(net.call("getTransaction", unknown).await, Value::Null);
    let listed = net
        .call("getSignaturesForAddress", json!([to.to_string()]))
        .await;
    assert_eq!(listed[0]["signature"], signature.to_string());
    assert_eq!(listed[0]["memo"], "[6] thanks");
    assert_eq!(listed[0]["confirmationStatus"], "finalized");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_transactions_of_an_account_are_listed_newest_first() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let mut sent = Vec::new();
    for units in 1..=4 {
        let limit = ComputeBudgetInstruction::set_compute_unit_limit(1_000 + units);
        let pay = transfer(&payer.pubkey(), &payer.pubkey(), 1);
        let signature = net.send(&payer.pubkey(), &[limit, pay], &[&payer]).await;
        sent.insert(0, signature.to_string());
    }
    let list = async |config: Value| -> Vec<String> {
        let params = json!([payer.pubkey().to_string(), config]);
        let listed = net.call("getSignaturesForAddress", params).await;
        let signatures = listed.as_array().unwrap().iter();
        signatures
            .map(|entry| entry["signature"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(list(json!({})).await[..4], sent[..]);
    assert_eq!(list(json!({"limit": 2})).await, sent[..2]);
    assert_eq!(list(json!({"until": sent[2]})).await, sent[..2]);
    let range = json!({"before": sent[0], "until": sent[3]});
    assert_eq!(list(range).await, sent[1..3]);
    let params = json!([payer.pubkey().to_string(), {"limit": 0}]);
    let failure = net.failure("getSignaturesForAddress", params).await;
    assert_eq!(failure.message, "Invalid limit; max 1000");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_may_send_at_the_same_time() {
    let net = std::sync::Arc::new(JsonNet::shared().await);
    let to = Pubkey::new_unique();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let net = std::sync::Arc::clone(&net);
        tasks.spawn(async move {
            let payer = net.funded(SOL).await;
            for lamports in 1..=5 {
                let pay = transfer(&payer.pubkey(), &to, lamports * 1_000_000);
                net.send(&payer.pubkey(), &[pay], &[&payer]).await;
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(net.rpc.get_balance(&to).await.unwrap(), 16 * 15 * 1_000_000);
}
