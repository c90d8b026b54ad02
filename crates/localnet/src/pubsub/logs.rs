//! The logs of transactions.

use jsonrpsee::RpcModule;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{RpcTransactionLogsConfig, RpcTransactionLogsFilter},
    response::{Response, RpcLogsResponse, RpcResponseContext},
};

use super::{Next, accept, invalid, next_event, notify};
use crate::{
    cluster::Event,
    ledger::Transaction,
    rpc::{RpcResult, Services, names, parse_pubkey, read, transaction_result},
};

pub(super) fn register(module: &mut RpcModule<Services>) {
    module
        .register_subscription(
            "logsSubscribe",
            "logsNotification",
            "logsUnsubscribe",
            |params, pending, services, _| async move {
                let params = read::<(RpcTransactionLogsFilter, Option<RpcTransactionLogsConfig>)>(
                    &params,
                    &(1..=2),
                )
                .and_then(|(filter, _)| mentioned(&filter));
                let mut events = services.cluster.subscribe();
                let Some((sink, mentioned)) = accept(pending, params).await else {
                    return;
                };
                while let Some(next) = next_event(&sink, &mut events).await {
                    let Next::Event(Event::Transaction(transaction)) = next else {
                        continue;
                    };
                    if mentioned.is_none_or(|address| names(&transaction, &address))
                        && notify(&sink, &logs(&transaction)).await.is_none()
                    {
                        return;
                    }
                }
            },
        )
        .expect("method names are distinct literals");
}

/// The one account whose transactions are wanted, or all.
fn mentioned(filter: &RpcTransactionLogsFilter) -> RpcResult<Option<Pubkey>> {
    match filter {
        RpcTransactionLogsFilter::All | RpcTransactionLogsFilter::AllWithVotes => Ok(None),
        RpcTransactionLogsFilter::Mentions(addresses) => match addresses.as_slice() {
            [address] => parse_pubkey(address).map(Some),
            _ => Err(invalid("Only 1 address supported")),
        },
    }
}

fn logs(transaction: &Transaction) -> Response<RpcLogsResponse> {
    let meta = transaction.tx_with_meta.get_status_meta();
    Response {
        context: RpcResponseContext::new(transaction.slot),
        value: RpcLogsResponse {
            signature: transaction.tx_with_meta.transaction_signature().to_string(),
            err: transaction_result(transaction).err().map(Into::into),
            logs: meta.and_then(|meta| meta.log_messages).unwrap_or_default(),
        },
    }
}
