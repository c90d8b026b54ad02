//! Sending what everybody has signed.

use std::{collections::BTreeSet, fmt};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use serde_json::{Map, Value};
use sluice_client::{
    Confirmed,
    send::errand::Errand,
    words::{
        amounts::{amount, counted, sol},
        describe::{self, EventInWords},
    },
};
use solana_pubkey::Pubkey;

use super::landing::{Standing, send_signed, simulate_signed, standing};
use crate::{
    args::SendArgs,
    progress::Progress,
    session::Session,
    transaction::{Errands, require_meant, tell},
    transaction_file::{TransactionFile, Waiting},
};

/// What was sent.
#[derive(Debug, Serialize)]
pub struct SentFile {
    transactions: Vec<SentTransaction>,
}

/// A confirmed transaction.
#[derive(Debug, Serialize)]
struct SentTransaction {
    signature: String,
    slot: u64,
    /// Whether it was on the cluster before this command sent it.
    was_there: bool,
    /// What it cost, priority included; none where the node does not say.
    network_fee_lamports: Option<u64>,
    /// None where no node tells yet what the programs said.
    events: Option<Vec<EventLine>>,
}

/// What the program said.
#[derive(Debug, Serialize)]
struct EventLine {
    event: &'static str,
    #[serde(flatten)]
    fields: Map<String, Value>,
    /// The same in words, each by its whole name.
    #[serde(skip)]
    lines: Vec<(String, String)>,
}

/// Sends the transactions of a file in their order, each once the one before it is confirmed. What
/// is on the cluster already is not sent again.
pub fn send(session: &Session, arguments: &SendArgs) -> Result<SentFile> {
    session.makes_no_transaction("send")?;
    let file = read(arguments)?;
    let total = file.transactions().len();
    let transactions = file.transactions().iter();
    let payers: BTreeSet<&Pubkey> = transactions
        .filter_map(|one| one.signers().first())
        .collect();
    let payers: Vec<String> = payers.into_iter().map(Pubkey::to_string).collect();
    tell(
        session,
        &[
            ("Fee payer", payers.join(", ")),
            ("Sends", counted(total, "signed transaction")),
        ],
    )?;
    require_meant(session, &errands(&file))?;
    let progress = Progress::steps("sending");
    let mut sent = Vec::with_capacity(total);
    for waiting in file.transactions() {
        progress.at(sent.len(), total);
        let landed = SentTransaction::land(session, waiting);
        sent.push(landed.map_err(|error| match sent.len() {
            0 => error,
            before => error.context(format!(
                "{before} of {total} transactions are done, and the next one failed"
            )),
        })?);
    }
    Ok(SentFile { transactions: sent })
}

/// The file with the signatures of all its copies; everybody must have signed.
fn read(arguments: &SendArgs) -> Result<TransactionFile> {
    let mut copies = arguments
        .files
        .iter()
        .map(|path| TransactionFile::read(path));
    let mut file = copies.next().context("no file is named")??;
    copies.try_for_each(|copy| file.merge(&copy?))?;
    let missing = file.missing();
    ensure!(
        missing.is_empty(),
        "not everybody has signed: `sluice sign` must be run by {}",
        missing
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    );
    Ok(file)
}

/// What its transactions are for, those that pay again.
fn errands(file: &TransactionFile) -> Errands {
    let transactions = file.transactions().iter();
    let all = transactions
        .clone()
        .map(|waiting| Errand::of(&waiting.transaction().message, &[]));
    Errands {
        all: all.filter(Errand::pays_again).collect(),
        signed: transactions.map(Waiting::signature).collect(),
    }
}

impl SentTransaction {
    fn land(session: &Session, waiting: &Waiting) -> Result<Self> {
        let rpc = &session.rpc;
        let (slot, was_there) = match standing(rpc, waiting)? {
            Standing::Landed { slot } => (slot, true),
            Standing::Dead { why } => bail!("it cannot be sent any more: {why}. Dump it again"),
            Standing::Open => {
                simulate_signed(rpc, waiting)?;
                (send_signed(session, waiting)?, false)
            }
        };
        let signature = waiting.signature();
        let confirmed = Confirmed::read(&session.afterwards, &signature);
        let fee_lamports = confirmed.as_ref().map(|confirmed| confirmed.fee_lamports);
        let logs = confirmed.and_then(|confirmed| confirmed.logs);
        Ok(Self {
            signature: signature.to_string(),
            slot,
            was_there,
            network_fee_lamports: fee_lamports,
            events: logs.map(|logs| {
                let events = describe::events(&logs).into_iter();
                events.map(EventLine::from).collect()
            }),
        })
    }
}

/// Fields by their names. A name with a dot is that of a field in another one.
fn nested(fields: impl Iterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, value) in fields {
        match name.split_once('.') {
            Some((outer, inner)) => {
                let outer = all.entry(outer).or_insert_with(|| Map::new().into());
                if let Some(outer) = outer.as_object_mut() {
                    outer.insert(inner.to_owned(), value);
                }
            }
            None => {
                all.insert(name, value);
            }
        }
    }
    all
}

impl From<EventInWords> for EventLine {
    fn from(event: EventInWords) -> Self {
        let lines = event.fields.iter();
        let lines = lines.map(|field| (field.name.clone(), amount(&field.name, &field.value)));
        Self {
            event: event.name,
            lines: lines.collect(),
            fields: nested(
                event
                    .fields
                    .into_iter()
                    .map(|field| (field.name, field.value)),
            ),
        }
    }
}

impl fmt::Display for SentFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.transactions.len();
        for (index, sent) in self.transactions.iter().enumerate() {
            let how = match sent.was_there {
                true => "was on the cluster already, and was not sent again",
                false => "is confirmed",
            };
            writeln!(
                formatter,
                "Transaction {} of {total} {how}.\n{sent}",
                index + 1
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for SentTransaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.events.is_none() {
            writeln!(formatter, "\nNo node tells yet what it did.")?;
        }
        for event in self.events.iter().flatten() {
            writeln!(formatter, "\n{}", event.event)?;
            let widths = event.lines.iter().map(|(name, _)| name.len());
            let width = widths.max().unwrap_or_default();
            for (name, value) in &event.lines {
                writeln!(formatter, "  {name:width$}  {value}")?;
            }
        }
        writeln!(formatter, "\nTransaction  {}", self.signature)?;
        writeln!(formatter, "Slot         {}", self.slot)?;
        match self.network_fee_lamports {
            Some(lamports) => writeln!(formatter, "Fee          {}", sol(lamports)),
            None => writeln!(formatter, "The node does not say what it cost."),
        }
    }
}
