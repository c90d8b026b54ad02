//! Cranking again and again: the whole pool is read only when something can be due.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use sluice_client::{Executor, PoolAddresses, PoolSnapshot, plan::crank};
use solana_pubkey::Pubkey;

use super::crank_once;
use crate::{
    args::OutputFormat,
    commands::pending::tell_pending,
    failure::Failure,
    output::{announce, print_next},
    session::Session,
};

/// How often the whole pool is read in any case: a validator's misconduct does not show in the pool.
const WHOLE_LOOK: Duration = Duration::from_secs(600);
/// Keepers begin at different times, so that the first one spares the others their fees.
const KEEPER_STEP: Duration = Duration::from_millis(400);
const KEEPER_STEPS: u32 = 8;

/// Cranks whenever something is due. A node that is away for a while does not end it.
pub fn watch(
    session: &Session,
    executor: &Executor<'_>,
    keeper: &Pubkey,
    pool: &PoolAddresses,
    pause: Duration,
    output: OutputFormat,
) -> Result<()> {
    announce("Looking for work until ctrl-c.");
    let mut last: Option<Look> = None;
    loop {
        match turn(session, executor, keeper, pool, &mut last) {
            Ok(None) => {}
            Ok(Some(cranked)) if cranked.did_nothing() => {}
            Ok(Some(cranked)) => print_next(output, &cranked)?,
            Err(error) => {
                Failure::after(session.signatures(), error).tell_and_go_on(output)?;
            }
        }
        session.strike_out_told();
        thread::sleep(pause);
    }
}

/// The pool after the last look at all of it.
struct Look {
    at: Instant,
    pool: PoolSnapshot,
    /// Whether something was left undone.
    has_failed: bool,
}

impl Look {
    fn is_enough(&self, now: &PoolSnapshot) -> Result<bool> {
        let is_recent = !self.has_failed && self.at.elapsed() < WHOLE_LOOK;
        Ok(is_recent && !crank::can_be_due(&self.pool, now)?)
    }
}

fn turn(
    session: &Session,
    executor: &Executor<'_>,
    keeper: &Pubkey,
    pool: &PoolAddresses,
    last: &mut Option<Look>,
) -> Result<Option<super::Cranked>> {
    if let Some(look) = last {
        let mut now = PoolSnapshot::load(&session.rpc, pool)?;
        // A view without stakes does not ask for it, and it does not change.
        now.cluster.minimum_delegation = look.pool.cluster.minimum_delegation;
        if look.is_enough(&now)? {
            return Ok(None);
        }
        thread::sleep(own_delay(keeper));
    }
    // What was left undecided is looked up again: the journal of a keeper must not grow for ever.
    tell_pending(session)?;
    let (cranked, snapshot) = crank_once(executor, pool)?;
    *last = Some(Look {
        at: Instant::now(),
        pool: snapshot,
        has_failed: !cranked.failures.is_empty(),
    });
    Ok(Some(cranked))
}

/// A delay of a few slots that depends on the key alone.
fn own_delay(keeper: &Pubkey) -> Duration {
    let sum = keeper
        .as_array()
        .iter()
        .map(|byte| u32::from(*byte))
        .sum::<u32>();
    KEEPER_STEP * (sum % KEEPER_STEPS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn keepers_begin_within_a_few_slots_of_each_other_and_hardly_at_once() {
        let keepers: Vec<Pubkey> = (0..64).map(|_| Pubkey::new_unique()).collect();
        let delays: BTreeSet<Duration> = keepers.iter().map(own_delay).collect();
        assert_eq!(delays.len(), KEEPER_STEPS as usize, "of all lengths");
        assert!(
            delays
                .iter()
                .all(|delay| *delay < KEEPER_STEP * KEEPER_STEPS)
        );
        assert_eq!(own_delay(&keepers[0]), own_delay(&keepers[0]));
    }
}
