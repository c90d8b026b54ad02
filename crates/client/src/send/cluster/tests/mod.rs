mod accounts;
mod bounds;
mod reads;
mod recovery;
mod sends;
mod server;
mod slots;

use std::time::Duration;

use server::TestNode;
use solana_rpc_client::rpc_client::RpcClient;

use super::{Nodes, manners::Manners};
use crate::ClientError;

/// Manners for tests that end soon.
fn hasty() -> Manners {
    Manners {
        patience: Duration::from_secs(4),
        search_patience: Duration::from_secs(4),
        first_pause: Duration::from_millis(20),
        ..Manners::default()
    }
}

/// The nodes at these URLs, and a client of them.
fn nodes<'a>(urls: impl IntoIterator<Item = &'a String>) -> (Nodes, RpcClient) {
    let urls: Vec<_> = urls.into_iter().cloned().collect();
    let nodes = Nodes::with_manners(&urls, hasty()).unwrap();
    let client = nodes.client();
    (nodes, client)
}

/// A client of these nodes.
fn client<'a>(urls: impl IntoIterator<Item = &'a String>) -> RpcClient {
    nodes(urls).1
}

/// The balance that a client reads.
fn balance(client: &RpcClient) -> Result<u64, ClientError> {
    Ok(client.get_balance(&sluice::ID)?)
}

/// The sentence of the error with which a client reads a balance.
fn complaint(client: &RpcClient) -> String {
    balance(client).unwrap_err().to_string()
}
