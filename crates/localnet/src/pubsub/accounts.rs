//! Changes of accounts and of the accounts of a program.

use std::{collections::HashMap, sync::Arc};

use jsonrpsee::{RpcModule, SubscriptionSink};
use solana_account::AccountSharedData;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::RpcFilterType,
};
use tokio::sync::broadcast::Receiver;

use super::{accept, next_event, notify};
use crate::{
    cluster::{Cluster, Event},
    rpc::{
        EncodingLimit, Services, checked_filters, keyed_accounts, parse_pubkey, read,
        scan_program_accounts, with_context,
    },
};

pub(super) fn register(module: &mut RpcModule<Services>) {
    module
        .register_subscription(
            "accountSubscribe",
            "accountNotification",
            "accountUnsubscribe",
            |params, pending, services, _| async move {
                let events = services.cluster.subscribe();
                let params = read::<(String, Option<RpcAccountInfoConfig>)>(&params, &(1..=2))
                    .and_then(|(text, config)| {
                        Ok(Watched {
                            target: Target::Account(parse_pubkey(&text)?),
                            config: config.unwrap_or_default(),
                        })
                    })
                    .map(|watched| watched.with_what_is_seen(&services.cluster));
                if let Some((sink, (watched, seen))) = accept(pending, params).await {
                    watch(&services.cluster, &sink, events, &watched, seen).await;
                }
            },
        )
        .expect("method names are distinct literals");
    module
        .register_subscription(
            "programSubscribe",
            "programNotification",
            "programUnsubscribe",
            |params, pending, services, _| async move {
                let events = services.cluster.subscribe();
                let params = read::<(String, Option<RpcProgramAccountsConfig>)>(&params, &(1..=2))
                    .and_then(|(text, config)| {
                        let config = config.unwrap_or_default();
                        let filters = checked_filters(config.filters.unwrap_or_default())?;
                        Ok(Watched {
                            target: Target::Program(parse_pubkey(&text)?, filters),
                            config: config.account_config,
                        })
                    })
                    .map(|watched| watched.with_what_is_seen(&services.cluster));
                if let Some((sink, (watched, seen))) = accept(pending, params).await {
                    watch(&services.cluster, &sink, events, &watched, seen).await;
                }
            },
        )
        .expect("method names are distinct literals");
}

/// What a client watches and how it wants to see it.
struct Watched {
    target: Target,
    config: RpcAccountInfoConfig,
}

impl Watched {
    /// With what there is to see before the client is told that it will hear of every change.
    fn with_what_is_seen(self, cluster: &Cluster) -> (Self, Seen) {
        let seen = look(cluster, &self);
        (self, seen)
    }
}

enum Target {
    Account(Pubkey),
    Program(Pubkey, Vec<RpcFilterType>),
}

/// The accounts watched, as they were seen last.
type Seen = HashMap<Pubkey, AccountSharedData>;

/// Notifies of every account that differs from what was seen before.
///
/// After a transaction or a slot, whatever came in the meantime is looked at together.
async fn watch(
    cluster: &Arc<Cluster>,
    sink: &SubscriptionSink,
    mut events: Receiver<Event>,
    watched: &Watched,
    mut seen: Seen,
) -> Option<()> {
    loop {
        next_event(sink, &mut events).await?;
        while events.try_recv().is_ok() {}
        let now = look(cluster, watched);
        for notification in changes(cluster, watched, &seen, &now) {
            notify(sink, &notification).await?;
        }
        seen = now;
    }
}

fn look(cluster: &Cluster, watched: &Watched) -> Seen {
    let bank = cluster.bank();
    match &watched.target {
        Target::Account(address) => bank
            .get_account(address)
            .map(|account| (*address, account))
            .into_iter()
            .collect(),
        Target::Program(program, filters) => scan_program_accounts(&bank, program, filters)
            .unwrap_or_default()
            .into_iter()
            .collect(),
    }
}

/// One notification for every account that has changed; an account that is gone shows as empty.
fn changes(
    cluster: &Cluster,
    watched: &Watched,
    before: &Seen,
    now: &Seen,
) -> Vec<serde_json::Value> {
    let bank = cluster.bank();
    let gone = before
        .keys()
        .filter(|address| !now.contains_key(address))
        .map(|address| (*address, AccountSharedData::default()));
    let changed: Vec<_> = now
        .iter()
        .filter(|(address, account)| before.get(address) != Some(account))
        .map(|(address, account)| (*address, account.clone()))
        .chain(gone)
        .collect();
    let keyed =
        keyed_accounts(&bank, &changed, &watched.config, EncodingLimit::Waived).unwrap_or_default();
    keyed
        .into_iter()
        .map(|keyed| match &watched.target {
            Target::Account(_) => serde_json::json!(with_context(&bank, keyed.account)),
            Target::Program(..) => serde_json::json!(with_context(&bank, keyed)),
        })
        .collect()
}
