//! Prices that hold: a pool that nobody has cranked in this epoch is cranked on the way.

use anyhow::{Result, bail};
use sluice::{SluiceError, error::refuse};
use sluice_client::{ClientError, PoolSnapshot};

use crate::{
    args::{NoCrank, SendMode},
    failure::sentence,
    output::announce,
    progress::Progress,
    session::{Actor, Session},
};

/// The pool, with prices that hold if they can be had: the queue is open without them, and they
/// only make its estimate better.
pub fn freshest_snapshot(
    session: &Session,
    actor: &Actor,
    no_crank: NoCrank,
) -> Result<PoolSnapshot> {
    let snapshot = session.snapshot()?;
    if snapshot.is_fresh() || no_crank.no_crank {
        return Ok(snapshot);
    }
    fresh_snapshot(session, actor, no_crank).or_else(|error| {
        announce(format_args!(
            "The queue is open all the same, only the estimate is older: {}",
            sentence(&error)
        ));
        Ok(snapshot)
    })
}

/// The pool with prices that hold for the current epoch.
pub fn fresh_snapshot(session: &Session, actor: &Actor, no_crank: NoCrank) -> Result<PoolSnapshot> {
    let snapshot = session.snapshot()?;
    if snapshot.needs_migration() {
        return Err(ClientError::from(refuse(SluiceError::MigrationNeeded)).into());
    }
    if snapshot.is_fresh() {
        return Ok(snapshot);
    }
    let epoch = snapshot.cluster.clock.epoch;
    if no_crank.no_crank {
        bail!(
            "the pool is not priced for epoch {epoch} yet: run `sluice crank` first, or leave off \
             --no-crank"
        );
    }
    if session.send_mode() != SendMode::Send {
        bail!(
            "the pool is not priced for epoch {epoch} yet, and with --send or --squads nothing is sent to \
             price it: run `sluice crank` first, with any keypair"
        );
    }
    announce(format_args!(
        "The pool is not priced for epoch {epoch} yet: cranking it first."
    ));
    let _progress = Progress::spinner("pricing the pool");
    let report =
        session
            .executor(actor.payer())?
            .refresh(&snapshot.addresses, usize::MAX, &mut |_| ())?;
    if !report.signatures.is_empty() {
        let signatures: Vec<_> = report.signatures.iter().map(ToString::to_string).collect();
        announce(format_args!("Cranked: {}.", signatures.join(", ")));
    }
    // What was to follow would only say that the pool is stale.
    match report.failures.into_iter().next() {
        Some(failure) if !report.snapshot.is_fresh() => Err(failure.error.into()),
        _ => session.snapshot(),
    }
}

/// The same with the stake and vote accounts of all validators.
pub fn fresh_snapshot_with_stakes(
    session: &Session,
    actor: &Actor,
    no_crank: NoCrank,
) -> Result<PoolSnapshot> {
    fresh_snapshot(session, actor, no_crank)?;
    session.snapshot_with_stakes()
}
