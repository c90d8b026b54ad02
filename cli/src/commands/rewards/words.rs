//! The words of a statement, for a reader who is no programmer.

use std::fmt;

use sluice_client::words::amounts::counted;
use sluice_math::{Lamports, Lst};

use super::{
    Rewards,
    lines::{EpochRow, TotalsRow, signed},
};
use crate::output::{Facts, announce, table};

/// Letters of `2026-11-29 03:10`.
const WITH_MINUTES: usize = 16;

/// What the amounts are, said below them.
const BY_WHICH_PRICE: &str = "An epoch's gain is what the change of the deposit price brought to what was held over its \
                              start. Nobody paid it: it is in the price. Worth is by that price, too: who leaves \
                              before the drip has ended gets less. How it is taxed, no program can tell you.";

/// What can be missing where not all transactions were read.
pub const GIVEN_TICKETS: &str =
    "A ticket that was given to you and is claimed may be missing: --all-transactions finds it.";

impl Rewards {
    /// Says what is not known, so that nobody takes a gap for nothing.
    pub fn warn(&self) {
        if self.is_unfinished {
            announce(
                "There are more transactions than one command reads: the history is incomplete. Run it \
                 again to go on; what was read is kept.",
            );
        }
        if self.unshown_transactions > 0 {
            announce(format_args!(
                "The node's history is incomplete: it lists {} that it does not show.",
                counted(self.unshown_transactions as u64, "transaction")
            ));
        }
        if !self.is_whole && !self.lacks_prices() && self.totals.is_some() {
            announce(
                "The node's history is incomplete: the balances do not follow from each other. What \
                 is missing is called unexplained. Ask a node that keeps its whole history.",
            );
        }
        if let Some(epoch) = self
            .known_from_epoch
            .filter(|epoch| self.from_epoch < *epoch)
        {
            announce(format_args!(
                "The node's history begins in epoch {epoch}. What was held before is not known, and \
                 earlier epochs are left out."
            ));
        }
        if let Some(epoch) = self.priced_from_epoch.filter(|_| self.lacks_prices()) {
            announce(format_args!(
                "The pool's prices are known from epoch {epoch} on: what was held before has no worth and \
                 no gain here. A keeper's store (--store) may go further back."
            ));
        }
    }

    /// Whether something was held at a time of which no price is known.
    fn lacks_prices(&self) -> bool {
        self.priced_from_epoch
            .is_some_and(|epoch| self.from_epoch < epoch)
    }

    /// The epochs that were asked for, and from which on something is known.
    fn heading(&self) -> String {
        let (from, to) = (self.from_epoch, self.to_epoch);
        let asked = format!("Epochs {from} to {to} of {}", self.owner);
        let unpriced = self.priced_from_epoch.filter(|_| self.lacks_prices());
        match unpriced.max(self.known_from_epoch) {
            Some(known) if known > to => {
                format!("{asked}: not known. The first epoch that is known is {known}.")
            }
            Some(known) if known > from => format!("{asked}: known from epoch {known} on."),
            _ => format!("{asked}."),
        }
    }
}

fn minutes(time: Option<&str>) -> String {
    let time = time.map(|time| time.get(..WITH_MINUTES).unwrap_or(time));
    time.map_or_else(|| "not known".to_owned(), |time| time.replace('T', " "))
}

impl fmt::Display for Rewards {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sol = |lamports| Lamports::new(lamports).to_string();
        writeln!(formatter, "{}", self.heading())?;
        if !self.has_all_transactions {
            writeln!(formatter, "{GIVEN_TICKETS}")?;
        }
        if self.has_nothing() {
            return writeln!(
                formatter,
                "Nothing of this pool was held, came or went, as far as is known."
            );
        }
        let mut epochs = table(
            ["epoch", "began, UTC", "held LST", "gain SOL", "worth SOL"],
            2,
        );
        // Epochs before anything was held say nothing.
        let is_empty = |row: &&EpochRow| row.held_lst == 0 && row.worth_lamports == 0;
        let mut told = self.epochs.iter().skip_while(is_empty).peekable();
        let has_epochs = told.peek().is_some();
        for row in told {
            epochs.add_row([
                row.epoch.to_string(),
                minutes(row.time_utc.as_deref()),
                Lst::new(row.held_lst).to_string(),
                signed(row.gain_lamports),
                sol(row.worth_lamports),
            ]);
        }
        if has_epochs {
            writeln!(formatter, "{epochs}")?;
        }
        if !self.movements.is_empty() {
            let mut movements = table(["when, UTC", "what", "LST", "SOL"], 2);
            for row in &self.movements {
                let paid = Some(row.paid_lamports).filter(|lamports| *lamports > 0);
                let lst = match (row.change_lst, row.ticket_lst) {
                    (0, Some(lst)) => format!("({})", Lst::new(lst)),
                    (0, None) => String::new(),
                    (change, _) => signed(change),
                };
                movements.add_row([
                    minutes(row.time_utc.as_deref()),
                    row.kind.replace('_', " "),
                    lst,
                    paid.map_or_else(String::new, sol),
                ]);
            }
            writeln!(formatter, "{movements}")?;
        }
        let Some(totals) = &self.totals else {
            return writeln!(
                formatter,
                "What all of it was worth and gained is not known."
            );
        };
        write!(formatter, "{}", Facts(&self.sums(totals)))?;
        writeln!(formatter, "{BY_WHICH_PRICE}")
    }
}

impl Rewards {
    fn has_nothing(&self) -> bool {
        let holds = |row: &EpochRow| row.held_lst > 0 || row.worth_lamports > 0;
        let is_zero =
            |totals: &TotalsRow| totals.start_worth_lamports == 0 && totals.end_worth_lamports == 0;
        self.movements.is_empty()
            && self.totals.as_ref().is_some_and(is_zero)
            && !self.epochs.iter().any(holds)
    }

    /// The lines add up.
    fn sums(&self, totals: &TotalsRow) -> Vec<(&'static str, String)> {
        let sol = |lamports: u64| format!("{} SOL", Lamports::new(lamports));
        let change = |lamports: i64| format!("{} SOL", signed(lamports));
        let mut lines = vec![
            ("Worth at the start", sol(totals.start_worth_lamports)),
            ("+ paid in", sol(totals.paid_in_lamports)),
            ("- paid out", sol(totals.paid_out_lamports)),
            ("+ received", change(totals.received_lamports)),
            ("- sent", change(totals.sent_lamports)),
            ("+ gain", change(totals.gain_lamports)),
            ("- left in the pool", change(totals.left_lamports)),
        ];
        if totals.unexplained_lamports != 0 || !self.is_whole {
            lines.push(("+ unexplained", change(totals.unexplained_lamports)));
        }
        lines.extend([
            ("= worth at the end", sol(totals.end_worth_lamports)),
            ("", String::new()),
            ("Fees of the pool", sol(totals.fee_lamports)),
            ("Network fees", sol(totals.network_fee_lamports)),
        ]);
        lines
    }
}
