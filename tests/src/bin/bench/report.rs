//! The table and the file.

use {
    anyhow::{Context, Result},
    comfy_table::{Cell, CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY},
    sluice_tests::measure::{Figure, Target, Unit},
    std::{fs, path::Path},
};

/// The table of all figures, with the ceilings beside them.
pub fn table(figures: &[Figure]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header([
        "measure", "subject", "unit", "min", "median", "max", "n", "at most", "",
    ]);
    for figure in figures {
        table.add_row(row(figure));
    }
    for column in table.column_iter_mut().skip(3).take(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn row(figure: &Figure) -> Vec<Cell> {
    let unit = match figure.unit {
        Unit::ComputeUnits => "compute units",
        Unit::Transactions => "transactions",
        Unit::Bytes => "bytes",
    };
    let (ceiling, verdict) = match Target::of(figure) {
        None => (String::new(), ""),
        Some(target) if target.is_met_by(figure) => (grouped(target.ceiling), "met"),
        Some(target) => (grouped(target.ceiling), "EXCEEDED"),
    };
    vec![
        Cell::new(&figure.measure),
        Cell::new(figure.subject),
        Cell::new(unit),
        Cell::new(grouped(figure.min)),
        Cell::new(grouped(figure.median)),
        Cell::new(grouped(figure.max)),
        Cell::new(figure.n),
        Cell::new(ceiling),
        Cell::new(verdict),
    ]
}

/// The number with a comma between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes the figures as JSON.
pub fn write(figures: &[Figure], path: &Path) -> Result<()> {
    let json = serde_json::to_string_pretty(figures)?;
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::write(path, json + "\n").with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(123), "123");
        assert_eq!(grouped(1_234), "1,234");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
