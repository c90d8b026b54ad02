//! What is told before anything is signed: where it goes, who pays, and what comes back at least.

use anyhow::Result;
use sluice_client::PoolAddresses;

use crate::{
    output::{Facts, announce},
    session::{Actor, Session},
};

/// Tells cluster, fee payer, pool and token, and then `facts`, such as the least that is received.
/// It is told to people and to logs alike, and on stderr, so that stdout stays one value.
///
/// Every command calls it once, before it asks or sends anything. Fails where no node names its
/// cluster.
pub fn beforehand(
    session: &Session,
    actor: &Actor,
    pool: Option<&PoolAddresses>,
    facts: &[(&'static str, String)],
) -> Result<()> {
    let mut all = who(session, actor);
    if let Some(pool) = pool {
        all.push(("Pool", pool.pool.to_string()));
        all.push(("Token", pool.mint.to_string()));
    }
    all.extend_from_slice(facts);
    tell(session, &all)
}

/// Tells the cluster, and then `facts`, for commands in which nobody acts. Fails where no node names
/// its cluster.
pub fn tell(session: &Session, facts: &[(&'static str, String)]) -> Result<()> {
    let mut all = vec![("Cluster", session.cluster_name()?)];
    all.extend_from_slice(facts);
    announce(Facts(&all));
    Ok(())
}

/// Who pays, and who acts where that is somebody else. Of a proposal it is said who makes it when it is
/// made.
fn who(session: &Session, actor: &Actor) -> Vec<(&'static str, String)> {
    if let Some(vault) = session.vault() {
        let (address, multisig) = (vault.address(), vault.multisig);
        return vec![("Vault", format!("{address}, of the multisig {multisig}"))];
    }
    let (address, payer) = (actor.address(), actor.payer_address());
    let mut who = vec![("Fee payer", payer.to_string())];
    if address != payer {
        who.push(("Signer", address.to_string()));
    }
    who
}
