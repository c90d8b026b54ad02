//! Pools that only a program's code can move: what would be lost with it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use sluice_client::{
    ClientError,
    pool::estate::{Estate, estates},
    words::amounts::{counted, sol},
};
use solana_pubkey::Pubkey;

use crate::{output::announce, session::Session};

/// Fails where a pool of the program owns anything for anybody, or where nobody can tell. Says which
/// pools are there that own nothing.
pub fn require_none_owns(session: &Session, program: &Pubkey) -> Result<()> {
    let pools = all(session, program).map_err(|error| match error.refuses_method() {
        true => anyhow::anyhow!(
            "this node does not list the accounts of a program: so nobody can tell whether {program} has \
             pools, whose SOL would be locked for good. Name another node with --url. Nothing was sent"
        ),
        false => error.into(),
    });
    let pools = pools.context("the pools of the program must be looked at first")?;
    let (empty, full): (Vec<_>, Vec<_>) = pools.into_iter().partition(Estate::is_empty);
    if !full.is_empty() {
        bail!(
            "SOL would be locked for good, because only this program can move it. {}. Nothing overrides \
             this. First every holder leaves with `sluice unstake`, and every ticket is paid with \
             `sluice claim`; `sluice pool show --pool POOL` tells what is left. Nothing was sent",
            list(&full)
        );
    }
    match empty.len() {
        0 => announce("No pool of this program is listed."),
        many => announce(format_args!(
            "{} of this program {} be lost with it. No holder and no ticket is left, only tokens that \
             nobody can ever redeem. {}.",
            counted(u64::try_from(many).unwrap_or(u64::MAX), "pool"),
            session.will(),
            list(&empty)
        )),
    }
    Ok(())
}

fn list(pools: &[Estate]) -> String {
    let lines = pools.iter().map(|estate| match estate.amounts {
        Some(amounts) if amounts.owed.is_zero() => {
            format!("Pool {} owns {}", estate.pool, sol(amounts.owned.get()))
        }
        Some(amounts) => format!(
            "Pool {} owns {} and owes {} to tickets",
            estate.pool,
            sol(amounts.owned.get()),
            sol(amounts.owed.get())
        ),
        None => format!(
            "Pool {} cannot be read by this command: use the `sluice` that was built with the program",
            estate.pool
        ),
    });
    lines.collect::<Vec<_>>().join(". ")
}

/// The pools that any of the nodes shows; of one that they show differently, the one that owns
/// something.
fn all(session: &Session, program: &Pubkey) -> Result<Vec<Estate>, ClientError> {
    let others = session.nodes.each();
    let others = others.iter().filter(|_| others.len() > 1);
    let mut known: Option<BTreeMap<Pubkey, Estate>> = None;
    let mut failure = None;
    for answer in std::iter::once(&session.rpc)
        .chain(others)
        .map(|node| estates(node, program))
    {
        match answer {
            Ok(shown) => {
                let known = known.get_or_insert_default();
                for estate in shown {
                    let noted = known.entry(estate.pool).or_insert(estate);
                    if noted.is_empty() {
                        *noted = estate;
                    }
                }
            }
            Err(error) => failure = Some(error),
        }
    }
    match (known, failure) {
        (Some(known), _) => Ok(known.into_values().collect()),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Vec::new()),
    }
}
