//! Simulations of transactions.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_tests::net::{JsonNet, SOL};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::Transaction;

use crate::transactions::{base64_of, payment};

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_changes_nothing_and_shows_what_would_be() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let to = Pubkey::new_unique();
    let transaction = payment(&payer, &to, SOL, net.blockhash().await);
    let config = json!({
        "encoding": "base64",
        "sigVerify": true,
        "accounts": {"encoding": "base64", "addresses": [to.to_string()]},
    });
    let answer = net
        .call(
            "simulateTransaction",
            json!([base64_of(&transaction), config]),
        )
        .await;
    let value = &answer["value"];
    assert_eq!(value["err"], Value::Null);
    assert_eq!(value["unitsConsumed"], 150);
    assert_eq!(value["fee"], 5_000);
    assert!(value["loadedAccountsDataSize"].as_u64() > Some(0));
    assert_eq!(value["logs"].as_array().unwrap().len(), 2);
    assert_eq!(value["accounts"][0]["lamports"], SOL);
    assert_eq!(value["preBalances"], json!([2 * SOL, 0, 1]));
    assert_eq!(value["postBalances"], json!([SOL - 5_000, SOL, 1]));
    assert_eq!(value["replacementBlockhash"], Value::Null);
    assert_eq!(value["innerInstructions"], Value::Null);
    assert_eq!(net.rpc.get_balance(&to).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_may_replace_the_blockhash_and_skip_signatures() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let instruction = transfer(&payer.pubkey(), &Pubkey::new_unique(), SOL);
    let unsigned = Transaction::new_with_payer(&[instruction], Some(&payer.pubkey()));
    let data = base64_of(&unsigned);
    let simulate = async |config: Value| {
        let answer = net.call("simulateTransaction", json!([data, config])).await;
        answer["value"].clone()
    };
    let stale = simulate(json!({"encoding": "base64"})).await;
    assert_eq!(stale["err"], "BlockhashNotFound");
    let replaced = simulate(json!({"encoding": "base64", "replaceRecentBlockhash": true})).await;
    assert_eq!(replaced["err"], Value::Null);
    assert!(replaced["replacementBlockhash"]["blockhash"].is_string());
    assert!(replaced["replacementBlockhash"]["lastValidBlockHeight"].is_u64());
    let both = json!({"encoding": "base64", "replaceRecentBlockhash": true, "sigVerify": true});
    let failure = net
        .failure("simulateTransaction", json!([data, both]))
        .await;
    assert_eq!(
        failure.message,
        "sigVerify may not be used with replaceRecentBlockhash"
    );
    let verify = json!({"encoding": "base64", "sigVerify": true});
    let failure = net
        .failure("simulateTransaction", json!([data, verify]))
        .await;
    assert_eq!(failure.code, -32003);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_simulation_shows_error_logs_and_no_accounts() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let transaction = payment(
        &payer,
        &Pubkey::new_unique(),
        5 * SOL,
        net.blockhash().await,
    );
    let address = payer.pubkey().to_string();
    let config = json!({"encoding": "base64", "accounts": {"addresses": [address]}});
    let params = json!([base64_of(&transaction), config]);
    let answer = net.call("simulateTransaction", params).await;
    let value = &answer["value"];
    assert_eq!(
        value["err"],
        json!({"InstructionError": [0, {"Custom": 1}]})
    );
    assert_eq!(value["accounts"], json!([null]));
    let logs = value["logs"].as_array().unwrap();
    assert!(
        logs[1]
            .as_str()
            .unwrap()
            .starts_with("Transfer: insufficient lamports")
    );
    let config = json!({"encoding": "base64", "accounts": {"encoding": "base58", "addresses": []}});
    let params = json!([base64_of(&transaction), config]);
    let failure = net.failure("simulateTransaction", params).await;
    assert_eq!(failure.message, "base58 encoding not supported");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_shows_inner_instructions_and_return_data() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let owner = payer.pubkey();
    let mint = crate::tokens::create_mint(&net, &payer).await;
    let create = crate::tokens::create_account_instruction(&owner, &owner, &mint);
    let transaction = Transaction::new_signed_with_payer(
        &[create],
        Some(&owner),
        &[&payer],
        net.blockhash().await,
    );
    let params =
        json!([base64_of(&transaction), {"encoding": "base64", "innerInstructions": true}]);
    let answer = net.call("simulateTransaction", params).await;
    assert_eq!(answer["value"]["err"], Value::Null);
    let inner = &answer["value"]["innerInstructions"][0];
    assert_eq!(inner["index"], 0);
    assert!(inner["instructions"].as_array().unwrap().len() >= 3);
    let stake_program = "Stake11111111111111111111111111111111111111";
    let minimum = Instruction::new_with_bytes(
        stake_program.parse().unwrap(),
        &bincode::serialize(&13u32).unwrap(),
        vec![],
    );
    let transaction = Transaction::new_with_payer(&[minimum], Some(&owner));
    let config = json!({"encoding": "base64", "replaceRecentBlockhash": true});
    let params = json!([base64_of(&transaction), config]);
    let answer = net.call("simulateTransaction", params).await;
    let data = &answer["value"]["returnData"];
    assert_eq!(data["programId"], stake_program);
    let bytes = BASE64_STANDARD.encode(SOL.to_le_bytes());
    assert_eq!(data["data"], json!([bytes, "base64"]));
}
