//! A pool as a file: what it is, what it shall be, and what must change.

mod apply;
mod best;
mod cost;
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
    ClientError,
    plan::set::{Impossible, Place, RoleKey, SetPlan, SetView, TokenKey, Wanted},
    require_signer,
};
use solana_pubkey::Pubkey;

use crate::{args::SetArgs, next, session::Session};

/// What must change of a pool, and what it was planned from.
pub(super) struct Planned {
    view: SetView,
    plan: SetPlan,
    proposal: Option<Proposal>,
}

/// Reads the file and the pool, and plans.
fn planned(session: &Session, arguments: &SetArgs) -> Result<Planned> {
    let file = SetFile::read(&arguments.file)?;
    let pool = session.pool_or(file.pool)?;
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
    let plan = view.plan(&wanted);
    let refused = unsignable(session, &view, &wanted)?;
    let mut plan = match (plan, refused) {
        (Ok(plan), refused) if refused.is_empty() => plan,
        (plan, refused) => {
            let mut impossible = plan.err().unwrap_or_default();
            let is_told = |one: &Impossible| impossible.iter().any(|told| told.place == one.place);
            let untold: Vec<_> = refused.into_iter().filter(|one| !is_told(one)).collect();
            impossible.extend(untold);
            bail!(file.refused(&impossible));
        }
    };
    if file.top.is_some() || proposal.is_some() {
        plan.notes.push(ONE_NODES_WORD.to_owned());
    } else if let Some(line) = file.rating_line {
        plan.notes.push(format!(
            "[rating] in line {line} has no effect: it is for files with [top] or [optimise], and for --optimise"
        ));
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

/// Who gets a role or the name, and is known to sign nothing. A role can be nobody's, the name cannot.
fn unsignable(session: &Session, view: &SetView, wanted: &Wanted) -> Result<Vec<Impossible>> {
    let (pool, roles) = (&view.snapshot.pool, &wanted.roles);
    let holders = [
        (RoleKey::Admin, roles.admin, pool.admin),
        (
            RoleKey::NominatedAdmin,
            roles.nominated_admin,
            pool.nominated_admin,
        ),
        (RoleKey::Curator, roles.curator, pool.curator),
        (RoleKey::Guardian, roles.guardian, pool.guardian),
        (RoleKey::Treasury, roles.treasury, pool.treasury),
    ];
    let new_holders = holders.into_iter().filter_map(|(role, to, before)| {
        let to = to.filter(|to| *to != before && *to != Pubkey::default())?;
        Some((Place::Role(role), to))
    });
    let update = TokenKey::UpdateAuthority;
    let named = wanted.token.update_authority;
    let named =
        named.filter(|to| Some(*to) != view.token.as_ref().map(|token| token.update_authority));
    let mut impossible = Vec::new();
    for (place, key) in new_holders.chain(named.map(|to| (Place::Token(update), to))) {
        match require_signer(&session.rpc, &view.snapshot.addresses, &key) {
            Ok(()) => {}
            Err(error @ ClientError::NobodysAddress { .. }) => impossible.push(Impossible {
                place,
                why: next::sentence(&error),
            }),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(impossible)
}
