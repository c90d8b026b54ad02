//! A pool as a file: what it is, what it shall be, and what must change.

mod apply;
mod export;
mod file;
mod plan;
mod tables;
mod words;

use anyhow::{Result, bail};
pub use apply::apply;
pub use export::export;
use file::SetFile;
pub use plan::plan;
use sluice_client::{
    ClientError, require_signer,
    plan::set::{Kind, SetPlan, SetView, Wanted},
};
use solana_pubkey::Pubkey;

use crate::{args::SetArgs, session::Session};

/// A wish, the pool that it is about, and what must change.
struct Planned {
    view: SetView,
    plan: SetPlan,
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
    let wanted: &Wanted = &file.wanted;
    let view = SetView::load(&session.rpc, &pool, wanted)?;
    if view.snapshot.needs_migration() {
        bail!("the pool has the layout of an older program: `sluice pool migrate` comes first");
    }
    let plan = match view.plan(wanted) {
        Ok(plan) => plan,
        Err(impossible) => bail!(file.refused(&impossible)),
    };
    for key in new_keys(&plan) {
        require_signer(&session.rpc, &pool, &key).map_err(ClientError::from)?;
    }
    Ok(Planned { view, plan })
}

/// Who gets a role: each must be able to sign.
fn new_keys(plan: &SetPlan) -> Vec<Pubkey> {
    let keys = plan.changes.iter().filter_map(|change| match change.kind {
        Kind::Give { to, .. } | Kind::HandOver { to, .. } => Some(to),
        _ => None,
    });
    keys.filter(|key| *key != Pubkey::default()).collect()
}
