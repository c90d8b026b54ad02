//! A pool's validators.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::state::{SlotState, TransientUse};
use sluice_client::{ClientError, PlacedSlot, words::amounts::part};
use sluice_math::{Flows, Lamports};
use strum::Display;

use crate::{output::table, session::Session};

/// A pool's validators.
#[derive(Debug, Serialize)]
pub struct Listed {
    pool: String,
    epoch: u64,
    total_weight: u64,
    validators: Vec<ValidatorLine>,
}

#[derive(Debug, Serialize)]
struct ValidatorLine {
    vote: String,
    state: State,
    page: u16,
    slot_index: u8,
    serial: u32,
    weight: u16,
    next_weight: u16,
    due_epoch: Option<u32>,
    staked_lamports: u64,
    target_lamports: u64,
    main: String,
    main_lamports: u64,
    transient: String,
    transient_lamports: u64,
    transient_use: Use,
    deactivating_lamports: u64,
    rent_lamports: u32,
    observed_epoch: u32,
    rewarded_lamports: Option<u64>,
    paid_lamports: Option<u64>,
}

#[derive(Clone, Copy, Debug, Display, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "lowercase")]
enum State {
    Active,
    Retiring,
    Ejected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Use {
    Idle,
    Activating,
    Deactivating,
}

/// Lists the validators of the configured pool.
pub fn list(session: &Session) -> Result<Listed> {
    let snapshot = session.snapshot()?;
    let cluster = &snapshot.cluster;
    let flows = snapshot.flows()?;
    Ok(Listed {
        pool: snapshot.addresses.pool.to_string(),
        epoch: cluster.clock.epoch,
        total_weight: snapshot.pool.total_weight,
        validators: snapshot
            .slots()
            .map(|placed| ValidatorLine::new(&placed, &flows, cluster.clock.epoch))
            .collect::<Result<_, ClientError>>()?,
    })
}

impl ValidatorLine {
    fn new(placed: &PlacedSlot<'_>, flows: &Flows, epoch: u64) -> Result<Self, ClientError> {
        let PlacedSlot { place, slot } = placed;
        let stake = slot.stake(epoch)?;
        let target = flows.target(if stake.leaving { 0 } else { stake.weight })?;
        Ok(Self {
            vote: place.vote.to_string(),
            state: match slot.state()? {
                SlotState::Retiring => State::Retiring,
                SlotState::Ejected => State::Ejected,
                SlotState::Active | SlotState::Empty => State::Active,
            },
            page: place.page,
            slot_index: place.slot,
            serial: slot.serial,
            weight: slot.weight,
            next_weight: slot.next_weight,
            due_epoch: (slot.due_epoch != 0).then_some(slot.due_epoch),
            staked_lamports: stake.has.get(),
            target_lamports: target.get(),
            main: place.main.to_string(),
            main_lamports: slot.main_lamports,
            transient: place.transient.to_string(),
            transient_lamports: slot.transient_lamports,
            transient_use: match slot.transient_use() {
                TransientUse::Idle => Use::Idle,
                TransientUse::Activating => Use::Activating,
                TransientUse::Deactivating => Use::Deactivating,
            },
            deactivating_lamports: slot.deactivating_lamports,
            rent_lamports: slot.rent_lamports,
            observed_epoch: slot.observed_epoch,
            rewarded_lamports: slot.rewarded().map(|rewarded| rewarded.delegated.get()),
            paid_lamports: slot.rewarded().map(|rewarded| rewarded.paid.get()),
        })
    }

    /// What the last boundary paid, as a part of the stake that it paid for.
    fn last_reward(&self) -> String {
        let paid = self.paid_lamports.zip(self.rewarded_lamports);
        let paid = paid.and_then(|(paid, of)| part(Lamports::new(paid), Lamports::new(of)));
        paid.unwrap_or_default()
    }

    fn changes(&self) -> String {
        let weight = self.due_epoch.map(|epoch| match self.next_weight {
            0 => format!("leaves from epoch {epoch} on"),
            weight => format!("weight {weight} from epoch {epoch} on"),
        });
        let stake = match self.transient_use {
            Use::Idle => None,
            Use::Activating => Some("activating".to_owned()),
            Use::Deactivating => Some("deactivating".to_owned()),
        };
        [weight, stake]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.validators.is_empty() {
            return writeln!(
                formatter,
                "This pool has no validators yet: `sluice validator add VOTE_ACCOUNT` adds one."
            );
        }
        let header = [
            "vote account",
            "state",
            "weight",
            "staked SOL",
            "target SOL",
            "returning SOL",
            "last reward",
            "changes",
        ];
        let mut validators = table(header, 2);
        for line in &self.validators {
            validators.add_row([
                line.vote.clone(),
                line.state.to_string(),
                line.weight.to_string(),
                Lamports::new(line.staked_lamports).to_string(),
                Lamports::new(line.target_lamports).to_string(),
                Lamports::new(line.deactivating_lamports).to_string(),
                line.last_reward(),
                line.changes(),
            ]);
        }
        writeln!(formatter, "{validators}")
    }
}
