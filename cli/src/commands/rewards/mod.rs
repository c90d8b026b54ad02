//! What a holder had, did and gained, epoch by epoch.

mod csv;
mod kept;
mod lines;
mod sources;
mod words;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice::state::EpochRate;
use sluice_client::Statement;

use self::{
    lines::{EpochRow, MovementRow, TotalsRow, utc},
    sources::Read,
};
use crate::{
    args::{CsvFormat, Day, RewardsArgs},
    failure::misuse,
    output::announce,
    session::Session,
};

/// Letters of `2026-11-29`.
const DAY_LETTERS: usize = 10;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// A holder's statement.
#[derive(Debug, Serialize)]
pub struct Rewards {
    pool: String,
    owner: String,
    from_epoch: u64,
    to_epoch: u64,
    /// The first epoch of which it is known what was held, where there are earlier ones of the pool.
    known_from_epoch: Option<u64>,
    /// The first epoch with a price, where that of earlier ones is not known.
    priced_from_epoch: Option<u64>,
    /// Whether all balances follow from each other, and no price is missing.
    is_whole: bool,
    /// Transactions that the node lists and does not show.
    unshown_transactions: usize,
    /// Whether more transactions are to be read by the next command.
    is_unfinished: bool,
    epochs: Vec<EpochRow>,
    movements: Vec<MovementRow>,
    /// None where nothing is known of these epochs.
    totals: Option<TotalsRow>,
    /// Whether transactions were read, too, that name none of the holder's token accounts and tickets.
    has_all_transactions: bool,
}

/// The form of comma-separated values, where they are wanted.
pub fn csv_format(arguments: &RewardsArgs) -> Option<CsvFormat> {
    let generic = arguments.csv.then_some(CsvFormat::Generic);
    arguments.csv_format.or(generic)
}

/// The statement of `owner`, or of the keypair, in the configured pool.
pub fn rewards(session: &Session, arguments: &RewardsArgs) -> Result<Rewards> {
    let owner = session.address_or_own(arguments.owner)?;
    let read = Read::of(session, owner, arguments)?;
    let now = read.snapshot.cluster.clock.epoch;
    let (from, to) = epochs(arguments, &read.rates, now)?;
    let statement = Statement::of(&read.sources(from..=to)).context(
        "what the node shows contradicts itself: somebody would hold less than nothing. Ask another \
         node, and remove what was read of this one from the state folder",
    )?;
    let rewards = Rewards {
        pool: read.snapshot.addresses.pool.to_string(),
        owner: owner.to_string(),
        from_epoch: from,
        to_epoch: to,
        known_from_epoch: statement.known_from_epoch,
        priced_from_epoch: statement.priced_from_epoch,
        is_whole: statement.is_whole,
        unshown_transactions: read.extent.unshown,
        is_unfinished: read.extent.is_cut,
        epochs: statement.epochs.iter().map(EpochRow::from).collect(),
        movements: statement.movements.iter().map(MovementRow::from).collect(),
        totals: statement.totals.as_ref().map(TotalsRow::from),
        has_all_transactions: arguments.all_transactions,
    };
    rewards.warn();
    if csv_format(arguments).is_some() && !rewards.has_all_transactions {
        announce(words::GIVEN_TICKETS);
    }
    Ok(rewards)
}

/// The first and the last epoch that are asked for.
///
/// Fails where there is none in this time.
fn epochs(arguments: &RewardsArgs, rates: &[EpochRate], now: u64) -> Result<(u64, u64)> {
    let from = arguments.from;
    let from = from.map_or(0, |day| first_epoch(day, rates, now));
    let to = arguments.to.map_or(Some(now), |day| last_epoch(day, rates));
    let by_day = matches!(arguments.from, Some(Day::Date(_)));
    let why = match to.map(|to| to.min(now)) {
        Some(to) if from <= to => return Ok((from, to)),
        None => match rates.first().and_then(began) {
            Some(first) => {
                format!("no epoch is known that had begun by the last day of --to: {first}")
            }
            None => "no epoch is known that had begun by the last day of --to".to_owned(),
        },
        Some(_) if by_day && from > now => format!("this time has not come yet: it is epoch {now}"),
        Some(to) if by_day && from.checked_sub(to) == Some(1) => {
            format!(
                "no epoch began in this time: epoch {to} began before it, and epoch {from} after it"
            )
        }
        Some(to) => {
            format!("there is no epoch in this time: the first is {from}, and the last is {to}")
        }
    };
    Err(misuse(why))
}

/// When the first epoch that is known began, as a part of a sentence; none where nobody knows.
fn began(rate: &EpochRate) -> Option<String> {
    let time = utc(Some(rate.epoch_start_timestamp).filter(|time| *time > 0))?;
    let day = time.get(..DAY_LETTERS)?;
    Some(format!(
        "the first known one, {}, began on {day}",
        rate.epoch
    ))
}

/// The first epoch that began on a day or later. Before the first that is known, nothing is left out.
fn first_epoch(day: Day, rates: &[EpochRate], now: u64) -> u64 {
    let start = match day {
        Day::Epoch(epoch) => return epoch,
        Day::Date(start) => start,
    };
    let mut later = rates.iter().enumerate();
    match later.find(|(_, rate)| rate.epoch_start_timestamp >= start) {
        Some((0, _)) => 0,
        Some((_, rate)) => rate.epoch,
        None => now.saturating_add(1),
    }
}

/// The last epoch that began on a day or earlier; none where none is known.
fn last_epoch(day: Day, rates: &[EpochRate]) -> Option<u64> {
    let start = match day {
        Day::Epoch(epoch) => return Some(epoch),
        Day::Date(start) => start,
    };
    let end = start.saturating_add(DAY_SECONDS);
    let mut later = rates.iter().enumerate();
    match later.find(|(_, rate)| rate.epoch_start_timestamp >= end) {
        Some((0, _)) => None,
        Some((_, rate)) => rate.epoch.checked_sub(1),
        None => Some(u64::MAX),
    }
}
