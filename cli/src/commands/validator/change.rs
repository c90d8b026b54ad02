//! Changes that take effect with the next epoch.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{Event, PoolSnapshot, words::amounts::sol};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use super::slot_of;
use crate::{
    args::{ValidatorArgs, WeightArgs},
    commands::authority::require_curator,
    output::announce,
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A change that waits for its epoch.
#[derive(Debug, Serialize)]
pub struct Changed {
    pool: String,
    vote: String,
    weight: u16,
    retires: bool,
    from_epoch: u64,
    /// What no validator may have from then on, as the pool is now.
    idle_lamports: u64,
    signature: String,
}

/// Gives a validator another weight.
pub fn weigh(session: &Session, arguments: WeightArgs) -> Result<Outcome<Changed>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_curator(&snapshot, &actor)?;
    let pool = &snapshot.addresses;
    let placed = slot_of(&snapshot, &arguments.vote)?;
    let before = placed.slot.next_weight;
    beforehand(session, &actor, Some(pool), &[])?;
    let will = session.will();
    let idle = warn_of_idle_stake(will, &snapshot, &arguments.vote, arguments.weight)?;
    let weigh = pool.set_weight(actor.address(), &placed.place, arguments.weight, before);
    let transaction = Transaction::new([weigh]).repeatable();
    let doing = "weighing the validator";
    perform(session, &actor, doing, transaction, |done| {
        let from_epoch = done.event(|event| match event {
            Event::WeightSet(set) => Some(set.from_epoch),
            _ => None,
        })?;
        Ok(Changed {
            pool: pool.pool.to_string(),
            vote: arguments.vote.to_string(),
            weight: arguments.weight,
            retires: false,
            from_epoch,
            idle_lamports: idle.get(),
            signature: done.signature,
        })
    })
}

/// Lets a validator drain.
pub fn retire(session: &Session, arguments: ValidatorArgs) -> Result<Outcome<Changed>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_curator(&snapshot, &actor)?;
    let pool = &snapshot.addresses;
    let place = slot_of(&snapshot, &arguments.vote)?.place;
    beforehand(session, &actor, Some(pool), &[])?;
    let idle = warn_of_idle_stake(session.will(), &snapshot, &arguments.vote, 0)?;
    let retire = pool.retire_validator(actor.address(), &place);
    let transaction = Transaction::new([retire]).repeatable();
    let doing = "retiring the validator";
    perform(session, &actor, doing, transaction, |done| {
        let from_epoch = done.event(|event| match event {
            Event::ValidatorRetired(retired) => Some(retired.from_epoch),
            _ => None,
        })?;
        Ok(Changed {
            pool: pool.pool.to_string(),
            vote: arguments.vote.to_string(),
            weight: 0,
            retires: true,
            from_epoch,
            idle_lamports: idle.get(),
            signature: done.signature,
        })
    })
}

/// Says how much would lie idle with this weight, where that is more than lies idle now.
fn warn_of_idle_stake(
    will: &str,
    snapshot: &PoolSnapshot,
    vote: &Pubkey,
    weight: u16,
) -> Result<Lamports> {
    let idle = snapshot.idle_with_weight(vote, weight)?;
    if idle <= snapshot.beyond_share_cap()? {
        return Ok(idle);
    }
    let others = snapshot
        .slots()
        .any(|placed| placed.place.vote != *vote && placed.slot.weight > 0);
    let why = if others {
        "the others may have no more than their share cap"
    } else {
        "no other validator has weight"
    };
    announce(format_args!(
        "About {} {will} lie in the reserve and earn nothing, since {why}. Add others first \
         (`sluice validator add`), or put one in its place (`sluice validator replace`).",
        sol(idle.get())
    ));
    Ok(idle)
}

impl fmt::Display for Changed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pool,
            vote,
            weight,
            from_epoch,
            ..
        } = self;
        if self.retires {
            return writeln!(
                formatter,
                "{vote} retires from the pool {pool} from epoch {from_epoch} on: its stake leaves in that epoch's window, or in \
                 several where the movement cap does not let it go at once. Then \
                 `sluice validator close {vote}` closes its slot."
            );
        }
        writeln!(
            formatter,
            "{vote} has weight {weight} in the pool {pool} from epoch {from_epoch} on."
        )
    }
}
