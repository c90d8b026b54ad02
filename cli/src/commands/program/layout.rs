//! Code must know the layout of the pools that it is put over.

use anyhow::{Result, bail};
use sluice::state::VERSION;
use sluice_client::{ClientError, newest_layout, plan::program::Elf};
use solana_pubkey::Pubkey;

use crate::session::Session;

/// Fails where a pool of the cluster has a newer layout than the code knows: an older program looks at no
/// version, or refuses everything but exits. `way_out`: what is said of how it is done all the same.
pub fn require_layout(session: &Session, elf: &Elf, program: &Pubkey, way_out: &str) -> Result<()> {
    if *program != sluice::ID {
        return Ok(());
    }
    let knows = elf.layout_version();
    match newest(session) {
        Ok(Some(newest)) if knows < newest => {
            bail!("{} Nothing was sent{way_out}", refusal(knows, newest))
        }
        Ok(_) => Ok(()),
        Err(error) if error.refuses_method() && knows == VERSION => Ok(()),
        Err(error) if error.refuses_method() => bail!(
            "the code knows layout version {knows} at most, there is version {VERSION}, and this node does \
             not list pools: so nobody can tell whether it fits them. Name another node with --url. Nothing \
             was sent{way_out}"
        ),
        Err(error) => Err(error.into()),
    }
}

fn refusal(knows: u8, newest: u8) -> String {
    if newest > VERSION {
        return format!(
            "a pool of this cluster has layout version {newest}, which this command does not know: use the \
             `sluice` that was built with the code."
        );
    }
    format!(
        "the code knows layout version {knows} at most, and a pool of this cluster has version {newest}: \
         it is older than the pool, or no Sluice at all. A pool that was migrated is never given to an older \
         program, which would read its accounts as what they are not. A fault is mended by the next version."
    )
}

/// The newest layout version of a pool that any of the nodes shows.
fn newest(session: &Session) -> Result<Option<u8>, ClientError> {
    let mut newest = newest_layout(&session.rpc);
    let others = session.nodes.each();
    for node in others.iter().filter(|_| others.len() > 1) {
        newest = match (newest, newest_layout(node)) {
            (Ok(one), Ok(other)) => Ok(one.max(other)),
            (Ok(known), Err(_)) | (Err(_), Ok(known)) => Ok(known),
            (Err(error), Err(_)) => Err(error),
        };
    }
    newest
}
