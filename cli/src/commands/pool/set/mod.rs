//! A pool as a file: what it is, what it shall be, and what must change.

mod apply;
mod best;
mod export;
mod file;
mod plan;
mod tables;
mod words;

use anyhow::{Result, bail};
pub use apply::apply;
use best::Proposal;
pub use export::export;
use file::SetFile;
pub use plan::plan;
use sluice_client::{
    plan::set::{Kind, SetPlan, SetView},
    require_signer,
};
use solana_pubkey::Pubkey;

use crate::{args::SetArgs, session::Session};

/// What must change of a pool, and what it was planned from.
pub(super) struct Planned {
    view: SetView,
    plan: SetPlan,
    proposal: Option<Proposal>,
}

/// Reads the file and the pool, and plans.
fn planned(session: &Session, arguments: &SetArgs) -> Result<Planned> {
    let file = SetFile::read(&arguments.file)?;
    let pool = session.pool()?;
    if let Some(named) = file.pool.filter(|named| *named != pool.pool) {
        bail!(
            "{} is about the pool {named}, and the pool that is chosen is {}: pass --pool {named}, or another \
             file",
            file.name(),
            pool.pool
        );
    }
    let mut wanted = file.wanted.clone();
    let proposal = best::choose(session, &pool, &file, arguments.optimise, &mut wanted)?;
    let view = SetView::load(&session.rpc, &pool, &wanted)?;
    if view.snapshot.needs_migration() {
        bail!("the pool has the layout of an older program: `sluice pool migrate` comes first");
    }
    let plan = match view.plan(&wanted) {
        Ok(plan) => plan,
        Err(impossible) => bail!(file.refused(&impossible)),
    };
    for key in new_keys(&plan) {
        require_signer(&session.rpc, &pool, &key)?;
    }
    Ok(Planned {
        view,
        plan,
        proposal,
    })
}

/// Who gets a role: each must be able to sign.
fn new_keys(plan: &SetPlan) -> Vec<Pubkey> {
    let keys = plan.changes.iter().filter_map(|change| match change.kind {
        Kind::Give { to, .. } | Kind::HandOver { to, .. } => Some(to),
        _ => None,
    });
    keys.filter(|key| *key != Pubkey::default()).collect()
}
