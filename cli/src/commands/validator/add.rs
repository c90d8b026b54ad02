//! Adding validators.

use std::fmt;

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use sluice_client::{
    AccountSource, ClientError, Event, LATER_VALIDATORS, MAX_ADDRESSES, PoolAddresses,
    PoolSnapshot, words::amounts::sol,
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_sdk_ids::vote;

use super::cost::Cost;
use crate::{
    args::AddArgs,
    commands::{authority::require_curator, funds::require_sol_beside_rent},
    session::{Actor, Session},
    transaction::{Done, Outcome, beforehand, in_order, perform_all},
};

/// Compute units that an addition is expected to take at most.
pub const ADDITION_UNITS: u64 = 150_000;

/// Validators that were added.
#[derive(Debug, Serialize)]
pub struct Added {
    pool: String,
    /// Of all accounts that were created for them.
    total_rent_lamports: u64,
    validators: Vec<AddedValidator>,
}

/// One of them.
#[derive(Debug, Serialize)]
struct AddedValidator {
    vote: String,
    weight: u16,
    from_epoch: u64,
    page: u16,
    slot_index: u8,
    serial: u64,
    main: String,
    transient: String,
    rent_lamports: u64,
    signature: String,
}

/// Adds validators to the configured pool, in the order in which they are named.
pub fn add(session: &Session, arguments: &AddArgs) -> Result<Outcome<Added>> {
    let actor = session.actor()?;
    let snapshot = session.snapshot()?;
    require_curator(&snapshot, &actor)?;
    require_new(session, &snapshot, &arguments.votes)?;
    let cost = Cost::read(session, &snapshot, &arguments.votes)?;
    beforehand(session, &actor, Some(&snapshot.addresses), &cost.facts())?;
    require_sol_beside_rent(session, &actor.address(), cost.total_lamports())?;
    let instructions = instructions(session, &snapshot, &actor, arguments);
    // Each transaction needs the one before it: the stake accounts of all validators are numbered in order.
    let units = vec![ADDITION_UNITS; instructions.len()];
    let transactions = in_order(session, &actor, &snapshot.addresses, &instructions, &units)?;
    let doing = "adding validators";
    perform_all(session, &actor, doing, transactions, |done| {
        report(&snapshot.addresses, &arguments.votes, cost, &done)
    })
}

/// Fails where one of them is a validator of the pool already, is named twice, or has no vote
/// account.
pub(super) fn require_new(
    session: &Session,
    snapshot: &PoolSnapshot,
    votes: &[Pubkey],
) -> Result<()> {
    for (index, vote) in votes.iter().enumerate() {
        ensure!(!votes[..index].contains(vote), "{vote} is named twice");
        if let Some(listed) = snapshot.slot_of(vote) {
            let serial = listed.slot.serial;
            bail!(
                "{vote} is a validator of this pool already, with serial {serial}: give it another weight with `sluice validator weight`"
            );
        }
    }
    votes
        .chunks(MAX_ADDRESSES)
        .try_for_each(|votes| require_vote_accounts(session, votes))
}

fn require_vote_accounts(session: &Session, votes: &[Pubkey]) -> Result<()> {
    let expected = "vote account";
    let accounts = session.rpc.accounts(votes, None)?.accounts;
    for (address, account) in votes.iter().copied().zip(accounts) {
        let account = account.ok_or(ClientError::Missing { address, expected })?;
        let owner = account.owner;
        if owner != vote::ID {
            let error = ClientError::ForeignOwner {
                address,
                expected,
                owner,
            };
            return Err(error.into());
        }
    }
    Ok(())
}

fn instructions(
    session: &Session,
    snapshot: &PoolSnapshot,
    actor: &Actor,
    arguments: &AddArgs,
) -> Vec<Vec<Instruction>> {
    let places = snapshot
        .pages_for_new_validators()
        .zip(snapshot.pool.next_serial..);
    let add = |(vote, place): (&Pubkey, (u16, u64))| {
        let curator = actor.address();
        vec![adding(
            session,
            &snapshot.addresses,
            curator,
            *vote,
            place,
            arguments.weight,
        )]
    };
    arguments.votes.iter().zip(places).map(add).collect()
}

/// The instruction that adds a validator. One that waits for signatures works also after others
/// were added.
pub(super) fn adding(
    session: &Session,
    pool: &PoolAddresses,
    curator: Pubkey,
    vote: Pubkey,
    place: (u16, u64),
    weight: u16,
) -> Instruction {
    let later = match session.send_mode().waits() {
        true => LATER_VALIDATORS,
        false => 0,
    };
    pool.add_validator_later(curator, vote, place, weight, later)
}

fn report(pool: &PoolAddresses, votes: &[Pubkey], cost: Cost, done: &[Done]) -> Result<Added> {
    let mut validators = Vec::new();
    for done in done {
        let added = done.events(|event| match event {
            Event::ValidatorAdded(added) => Some(added),
            _ => None,
        })?;
        validators.extend(added.map(|added| AddedValidator {
            vote: added.vote.to_string(),
            weight: added.weight,
            from_epoch: added.from_epoch,
            page: added.page,
            slot_index: added.slot_index,
            serial: added.serial,
            main: pool.main(added.serial).to_string(),
            transient: pool.transient(added.serial).to_string(),
            rent_lamports: added.rent_lamports,
            signature: done.signature.clone(),
        }));
    }
    let last = done.last().context("nothing was sent")?;
    ensure!(validators.len() == votes.len(), last.cut_off());
    Ok(Added {
        pool: pool.pool.to_string(),
        total_rent_lamports: cost.total_lamports(),
        validators,
    })
}

impl fmt::Display for Added {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.validators.iter().try_for_each(|added| {
            writeln!(
                formatter,
                "{} joined the pool {} with weight {} from epoch {} on. Its two stake accounts hold {} of \
                 rent.",
                added.vote,
                self.pool,
                added.weight,
                added.from_epoch,
                sol(added.rent_lamports)
            )
        })?;
        let rent = sol(self.total_rent_lamports);
        writeln!(
            formatter,
            "The rent of all accounts that were created: {rent}."
        )
    }
}
