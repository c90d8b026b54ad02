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
    let mut plan = match view.plan(&wanted) {
        Ok(plan) => plan,
        Err(impossible) => bail!(file.refused(&impossible)),
    };
    if file.top.is_some() || proposal.is_some() {
        plan.notes.push(ONE_NODES_WORD.to_owned());
    }
    for key in new_keys(&plan) {
        require_signer(&session.rpc, &pool, &key)?;
    }
    Ok(Planned {
        view,
        plan,
        proposal,
    })
}

/// What is said where a rating chose.
const ONE_NODES_WORD: &str = "The ranking is by what one node tells of the cluster's validators: before it is applied, \
                              compare this plan with the one that another node gives (`--url`)";

/// Who gets a role or the name: each must be able to sign. A role can be nobody's, the name cannot.
fn new_keys(plan: &SetPlan) -> Vec<Pubkey> {
    let keys = plan.changes.iter().filter_map(|change| match change.kind {
        Kind::Give { to, .. } => (to != Pubkey::default()).then_some(to),
        Kind::HandOver { to, .. } => Some(to),
        _ => None,
    });
    keys.collect()
}
