//! Ejecting a validator that breaks the pool's rules.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::state::Breach;
use sluice_client::{Event, StepKind, plan::crank};
use solana_instruction::Instruction;
use strum::Display;

use super::slot_of;
use crate::{
    args::{NoCrank, ValidatorArgs},
    commands::freshness::{Fresh, Upkept, View, fresh_snapshot},
    session::Session,
    transaction::{Outcome, Transaction, beforehand, perform},
};

/// A validator that was ejected.
#[derive(Debug, Serialize)]
pub struct Ejected {
    pool: String,
    vote: String,
    breach: Reason,
    weight: u16,
    reinstatable_epoch: u64,
    signature: String,
}

#[derive(Clone, Copy, Debug, Display, Serialize)]
#[serde(rename_all = "snake_case")]
enum Reason {
    #[strum(to_string = "its vote account is gone")]
    VoteAccountGone,
    #[strum(to_string = "its commission is too high")]
    Commission,
    #[strum(to_string = "its block-revenue commission is too high")]
    BlockCommission,
    #[strum(to_string = "the last rewards of its stake were lower than its commission may leave")]
    LowYield,
    #[strum(to_string = "it earned far fewer credits than the cluster's mean")]
    LowCredits,
    #[strum(to_string = "it earned no credits for five epochs, or never")]
    Delinquent,
}

/// Lets a validator of the configured pool drain that breaks its rules. Anybody may.
pub fn eject(session: &Session, arguments: ValidatorArgs) -> Result<Outcome<Upkept<Ejected>>> {
    let actor = session.actor()?;
    let no_crank = NoCrank { no_crank: false };
    let Fresh { snapshot, upkeep } = fresh_snapshot(session, &actor, no_crank, View::Stakes)?;
    let place = slot_of(&snapshot, &arguments.vote)?.place;
    let planned = crank::plan(&snapshot)?
        .steps
        .into_iter()
        .find(|step| step.kind == StepKind::Eject && step.validator == Some(place.vote));
    // Where none is due, the program says why.
    let eject: Instruction = match planned.map(|step| step.work) {
        Some(crank::Work::Instruction(instruction)) => instruction,
        _ => snapshot.addresses.eject_validator(&place, None),
    };
    beforehand(session, &actor, Some(&snapshot.addresses), &[])?;
    let transaction = Transaction::new([eject]).repeatable();
    let outcome = perform(
        session,
        &actor,
        "ejecting the validator",
        transaction,
        |done| {
            let ejected = done.event(|event| match event {
                Event::ValidatorEjected(ejected) => Some(ejected),
                _ => None,
            })?;
            Ok(Ejected {
                pool: ejected.pool.to_string(),
                vote: ejected.vote.to_string(),
                breach: ejected.breach.into(),
                weight: ejected.weight,
                reinstatable_epoch: ejected.reinstatable_epoch,
                signature: done.signature.clone(),
            })
        },
    )?;
    Ok(outcome.map(|ejected| upkeep.with(ejected)))
}

impl From<Breach> for Reason {
    fn from(breach: Breach) -> Self {
        match breach {
            Breach::VoteAccountGone => Self::VoteAccountGone,
            Breach::Commission => Self::Commission,
            Breach::BlockCommission => Self::BlockCommission,
            Breach::LowYield => Self::LowYield,
            Breach::LowCredits => Self::LowCredits,
            Breach::Delinquent => Self::Delinquent,
        }
    }
}

impl fmt::Display for Ejected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{} is ejected from the pool {}, because {}, and drains. If it keeps the rules, the curator can \
             give it weight again from epoch {} on.",
            self.vote, self.pool, self.breach, self.reinstatable_epoch
        )
    }
}
