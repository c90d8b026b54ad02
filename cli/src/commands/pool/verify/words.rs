//! The page of `sluice pool verify`, for a reader who is no programmer.

use std::{cmp::Reverse, fmt};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets::NOTHING};
use sluice_client::{Verdict, words::amounts::counted};

use super::{Checked, Verified};
use crate::output::COLUMNS;

/// What the longest verdict and the longest name take.
const VERDICT_COLUMNS: u16 = 8;
const NAME_COLUMNS: u16 = 14;

impl Verified {
    /// What it means for a holder, in a sentence or two.
    pub(super) fn headline(&self) -> String {
        let total = counted(self.checks.len() as u64, "check");
        let of = |verdict| self.count(verdict) as u64;
        match self.worst {
            Verdict::Fail => format!(
                "Do not trust this pool: {} of {total} failed.",
                of(Verdict::Fail)
            ),
            Verdict::Warning => format!(
                "{} to look at, because it can cost holders. None of {total} failed.",
                counted(of(Verdict::Warning), "warning")
            ),
            Verdict::Notice => format!(
                "Everything adds up: none of {total} failed. {} worth knowing.",
                match of(Verdict::Notice) {
                    1 => "One thing is".to_owned(),
                    more => format!("{more} things are"),
                }
            ),
            Verdict::Ok => format!("Everything adds up: none of {total} failed."),
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "Pool {}", self.pool)?;
        if let Some(program) = &self.program {
            writeln!(formatter, "Code {}", program.hash)?;
        }
        writeln!(formatter, "Slot {}, epoch {}", self.slot, self.epoch)?;
        writeln!(formatter, "\n{}\n", self.headline())?;
        let mut checks: Vec<&Checked> = self.checks.iter().collect();
        checks.sort_by_key(|check| Reverse(check.worst));
        let mut lines = Table::new();
        lines
            .load_style(NOTHING)
            .set_width(COLUMNS)
            .set_content_arrangement(ContentArrangement::Dynamic);
        for check in checks {
            let name = check.check.replace('_', " ");
            lines.add_row([word(check.worst), &name, &check.says]);
        }
        for (index, columns) in [(0, VERDICT_COLUMNS), (1, NAME_COLUMNS)] {
            if let Some(column) = lines.column_mut(index) {
                column
                    .set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(columns)))
                    .set_padding((0, 2));
            }
        }
        writeln!(formatter, "{}", lines.trim_fmt())?;
        writeln!(
            formatter,
            "\nThis is what one node says, unless several are named.\n`sluice pool verify --help` says \
             what to compare the program with."
        )
    }
}

/// How a verdict is called on the page.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Notice => "notice",
        Verdict::Warning => "WARNING",
        Verdict::Fail => "FAIL",
    }
}
