//! Cranking again and again.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use sluice_client::{Executor, PoolAddresses, Turn, Watch};

use super::{Cranked, crank_once};
use crate::{
    args::OutputFormat,
    commands::pending::tell,
    failure::Failure,
    output::{announce, print_next},
    session::Session,
};

/// Cranks whenever something is due. A node that is away for a while does not end it.
pub fn watch(
    session: &Session,
    executor: &Executor<'_>,
    pool: PoolAddresses,
    pause: Duration,
    output: OutputFormat,
) -> Result<()> {
    announce("Looking for work until ctrl-c.");
    let mut watch = Watch::new(pool);
    loop {
        let turned = watch.turn(executor, |executor, pending| {
            tell(session, pending)?;
            crank_once(executor, &pool)
        });
        match turned {
            Ok(Turn::Quiet(_)) => {}
            Ok(Turn::Cranked(report)) => {
                let cranked = Cranked::new(&pool, *report);
                if !cranked.did_nothing() {
                    print_next(output, &cranked)?;
                }
            }
            Err(error) => {
                Failure::after(session.signatures(), error).tell_and_go_on(output)?;
            }
        }
        session.strike_out_told();
        let begins = watch.begins();
        let begins = begins.map(|at| at.saturating_duration_since(Instant::now()));
        thread::sleep(begins.map_or(pause, |begins| begins.min(pause)));
    }
}
