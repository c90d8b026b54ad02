//! The end of a transaction.

use jsonrpsee::{RpcModule, SubscriptionSink};
use solana_rpc_client_api::{
    config::RpcSignatureSubscribeConfig,
    response::{
        ProcessedSignatureResult, ReceivedSignatureResult, Response, RpcResponseContext,
        RpcSignatureResult,
    },
};
use solana_signature::Signature;
use tokio::sync::broadcast::Receiver;

use super::{Next, accept, next_event, notify};
use crate::{
    cluster::{Cluster, Event},
    ledger::Transaction,
    rpc::{Services, parse_signature, read, transaction_result},
};

pub(super) fn register(module: &mut RpcModule<Services>) {
    module
        .register_subscription(
            "signatureSubscribe",
            "signatureNotification",
            "signatureUnsubscribe",
            |params, pending, services, _| async move {
                let params =
                    read::<(String, Option<RpcSignatureSubscribeConfig>)>(&params, &(1..=2))
                        .and_then(|(text, config)| Ok((parse_signature(&text)?, config)));
                // Before looking for the transaction, so that it cannot slip in between.
                let events = services.cluster.subscribe();
                let Some((sink, (signature, config))) = accept(pending, params).await else {
                    return;
                };
                let received = config
                    .and_then(|config| config.enable_received_notification)
                    .unwrap_or(false);
                watch(&services.cluster, &sink, events, &signature, received).await;
            },
        )
        .expect("method names are distinct literals");
}

/// Waits for a transaction, notifies once and ends the subscription.
async fn watch(
    cluster: &Cluster,
    sink: &SubscriptionSink,
    mut events: Receiver<Event>,
    signature: &Signature,
    received: bool,
) -> Option<()> {
    let transaction = loop {
        if let Some(transaction) = find(cluster, signature) {
            break transaction;
        }
        loop {
            match next_event(sink, &mut events).await? {
                Next::Event(Event::Transaction(transaction))
                    if transaction.tx_with_meta.transaction_signature() != signature => {}
                Next::Event(Event::Slot(_)) => {}
                Next::Event(Event::Transaction(_)) | Next::Lagged => break,
            }
        }
    };
    let context = RpcResponseContext::new(transaction.slot);
    if received {
        let value =
            RpcSignatureResult::ReceivedSignature(ReceivedSignatureResult::ReceivedSignature);
        let context = context.clone();
        notify(sink, &Response { context, value }).await?;
    }
    let value = RpcSignatureResult::ProcessedSignature(ProcessedSignatureResult {
        err: transaction_result(&transaction).err().map(Into::into),
    });
    notify(sink, &Response { context, value }).await
}

fn find(cluster: &Cluster, signature: &Signature) -> Option<Transaction> {
    cluster.ledger.read().transaction(signature).cloned()
}
