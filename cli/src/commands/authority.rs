//! Who may do what: asked before anything is sent or dumped, since a dump is not tried out.

use anyhow::{Result, bail};
use sluice_client::PoolSnapshot;
use solana_pubkey::Pubkey;

use crate::session::Actor;

/// What helps who has not got the role.
const ANOTHER_KEY: &str = "pass that key with --keypair; where it signs elsewhere, as a multisig \
                           does, pass its address and --send dump";

/// Fails unless the pool's admin acts.
pub fn require_admin(snapshot: &PoolSnapshot, actor: &Actor) -> Result<()> {
    require(actor, "admin", &snapshot.pool.admin)
}

/// Fails unless the pool's curator acts.
pub fn require_curator(snapshot: &PoolSnapshot, actor: &Actor) -> Result<()> {
    require(actor, "curator", &snapshot.pool.curator)
}

/// Fails unless the pool's guardian acts.
pub fn require_guardian(snapshot: &PoolSnapshot, actor: &Actor) -> Result<()> {
    require(actor, "guardian", &snapshot.pool.guardian)
}

/// Fails unless the pool's guardian or its admin acts.
pub fn require_guardian_or_admin(snapshot: &PoolSnapshot, actor: &Actor) -> Result<()> {
    let (actor, admin) = (actor.address(), snapshot.pool.admin);
    let guardian = snapshot.pool.guardian;
    if [admin, guardian].contains(&actor) {
        return Ok(());
    }
    if guardian == Pubkey::default() {
        bail!("{actor} is not this pool's admin, which is {admin}: {ANOTHER_KEY}");
    }
    bail!(
        "{actor} is neither this pool's guardian, which is {guardian}, nor its admin, which is \
         {admin}: {ANOTHER_KEY}"
    )
}

fn require(actor: &Actor, role: &str, holder: &Pubkey) -> Result<()> {
    let actor = actor.address();
    if actor == *holder {
        return Ok(());
    }
    if *holder == Pubkey::default() {
        bail!("this pool has no {role}: `sluice pool role` shows how its admin names one");
    }
    bail!("{actor} is not this pool's {role}, which is {holder}: {ANOTHER_KEY}")
}
