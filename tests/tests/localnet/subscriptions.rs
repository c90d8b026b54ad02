//! Subscriptions over WebSocket, through an ordinary client and as raw messages.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use sluice_tests::net::{JsonNet, SOL};
use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_pubsub_client::nonblocking::pubsub_client::PubsubClient;
use solana_rpc_client_api::{
    config::{
        RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSignatureSubscribeConfig,
        RpcTransactionLogsConfig, RpcTransactionLogsFilter, UiAccountEncoding,
    },
    filter::RpcFilterType,
    response::{ProcessedSignatureResult, RpcSignatureResult},
};
use solana_signer::Signer;
use solana_system_interface::instruction::{create_account, transfer};
use solana_transaction::Transaction;
use tokio::time::timeout;

/// How long a notification may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

async fn client(net: &JsonNet) -> PubsubClient {
    PubsubClient::new(net.localnet.websocket_url())
        .await
        .unwrap()
}

async fn next<T>(stream: &mut (impl StreamExt<Item = T> + Unpin)) -> T {
    timeout(PATIENCE, stream.next()).await.unwrap().unwrap()
}

async fn payment(net: &JsonNet, payer: &Keypair, to: &Pubkey, lamports: u64) -> Transaction {
    let instruction = transfer(&payer.pubkey(), to, lamports);
    let blockhash = net.blockhash().await;
    Transaction::new_signed_with_payer(&[instruction], Some(&payer.pubkey()), &[payer], blockhash)
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_and_roots_are_announced() {
    let net = JsonNet::shared().await;
    let client = client(&net).await;
    let (mut slots, unsubscribe) = client.slot_subscribe().await.unwrap();
    let first = next(&mut slots).await;
    let second = next(&mut slots).await;
    assert_eq!(second.slot, first.slot + 1);
    assert_eq!((second.parent, second.root), (first.slot, first.slot));
    unsubscribe().await;
    let (mut roots, unsubscribe) = client.root_subscribe().await.unwrap();
    assert!(next(&mut roots).await >= second.root);
    unsubscribe().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_announced_before_and_after_the_fact() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let client = client(&net).await;
    for (lamports, error) in [(SOL / 2, false), (5 * SOL, true)] {
        let transaction = payment(&net, &payer, &Pubkey::new_unique(), lamports).await;
        let signature = transaction.signatures[0];
        for sent in [false, true] {
            let config = RpcSignatureSubscribeConfig {
                commitment: Some(CommitmentConfig::confirmed()),
                enable_received_notification: Some(sent),
            };
            let (mut stream, unsubscribe) = client
                .signature_subscribe(&signature, Some(config))
                .await
                .unwrap();
            if sent {
                let received = next(&mut stream).await.value;
                assert!(matches!(received, RpcSignatureResult::ReceivedSignature(_)));
            } else {
                let config = solana_rpc_client_api::config::RpcSendTransactionConfig {
                    skip_preflight: true,
                    ..Default::default()
                };
                let send = net.rpc.send_transaction_with_config(&transaction, config);
                send.await.unwrap();
            }
            let processed = next(&mut stream).await.value;
            let RpcSignatureResult::ProcessedSignature(ProcessedSignatureResult { err }) =
                processed
            else {
                panic!("{processed:?}");
            };
            assert_eq!(err.is_some(), error);
            unsubscribe().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_an_account_are_announced() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let to = Pubkey::new_unique();
    let client = client(&net).await;
    let config = RpcAccountInfoConfig {
        encoding: Some(UiAccountEncoding::Base64),
        ..RpcAccountInfoConfig::default()
    };
    let (mut stream, unsubscribe) = client.account_subscribe(&to, Some(config)).await.unwrap();
    for (lamports, balance) in [(SOL / 2, SOL / 2), (SOL / 4, SOL * 3 / 4)] {
        let transaction = payment(&net, &payer, &to, lamports).await;
        net.rpc
            .send_and_confirm_transaction(&transaction)
            .await
            .unwrap();
        let notification = next(&mut stream).await;
        assert_eq!(notification.value.lamports, balance);
        assert!(notification.context.slot > 0);
    }
    unsubscribe().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rewards_are_announced_as_changes_of_the_stake_account() {
    let net = JsonNet::start().await;
    let vote = net.localnet.validators()[0].vote;
    let stake = Pubkey::create_with_seed(&vote, "stake", &solana_stake_interface::program::ID);
    let client = client(&net).await;
    let (mut stream, unsubscribe) = client
        .account_subscribe(&stake.unwrap(), None)
        .await
        .unwrap();
    net.localnet.advance_epoch().await.unwrap();
    assert!(next(&mut stream).await.value.lamports > 200_000 * SOL);
    unsubscribe().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_the_accounts_of_a_program_are_announced() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let program = Pubkey::new_unique();
    let client = client(&net).await;
    let config = RpcProgramAccountsConfig {
        filters: Some(vec![RpcFilterType::DataSize(10)]),
        ..RpcProgramAccountsConfig::default()
    };
    let (mut stream, unsubscribe) = client
        .program_subscribe(&program, Some(config))
        .await
        .unwrap();
    for size in [9, 10] {
        let account = Keypair::new();
        let rent = solana_rent::Rent::default().minimum_balance(10);
        let create = create_account(&payer.pubkey(), &account.pubkey(), rent, size, &program);
        net.send(&payer.pubkey(), &[create], &[&payer, &account])
            .await;
        if size == 10 {
            let notification = next(&mut stream).await;
            assert_eq!(notification.value.pubkey, account.pubkey().to_string());
            assert_eq!(notification.value.account.space, Some(10));
        }
    }
    unsubscribe().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_announced_to_those_who_want_them() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let to = Pubkey::new_unique();
    let client = client(&net).await;
    let config = RpcTransactionLogsConfig { commitment: None };
    let mentions = RpcTransactionLogsFilter::Mentions(vec![to.to_string()]);
    let (mut stream, unsubscribe) = client.logs_subscribe(mentions, config).await.unwrap();
    let other = payment(&net, &payer, &Pubkey::new_unique(), SOL / 10).await;
    net.rpc.send_and_confirm_transaction(&other).await.unwrap();
    let wanted = payment(&net, &payer, &to, SOL / 10).await;
    net.rpc.send_and_confirm_transaction(&wanted).await.unwrap();
    let notification = next(&mut stream).await.value;
    assert_eq!(notification.signature, wanted.signatures[0].to_string());
    assert_eq!(notification.err, None);
    assert_eq!(notification.logs.len(), 2);
    unsubscribe().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_have_the_shape_of_a_validators() {
    let net = JsonNet::shared().await;
    let payer = net.funded(2 * SOL).await;
    let transaction = payment(&net, &payer, &Pubkey::new_unique(), SOL / 10).await;
    let signature = transaction.signatures[0].to_string();
    let mut socket = sluice_tests::net::WebSocket::open(&net.localnet.websocket_url()).await;
    socket
        .send(json!({
            "jsonrpc": "2.0", "id": 1, "method": "signatureSubscribe",
            "params": [signature, {"commitment": "finalized"}],
        }))
        .await;
    let answer = socket.receive().await;
    let subscription = answer["result"].clone();
    assert!(subscription.is_u64(), "{answer}");
    assert_eq!(
        answer,
        json!({"jsonrpc": "2.0", "id": 1, "result": subscription})
    );
    net.rpc.send_transaction(&transaction).await.unwrap();
    let notification = socket.receive().await;
    let slot = &notification["params"]["result"]["context"]["slot"];
    assert!(slot.is_u64());
    assert_eq!(
        notification,
        json!({
            "jsonrpc": "2.0",
            "method": "signatureNotification",
            "params": {
                "result": {
                    "context": {"apiVersion": "4.2.2", "slot": slot},
                    "value": {"err": null},
                },
                "subscription": subscription,
            },
        })
    );
    socket
        .send(json!({"jsonrpc": "2.0", "id": 2, "method": "slotSubscribe"}))
        .await;
    let slots = socket.receive().await["result"].clone();
    let notification = socket.receive().await;
    assert_eq!(notification["method"], "slotNotification");
    assert_eq!(notification["params"]["subscription"], slots);
    socket
        .send(json!({"jsonrpc": "2.0", "id": 3, "method": "slotUnsubscribe", "params": [slots]}))
        .await;
    let mut answer = socket.receive().await;
    while answer["method"] == "slotNotification" {
        answer = socket.receive().await;
    }
    assert_eq!(answer, json!({"jsonrpc": "2.0", "id": 3, "result": true}));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_subscriptions_are_refused() {
    let net = JsonNet::shared().await;
    let mut socket = sluice_tests::net::WebSocket::open(&net.localnet.websocket_url()).await;
    let two = vec![Pubkey::new_unique().to_string(); 2];
    let too_short = Pubkey::new_unique().to_string();
    for (method, params, code) in [
        ("signatureSubscribe", json!([too_short]), -32602),
        ("accountSubscribe", json!(["nobody"]), -32602),
        ("accountSubscribe", json!([]), -32602),
        ("logsSubscribe", json!([{"mentions": two}]), -32602),
        ("nonsenseSubscribe", json!([]), -32601),
        ("getBalance", json!([]), -32601),
    ] {
        socket
            .send(json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
            .await;
        let answer: Value = socket.receive().await;
        assert_eq!(answer["error"]["code"], code, "{method}: {answer}");
    }
}
