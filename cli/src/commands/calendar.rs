//! What comes when: of the epoch, of a pool, and of somebody's tickets.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    Coming, Occasion, Pace, PoolSnapshot,
    words::amounts::{lst, sol},
};
use solana_pubkey::Pubkey;

use super::ticket_book::{Entry, TicketBook};
use crate::{
    args::CalendarArgs,
    moment::{Calendar, Date},
    output::{announce, narrow, table},
    parameters::{Setting, name},
    session::Session,
};

/// What comes, earliest first.
#[derive(Debug, Serialize)]
pub struct Dates {
    pool: String,
    epoch: u64,
    is_fresh: bool,
    now: Date,
    /// Whose tickets are among the dates; none where nobody's are.
    owner: Option<String>,
    /// None where no slot passes.
    pace: Option<PaceLine>,
    dates: Vec<DateLine>,
}

/// How long slots took, in nanoseconds.
#[derive(Debug, Serialize)]
struct PaceLine {
    usual_slot_nanoseconds: u64,
    fastest_slot_nanoseconds: u64,
    slowest_slot_nanoseconds: u64,
    /// How many times were measured.
    measured: usize,
}

/// Something that comes.
#[derive(Debug, Serialize)]
struct DateLine {
    event: &'static str,
    /// The ticket, the parameter or the nominee that it is about.
    about: Option<String>,
    words: String,
    epoch: u64,
    /// The epoch by which it happens at the latest, where that can be told.
    latest_epoch: Option<u64>,
    #[serde(flatten)]
    date: Date,
    #[serde(skip)]
    order: u64,
}

/// Shows what comes for the configured pool and the tickets of `owner`, or of the keypair.
pub fn show(session: &Session, arguments: CalendarArgs) -> Result<Dates> {
    let snapshot = session.snapshot()?;
    let owner = owner(session, arguments);
    let calendar = Calendar::measure(session, &snapshot)?;
    let coming = snapshot.coming()?;
    let mut dates: Vec<DateLine> = coming
        .iter()
        .map(|coming| DateLine::of(coming, &calendar, &snapshot))
        .collect();
    if let Some(owner) = owner {
        let pool = snapshot.addresses.pool;
        let book = TicketBook::read(session, owner, Some(pool), None)?;
        let tickets = book.entries.iter();
        dates.extend(tickets.map(|entry| DateLine::of_ticket(entry, &calendar, &snapshot)));
    }
    dates.sort_by_key(|line| line.order);
    let clock = &snapshot.cluster.clock;
    Ok(Dates {
        pool: snapshot.addresses.pool.to_string(),
        epoch: clock.epoch,
        is_fresh: snapshot.is_fresh(),
        now: calendar.date(clock.slot),
        owner: owner.map(|owner| owner.to_string()),
        pace: calendar.pace().map(PaceLine::from),
        dates,
    })
}

/// Whose tickets are shown. Who only looks at a pool needs no keypair.
fn owner(session: &Session, arguments: CalendarArgs) -> Option<Pubkey> {
    match session.address_or_own(arguments.owner) {
        Ok(owner) => Some(owner),
        Err(error) => {
            announce(format_args!(
                "Tickets are left out, since it is not known whose: {error:#}. --owner names somebody."
            ));
            None
        }
    }
}

impl From<Pace> for PaceLine {
    fn from(pace: Pace) -> Self {
        let nanoseconds =
            |duration: std::time::Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self {
            usual_slot_nanoseconds: nanoseconds(pace.usual.0),
            fastest_slot_nanoseconds: nanoseconds(pace.fastest.0),
            slowest_slot_nanoseconds: nanoseconds(pace.slowest.0),
            measured: pace.measured,
        }
    }
}

impl DateLine {
    fn of(coming: &Coming, calendar: &Calendar<'_>, snapshot: &PoolSnapshot) -> Self {
        let has_come = coming.slot <= snapshot.cluster.clock.slot;
        Self {
            event: code(&coming.occasion),
            about: about(&coming.occasion),
            words: sentence(&coming.occasion, has_come),
            epoch: coming.epoch,
            latest_epoch: None,
            date: calendar.date(coming.slot),
            order: coming.slot,
        }
    }

    fn of_ticket(entry: &Entry, calendar: &Calendar<'_>, snapshot: &PoolSnapshot) -> Self {
        let clock = &snapshot.cluster.clock;
        let worth = lst(entry.owned.ticket.lst);
        let (event, words) = match entry.dates {
            Some(dates) => (
                "ticket_payable",
                format!(
                    "the ticket over {worth} can be paid, in epoch {} at the latest",
                    dates.last_epoch
                ),
            ),
            None => (
                "ticket_claimable",
                format!(
                    "the ticket over {worth} is paid: {} wait for `sluice claim`",
                    sol(entry.payout.claimable.get())
                ),
            ),
        };
        let slot = entry.dates.map_or(clock.slot, |dates| dates.first_slot);
        Self {
            event,
            about: Some(entry.owned.address.to_string()),
            words,
            epoch: entry.dates.map_or(clock.epoch, |dates| dates.first_epoch),
            latest_epoch: entry.dates.map(|dates| dates.last_epoch),
            date: calendar.date(slot),
            order: slot,
        }
    }
}

/// An occasion's name in JSON.
fn code(occasion: &Occasion) -> &'static str {
    match occasion {
        Occasion::EpochEnds => "epoch_ends",
        Occasion::WindowOpens => "window_opens",
        Occasion::BatchLocks { .. } => "batch_locks",
        Occasion::RequestWouldLock => "request_would_lock",
        Occasion::DripEnds => "drip_ends",
        Occasion::PauseEnds => "pause_ends",
        Occasion::PaymentsGoOn => "payments_go_on",
        Occasion::ParameterChanges { .. } => "parameter_changes",
        Occasion::WeightsChange { .. } => "weights_change",
        Occasion::AdminMayChange { .. } => "admin_may_change",
    }
}

/// The parameter or the person that an occasion is about.
fn about(occasion: &Occasion) -> Option<String> {
    match occasion {
        Occasion::ParameterChanges { parameter, .. } => Some(name(*parameter).to_owned()),
        Occasion::AdminMayChange { nominee } => Some(nominee.to_string()),
        _ => None,
    }
}

/// An occasion in words; where it has come, they say so.
fn sentence(occasion: &Occasion, has_come: bool) -> String {
    let cranked = if has_come {
        " as soon as the pool is cranked"
    } else {
        ", once the pool is cranked then"
    };
    match *occasion {
        Occasion::EpochEnds => "the epoch ends, and the pool needs a new price".to_owned(),
        Occasion::WindowOpens if has_come => "the rebalance window is open: stake moves".to_owned(),
        Occasion::WindowOpens => "the rebalance window opens: stake moves".to_owned(),
        Occasion::BatchLocks { lst: waits } => format!(
            "the open batch locks: its {} cannot be taken back any more",
            lst(waits)
        ),
        Occasion::RequestWouldLock => {
            "a request made now would lock: nobody has made one".to_owned()
        }
        Occasion::DripEnds => "all rewards that drip now have reached the exit price".to_owned(),
        Occasion::PauseEnds => "the pause ends: deposits and delegation go on".to_owned(),
        Occasion::PaymentsGoOn => {
            "the queue is paid again after the loss, if the admin has not let it before".to_owned()
        }
        Occasion::ParameterChanges { parameter, value } => {
            let setting = Setting { parameter, value };
            format!("{} becomes {setting}{cranked}", name(parameter))
        }
        Occasion::WeightsChange { validators: 1 } => {
            format!("1 validator gets another weight or leaves{cranked}")
        }
        Occasion::WeightsChange { validators } => {
            format!("{validators} validators get another weight or leave{cranked}")
        }
        Occasion::AdminMayChange { nominee } => {
            format!("{nominee} may become the admin, as long as the nomination stands")
        }
    }
}

impl fmt::Display for Dates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Epoch {}, {} UTC by the cluster's clock{}.",
            self.epoch,
            self.now,
            if self.is_fresh {
                ""
            } else {
                "; the pool has no price for it yet"
            }
        )?;
        let mut dates = table(["when, UTC", "in", "what"], 3);
        narrow(&mut dates);
        for line in &self.dates {
            dates.add_row([
                line.date.with_range(),
                line.date.until(),
                line.words.clone(),
            ]);
        }
        writeln!(formatter, "{dates}")?;
        match &self.pace {
            None => writeln!(
                formatter,
                "No slot passes on this cluster now, so nobody can tell when these slots come."
            ),
            Some(pace) => pace.fmt(formatter),
        }
    }
}

impl fmt::Display for PaceLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |nanoseconds: u64| nanoseconds / 1_000_000;
        let usual = millis(self.usual_slot_nanoseconds);
        if self.measured < 2 {
            return writeln!(
                formatter,
                "Slots take {usual} ms now. They were measured once only, so no range is known."
            );
        }
        writeln!(
            formatter,
            "Slots take {usual} ms now, and took {} to {} ms in the last minutes and the pool's last \
             epochs: the dates lie between those. A cluster that stands still makes them later.",
            millis(self.fastest_slot_nanoseconds),
            millis(self.slowest_slot_nanoseconds)
        )
    }
}
