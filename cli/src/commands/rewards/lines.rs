//! The lines of a statement, as scripts read them.

use std::time::{Duration, UNIX_EPOCH};

use serde::Serialize;
use sluice_client::quote::statement::{EpochLine, Kind, Movement, Totals};

/// What was held over the start of an epoch.
#[derive(Debug, Serialize)]
pub struct EpochRow {
    pub epoch: u64,
    pub time_utc: Option<String>,
    pub held_lst: u64,
    /// The part of it in tickets.
    pub waiting_lst: u64,
    pub deposit_price_lamports: Option<u64>,
    pub gain_lamports: i64,
    pub worth_lamports: u64,
}

/// Something that happened.
#[derive(Debug, Serialize)]
pub struct MovementRow {
    pub kind: &'static str,
    pub epoch: u64,
    pub time_utc: Option<String>,
    pub change_lst: i64,
    pub paid_lamports: u64,
    pub fee_lamports: u64,
    pub network_fee_lamports: u64,
    pub worth_change_lamports: Option<i64>,
    pub left_lamports: Option<i64>,
    pub ticket: Option<String>,
    pub ticket_lst: Option<u64>,
    pub signature: Option<String>,
    #[serde(skip)]
    pub what: Kind,
}

/// Sums of a statement.
#[derive(Debug, Serialize)]
pub struct TotalsRow {
    pub start_worth_lamports: u64,
    pub paid_in_lamports: u64,
    pub paid_out_lamports: u64,
    pub received_lamports: i64,
    pub sent_lamports: i64,
    pub unexplained_lamports: i64,
    pub gain_lamports: i64,
    pub left_lamports: i64,
    pub end_worth_lamports: u64,
    pub fee_lamports: u64,
    pub network_fee_lamports: u64,
}

impl From<&EpochLine> for EpochRow {
    fn from(line: &EpochLine) -> Self {
        Self {
            epoch: line.epoch,
            time_utc: utc(Some(line.timestamp).filter(|time| *time > 0)),
            held_lst: line.held_lst,
            waiting_lst: line.waiting_lst,
            deposit_price_lamports: line.price_lamports,
            gain_lamports: line.gain_lamports,
            worth_lamports: line.worth_lamports,
        }
    }
}

impl From<&Movement> for MovementRow {
    fn from(movement: &Movement) -> Self {
        Self {
            kind: code(movement.kind),
            epoch: movement.epoch,
            time_utc: utc(movement.timestamp),
            change_lst: movement.change_lst,
            paid_lamports: movement.lamports,
            fee_lamports: movement.fee_lamports,
            network_fee_lamports: movement.network_fee_lamports,
            worth_change_lamports: movement.worth_change_lamports,
            left_lamports: movement.left_lamports,
            ticket: movement.ticket.map(|ticket| ticket.to_string()),
            ticket_lst: movement.ticket_lst,
            signature: movement.signature.clone(),
            what: movement.kind,
        }
    }
}

impl From<&Totals> for TotalsRow {
    fn from(totals: &Totals) -> Self {
        Self {
            start_worth_lamports: totals.start_worth_lamports,
            paid_in_lamports: totals.paid_in_lamports,
            paid_out_lamports: totals.paid_out_lamports,
            received_lamports: totals.received_lamports,
            sent_lamports: totals.sent_lamports,
            unexplained_lamports: totals.unexplained_lamports,
            gain_lamports: totals.gain_lamports,
            left_lamports: totals.left_lamports,
            end_worth_lamports: totals.end_worth_lamports,
            fee_lamports: totals.fee_lamports,
            network_fee_lamports: totals.network_fee_lamports,
        }
    }
}

/// A movement's name in JSON and in comma-separated values.
fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Deposit => "deposit",
        Kind::StakeDeposit => "stake_deposit",
        Kind::InstantExit => "instant_exit",
        Kind::StakeExit => "stake_exit",
        Kind::Requested => "requested",
        Kind::Cancelled => "cancelled",
        Kind::Settled => "settled",
        Kind::Claimed => "claimed",
        Kind::TicketGiven => "ticket_given",
        Kind::TicketReceived => "ticket_received",
        Kind::Received => "received",
        Kind::Sent => "sent",
        Kind::Unexplained => "unexplained",
    }
}

/// `2026-11-29T03:10:05Z`; none where it is not known, or no year of four digits.
pub fn utc(timestamp: Option<i64>) -> Option<String> {
    let seconds = u64::try_from(timestamp?).ok();
    let seconds = seconds.filter(|seconds| *seconds <= 253_402_300_799)?;
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
    Some(humantime::format_rfc3339_seconds(time).to_string())
}

/// A signed amount with nine digits.
pub fn signed(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}", sluice_math::Lamports::new(units.unsigned_abs()))
}
