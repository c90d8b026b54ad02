//! A statement as comma-separated values.

use anyhow::Result;
use sluice_client::quote::statement::Kind;
use sluice_math::Lamports;

use super::{
    Rewards,
    lines::{EpochRow, MovementRow, signed},
};
use crate::args::CsvFormat;

/// The columns of all that is known.
const GENERIC: [&str; 17] = [
    "time_utc",
    "epoch",
    "type",
    "sent_amount",
    "sent_currency",
    "received_amount",
    "received_currency",
    "pool_fee_sol",
    "network_fee_sol",
    "gain_sol",
    "left_sol",
    "held_lst",
    "deposit_price_sol",
    "worth_sol",
    "ticket",
    "ticket_lst",
    "signature",
];
/// The columns of Koinly's universal template.
const KOINLY: [&str; 12] = [
    "Date",
    "Sent Amount",
    "Sent Currency",
    "Received Amount",
    "Received Currency",
    "Fee Amount",
    "Fee Currency",
    "Net Worth Amount",
    "Net Worth Currency",
    "Label",
    "Description",
    "TxHash",
];
/// The columns of CoinTracker's template.
const COINTRACKER: [&str; 8] = [
    "Date",
    "Received Quantity",
    "Received Currency",
    "Sent Quantity",
    "Sent Currency",
    "Fee Amount",
    "Fee Currency",
    "Tag",
];

/// What Koinly calls a fee that was paid for nothing else that moved.
const KOINLY_COST: &str = "cost";

/// What left and what came, each with its currency.
struct Flow {
    sent: [String; 2],
    received: [String; 2],
}

impl Flow {
    fn of(row: &MovementRow, symbol: &str) -> Self {
        let of = |units: u64, currency: &str| match units {
            0 => [String::new(), String::new()],
            _ => [Lamports::new(units).to_string(), currency.to_owned()],
        };
        let sol = of(row.paid_lamports, "SOL");
        let lst = of(row.change_lst.unsigned_abs(), symbol);
        let none = || [String::new(), String::new()];
        let (sent, received) = match row.what {
            Kind::Deposit | Kind::StakeDeposit => (sol, lst),
            Kind::InstantExit | Kind::StakeExit | Kind::Settled => (lst, sol),
            // The SOL of a claim is in the line of its settlement.
            Kind::Requested | Kind::Cancelled | Kind::Claimed => (none(), none()),
            _ if row.change_lst < 0 => (lst, none()),
            _ => (none(), lst),
        };
        Self { sent, received }
    }

    fn is_none(&self) -> bool {
        self.sent[0].is_empty() && self.received[0].is_empty()
    }

    /// What a tax program is told: where only the fee of the network was paid, that is what left. None where
    /// nothing moved. Also whether it is such a fee.
    fn taxed(row: &MovementRow, symbol: &str) -> Option<(Self, [String; 2], bool)> {
        let (flow, fee) = (Self::of(row, symbol), network_fee(row));
        match (flow.is_none(), row.network_fee_lamports) {
            (true, 0) => None,
            (true, _) => {
                let none = || [String::new(), String::new()];
                let received = none();
                Some((
                    Self {
                        sent: fee,
                        received,
                    },
                    none(),
                    true,
                ))
            }
            (false, _) => Some((flow, fee, false)),
        }
    }
}

impl Rewards {
    /// The statement in a form, with a line of names.
    pub fn csv(&self, format: CsvFormat, symbol: &str) -> Result<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        match format {
            CsvFormat::Generic => {
                writer.write_record(GENERIC)?;
                for line in self.generic(symbol) {
                    writer.write_record(line)?;
                }
            }
            CsvFormat::Koinly => {
                writer.write_record(KOINLY)?;
                for row in &self.movements {
                    if let Some(line) = koinly(row, symbol) {
                        writer.write_record(line)?;
                    }
                }
            }
            CsvFormat::Cointracker => {
                writer.write_record(COINTRACKER)?;
                for row in &self.movements {
                    if let Some(line) = cointracker(row, symbol) {
                        writer.write_record(line)?;
                    }
                }
            }
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    /// Gains and movements, by epoch: a gain comes at the start of its epoch.
    fn generic(&self, symbol: &str) -> Vec<Vec<String>> {
        let gains = self.epochs.iter().map(|row| ((row.epoch, 0), gain(row)));
        let movements = self.movements.iter();
        let movements = movements.map(|row| ((row.epoch, 1), movement(row, symbol)));
        let mut lines: Vec<_> = gains.chain(movements).collect();
        lines.sort_by_key(|(place, _)| *place);
        lines.into_iter().map(|(_, line)| line).collect()
    }
}

fn gain(row: &EpochRow) -> Vec<String> {
    let none = String::new;
    let amount = |units: u64| Lamports::new(units).to_string();
    vec![
        row.time_utc.clone().unwrap_or_default(),
        row.epoch.to_string(),
        "gain".to_owned(),
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        signed(row.gain_lamports),
        none(),
        amount(row.held_lst),
        row.deposit_price_lamports.map_or_else(none, amount),
        amount(row.worth_lamports),
        none(),
        none(),
        none(),
    ]
}

fn movement(row: &MovementRow, symbol: &str) -> Vec<String> {
    let none = String::new;
    let amount = |units: u64| Lamports::new(units).to_string();
    let Flow { sent, mut received } = Flow::of(row, symbol);
    if row.what == Kind::Claimed {
        received = [amount(row.paid_lamports), "SOL".to_owned()];
    }
    let [sent, sent_currency] = sent;
    let [received, received_currency] = match row.what {
        // It is not paid yet: the line of the claim says when.
        Kind::Settled => [none(), none()],
        _ => received,
    };
    vec![
        row.time_utc.clone().unwrap_or_default(),
        row.epoch.to_string(),
        row.kind.to_owned(),
        sent,
        sent_currency,
        received,
        received_currency,
        amount(row.fee_lamports),
        amount(row.network_fee_lamports),
        none(),
        row.left_lamports.map_or_else(none, signed),
        none(),
        none(),
        none(),
        row.ticket.clone().unwrap_or_default(),
        row.ticket_lst.map_or_else(none, amount),
        row.signature.clone().unwrap_or_default(),
    ]
}

fn koinly(row: &MovementRow, symbol: &str) -> Option<Vec<String>> {
    let (flow, fee, is_cost) = Flow::taxed(row, symbol)?;
    let time = row.time_utc.as_deref().unwrap_or_default();
    let label = if is_cost { KOINLY_COST } else { "" };
    let mut line = vec![time.replace('T', " ").replace('Z', "")];
    line.extend(flow.sent);
    line.extend(flow.received);
    line.extend(fee);
    line.extend([String::new(), String::new(), label.to_owned()]);
    line.push(format!("Sluice {}", row.kind.replace('_', " ")));
    line.push(row.signature.clone().unwrap_or_default());
    Some(line)
}

fn cointracker(row: &MovementRow, symbol: &str) -> Option<Vec<String>> {
    let (flow, fee, _) = Flow::taxed(row, symbol)?;
    let time = row.time_utc.as_deref().and_then(american);
    let mut line = vec![time.unwrap_or_default()];
    line.extend(flow.received);
    line.extend(flow.sent);
    line.extend(fee);
    line.push(String::new());
    Some(line)
}

fn network_fee(row: &MovementRow) -> [String; 2] {
    match row.network_fee_lamports {
        0 => [String::new(), String::new()],
        fee => [Lamports::new(fee).to_string(), "SOL".to_owned()],
    }
}

/// `11/29/2026 03:10:05`.
fn american(time: &str) -> Option<String> {
    let (date, clock) = time.trim_end_matches('Z').split_once('T')?;
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{month}/{day}/{year} {clock}"))
}
