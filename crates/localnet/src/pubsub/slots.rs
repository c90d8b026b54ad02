//! Slots and roots.

use jsonrpsee::RpcModule;
use solana_rpc_client_api::response::SlotInfo;

use super::{Next, accept, next_event, notify};
use crate::{
    cluster::Event,
    rpc::{NoParams, Services, read},
};

pub(super) fn register(module: &mut RpcModule<Services>) {
    subscribe(
        module,
        ["slotSubscribe", "slotNotification", "slotUnsubscribe"],
        |info| serde_json::json!(info),
    );
    subscribe(
        module,
        ["rootSubscribe", "rootNotification", "rootUnsubscribe"],
        |info| serde_json::json!(info.root),
    );
}

/// Notifies of something in every slot.
fn subscribe(
    module: &mut RpcModule<Services>,
    [subscribe, notification, unsubscribe]: [&'static str; 3],
    show: fn(SlotInfo) -> serde_json::Value,
) {
    module
        .register_subscription(
            subscribe,
            notification,
            unsubscribe,
            move |params, pending, services, _| async move {
                let params = read::<NoParams>(&params, &(0..=0));
                let mut events = services.cluster.subscribe();
                let Some((sink, _)) = accept(pending, params).await else {
                    return;
                };
                while let Some(next) = next_event(&sink, &mut events).await {
                    if let Next::Event(Event::Slot(info)) = next
                        && notify(&sink, &show(info)).await.is_none()
                    {
                        return;
                    }
                }
            },
        )
        .expect("method names are distinct literals");
}
