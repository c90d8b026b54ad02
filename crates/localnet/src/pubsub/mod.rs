//! Subscriptions over WebSocket.

mod accounts;
mod logs;
mod signatures;
mod slots;

use std::sync::Arc;

use jsonrpc_core::Error;
use jsonrpsee::{PendingSubscriptionSink, RpcModule, SubscriptionMessage, SubscriptionSink};
use serde::Serialize;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    cluster::Event,
    rpc::{RpcResult, Services, into_error_object},
};

/// All subscription methods.
pub(crate) fn methods(services: Arc<Services>) -> RpcModule<Services> {
    let mut module = RpcModule::from_arc(services);
    accounts::register(&mut module);
    logs::register(&mut module);
    signatures::register(&mut module);
    slots::register(&mut module);
    module
}

/// Answers a request to subscribe: with the subscription's number, or with an error.
async fn accept<T>(
    pending: PendingSubscriptionSink,
    params: RpcResult<T>,
) -> Option<(SubscriptionSink, T)> {
    match params {
        Ok(params) => Some((pending.accept().await.ok()?, params)),
        Err(error) => {
            pending.reject(into_error_object(error)).await;
            None
        }
    }
}

/// Sends a notification; `None` once the client has left.
async fn notify<T: Serialize>(sink: &SubscriptionSink, value: &T) -> Option<()> {
    let json = serde_json::value::to_raw_value(value).ok()?;
    sink.send(SubscriptionMessage::from(json)).await.ok()
}

/// The next event; `None` once the client has left or the cluster has stopped.
///
/// `Lagged` tells a subscriber that was too slow that it has missed some events.
async fn next_event(sink: &SubscriptionSink, events: &mut Receiver<Event>) -> Option<Next> {
    tokio::select! {
        () = sink.closed() => None,
        event = events.recv() => match event {
            Ok(event) => Some(Next::Event(event)),
            Err(RecvError::Lagged(_)) => Some(Next::Lagged),
            Err(RecvError::Closed) => None,
        },
    }
}

/// What a subscriber learns next.
enum Next {
    Event(Event),
    Lagged,
}

/// An error that a filter of an unknown shape deserves.
fn invalid(message: &str) -> Error {
    Error::invalid_params(format!("Invalid Request: {message}"))
}
