//! Nodes that say what a script says, and what is made of it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_rpc_client::{
    rpc_client::RpcClientConfig,
    rpc_sender::{RpcSender, RpcTransportStats},
};
use solana_rpc_client_api::{
    client_error::{Error as RpcClientError, ErrorKind, Result as RpcResult},
    request::{RpcError, RpcRequest, RpcResponseErrorData},
};
use solana_system_interface::instruction::transfer;

use super::*;

/// The last height at which the transaction of these tests can be executed.
const LAST: u64 = 1_000;

type Script = dyn Fn(RpcRequest, usize) -> RpcResult<Value> + Send + Sync;

/// A node that answers as its script says, which is told how often the method was called before.
struct Scripted {
    script: Arc<Script>,
    calls: [AtomicUsize; 4],
}

#[async_trait::async_trait]
impl RpcSender for Scripted {
    async fn send(&self, request: RpcRequest, _: Value) -> RpcResult<Value> {
        let calls = &self.calls[match request {
            RpcRequest::SendTransaction => 0,
            RpcRequest::GetSignatureStatuses => 1,
            RpcRequest::GetEpochInfo => 2,
            _ => 3,
        }];
        (self.script)(request, calls.fetch_add(1, Ordering::SeqCst))
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats::default()
    }

    fn url(&self) -> String {
        "script".to_owned()
    }
}

fn node(
    script: impl Fn(RpcRequest, usize) -> RpcResult<Value> + Send + Sync + 'static,
) -> RpcClient {
    let sender = Scripted {
        script: Arc::new(script),
        calls: Default::default(),
    };
    let config = RpcClientConfig::with_commitment(CommitmentConfig::confirmed());
    RpcClient::new_sender(sender, config)
}

fn transaction() -> VersionedTransaction {
    let payer = Pubkey::new_from_array([1; 32]);
    let pay = transfer(&payer, &payer, 1);
    let message = Message::new_with_blockhash(&[pay], Some(&payer), &Hash::default());
    VersionedTransaction {
        signatures: vec![Signature::from([3; 64])],
        message: VersionedMessage::Legacy(message),
    }
}

/// How a flight of so many seconds ago ends, which is waited for no longer than `left`.
fn fate(rpc: &RpcClient, nodes: &[RpcClient], seconds_ago: u64, left: Duration) -> Result<Fate> {
    let flight = Flight {
        since: Instant::now() - Duration::from_secs(seconds_ago),
        last_valid_height: Some(LAST),
        deadline: Instant::now() + left,
    };
    let transaction = &transaction();
    let delivery = Delivery {
        rpc,
        nodes,
        transaction,
        flight,
    };
    delivery.run()
}

const SHORT: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(8);

fn sent() -> RpcResult<Value> {
    Ok(json!(Signature::from([3; 64]).to_string()))
}

fn statuses(slot: u64, status: Value) -> RpcResult<Value> {
    Ok(json!({"context": {"slot": slot}, "value": [status]}))
}

fn landed() -> Value {
    json!({"slot": 7, "confirmations": null, "err": null, "status": {"Ok": null},
        "confirmationStatus": "confirmed"})
}

fn final_at(height: u64, slot: u64) -> RpcResult<Value> {
    Ok(
        json!({"absoluteSlot": slot, "blockHeight": height, "epoch": 1, "slotIndex": 1,
        "slotsInEpoch": 432_000, "transactionCount": 1}),
    )
}

fn refusal(code: i64) -> RpcClientError {
    ErrorKind::RpcError(RpcError::RpcResponseError {
        code,
        message: "no".to_owned(),
        data: RpcResponseErrorData::Empty,
    })
    .into()
}

fn broken() -> RpcClientError {
    ErrorKind::Custom("the connection broke".to_owned()).into()
}

/// A node that takes everything and has seen nothing, and whose final block has this height and slot
/// and whose statuses are of that slot.
fn silent(height: u64, slot: u64, status_slot: u64) -> RpcClient {
    node(move |request, _| match request {
        RpcRequest::SendTransaction => sent(),
        RpcRequest::GetSignatureStatuses => statuses(status_slot, Value::Null),
        _ => final_at(height, slot),
    })
}

#[test]
fn a_transaction_is_gone_only_once_a_later_answer_about_a_final_block_does_not_know_it() {
    let cases = [
        ((LAST, 5_000), 9_000, Absence::Possible),
        ((LAST + 1, 5_000), 5_000, Absence::Proven),
        ((LAST + 1, 5_000), 4_999, Absence::Possible),
        ((LAST + 1_000, 5_000), 1, Absence::Possible),
        ((LAST + 1_000, 5_000), 5_001, Absence::Proven),
    ];
    for ((height, slot), status_slot, expected) in cases {
        let said = absence(
            &silent(height, slot, status_slot),
            &Signature::default(),
            LAST,
        );
        assert_eq!(said.unwrap(), expected, "{height} {slot} {status_slot}");
    }
    let knows = node(|request, _| match request {
        RpcRequest::GetSignatureStatuses => statuses(5_000, landed()),
        _ => final_at(LAST + 1, 5_000),
    });
    let said = absence(&knows, &Signature::default(), LAST).unwrap();
    assert_eq!(said, Absence::Seen);
}

#[test]
fn one_node_alone_does_not_prove_that_a_transaction_is_gone_and_two_that_agree_do() {
    let gone = || silent(LAST + 1, 5_000, 5_000);
    let unsure = Fate::Expired { surely: false };
    let sure = Fate::Expired { surely: true };
    assert_eq!(fate(&gone(), &[], 31, LONG).unwrap(), unsure);
    assert_eq!(fate(&gone(), &[gone()], 31, LONG).unwrap(), unsure);
    assert_eq!(fate(&gone(), &[gone(), gone()], 31, LONG).unwrap(), sure);
}

#[test]
fn a_transaction_that_one_of_several_nodes_still_expects_is_perhaps_sent() {
    let gone = || silent(LAST + 1, 5_000, 5_000);
    let behind = silent(LAST, 4_990, 4_990);
    let mute = node(|_, _| Err(broken()));
    for other in [behind, mute] {
        let said = fate(&gone(), &[gone(), other], 31, SHORT);
        assert!(
            matches!(said, Err(ClientError::PerhapsSent { .. })),
            "{said:?}"
        );
    }
}

#[test]
fn no_height_makes_a_transaction_expire_before_the_clock_allows_it() {
    let gone = silent(LAST + 1_000, 5_000, 5_000);
    let said = fate(&gone, &[], 0, SHORT);
    assert!(
        matches!(said, Err(ClientError::PerhapsSent { .. })),
        "{said:?}"
    );
}

#[test]
fn an_error_after_the_first_byte_is_no_failure() {
    for code in [None, Some(-32_603), Some(-32_005), Some(429)] {
        let lands = node(move |request, calls| match (request, calls) {
            (RpcRequest::SendTransaction, _) => Err(code.map_or_else(broken, refusal)),
            (RpcRequest::GetSignatureStatuses, 0) => Err(broken()),
            (RpcRequest::GetSignatureStatuses, 1) => statuses(6, Value::Null),
            _ => statuses(8, landed()),
        });
        let said = fate(&lands, &[], 0, LONG).unwrap();
        assert_eq!(said, Fate::Landed { slot: 7 }, "{code:?}");
    }
}

#[test]
fn a_clear_refusal_counts_only_while_no_node_can_have_the_transaction() {
    for code in [-32_002, -32_003, -32_602] {
        let refuses = node(move |_, _| Err(refusal(code)));
        let said = fate(&refuses, &[], 0, LONG);
        assert!(
            matches!(said, Err(ClientError::NotTaken { .. })),
            "{said:?}"
        );
        let refuses_later = node(move |request, calls| match (request, calls) {
            (RpcRequest::SendTransaction, 0) => Err(broken()),
            (RpcRequest::SendTransaction, _) => Err(refusal(code)),
            (_, 0..5) => statuses(6, Value::Null),
            _ => statuses(8, landed()),
        });
        let said = fate(&refuses_later, &[], 0, LONG).unwrap();
        assert_eq!(said, Fate::Landed { slot: 7 });
    }
}

#[test]
fn a_refusal_is_believed_only_after_a_look_at_the_chain() {
    for code in [-32_601, -32_602, -32_003] {
        let passes_on = node(move |request, _| match request {
            RpcRequest::SendTransaction => Err(refusal(code)),
            _ => statuses(8, landed()),
        });
        let said = fate(&passes_on, &[], 0, LONG).unwrap();
        assert_eq!(said, Fate::Landed { slot: 7 });
    }
}

#[test]
fn a_transaction_that_no_node_could_be_given_is_the_nodes_failure() {
    let nowhere = RpcClient::new("http://127.0.0.1:1".to_owned());
    let said = fate(&nowhere, &[], 21, LONG);
    assert!(matches!(said, Err(ClientError::Rpc(_))), "{said:?}");
    let said = fate(&nowhere, &[], 0, SHORT);
    assert!(matches!(said, Err(ClientError::Rpc(_))), "{said:?}");
}

#[test]
fn a_transaction_that_failed_in_a_block_is_refused_with_its_signature() {
    let failed = json!({"slot": 7, "confirmations": null, "confirmationStatus": "finalized",
        "err": {"InstructionError": [0, {"Custom": 1}]},
        "status": {"Err": {"InstructionError": [0, {"Custom": 1}]}}});
    let fails = node(move |request, _| match request {
        RpcRequest::SendTransaction => sent(),
        RpcRequest::GetSignatureStatuses => statuses(8, failed.clone()),
        _ => Err(refusal(-32_011)),
    });
    let Err(ClientError::Refused(refusal)) = fate(&fails, &[], 0, LONG) else {
        panic!("it failed");
    };
    assert_eq!(refusal.signature, Some(Signature::from([3; 64])));
    // The program that was called explains the code, where no logs do.
    assert_eq!(refusal.program, Some(Pubkey::default()));
}

#[test]
fn a_status_below_the_commitment_is_waited_for() {
    let mut processed = landed();
    processed["confirmationStatus"] = json!("processed");
    let slow = node(move |request, calls| match (request, calls) {
        (RpcRequest::SendTransaction, _) => sent(),
        (_, 0..2) => statuses(7, processed.clone()),
        _ => statuses(8, landed()),
    });
    assert_eq!(fate(&slow, &[], 0, LONG).unwrap(), Fate::Landed { slot: 7 });
}
