//! Tables and lists of facts, for people.

use std::fmt;

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, Table, presets::UTF8_FULL_CONDENSED,
};

/// A table with a header, the columns from `first_number` on aligned to the right.
pub fn table<const COLUMNS: usize>(header: [&str; COLUMNS], first_number: usize) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header);
    for column in table.column_iter_mut().skip(first_number) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Columns of a terminal that everybody has.
pub const COLUMNS: u16 = 80;

/// Breaks the lines of a table whose cells are sentences, so that it fits every terminal.
pub fn narrow(table: &mut Table) {
    table
        .set_width(COLUMNS)
        .set_content_arrangement(ContentArrangement::Dynamic);
}

/// Leaves the first column away: it says the same in every row.
pub fn hide_first(table: &mut Table) {
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::Hidden);
    }
}

/// An amount in words, where it is known.
pub fn known(amount: Option<u64>, in_words: impl FnOnce(u64) -> String) -> String {
    amount.map_or_else(|| "not known yet".to_owned(), in_words)
}

/// Lines of a name and what it is, the second aligned. A fact without a name is an empty line.
pub struct Facts<'a>(pub &'a [(&'static str, String)]);

impl fmt::Display for Facts<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        self.0.iter().try_for_each(|(name, fact)| {
            if name.is_empty() {
                return writeln!(formatter);
            }
            writeln!(formatter, "{name:width$}  {fact}")
        })
    }
}
