//! The table and the file.

use std::{fs, ops::Range, path::Path};

use anyhow::{Context, Result};
use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};

use crate::measure::{Figure, Target, Unit};

/// The table of all figures, with the ceilings beside them.
pub fn table(figures: &[Figure]) -> Table {
    let header = [
        "measure", "subject", "unit", "min", "median", "max", "n", "at most", "",
    ];
    numbers(&header, 3..8, figures.iter().map(row))
}

/// The table of what both programs do, one beside the other: their largest values.
pub fn comparison(figures: &[Figure]) -> Table {
    let (ours, theirs): (Vec<&Figure>, Vec<&Figure>) = figures
        .iter()
        .partition(|figure| figure.subject == "sluice");
    let rows = ours.into_iter().filter_map(|figure| {
        let same = |other: &&&Figure| snake_case(&other.measure) == figure.measure;
        let other = theirs.iter().find(same)?;
        Some(vec![
            Cell::new(&figure.measure),
            Cell::new(grouped(figure.max)),
            Cell::new(grouped(other.max)),
        ])
    });
    numbers(&["measure, max", "sluice", "spl-stake-pool"], 1..3, rows)
}

/// A table in which these columns are numbers.
pub(crate) fn numbers(
    header: &[&str],
    columns: Range<usize>,
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header(header);
    table.add_rows(rows);
    for column in table
        .column_iter_mut()
        .skip(columns.start)
        .take(columns.len())
    {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// `DepositSol` as `deposit_sol`: instructions of the same purpose have the same name in both.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
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
pub(crate) fn grouped(number: u64) -> String {
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

/// Bytes of a file.
pub fn bytes(path: &Path) -> Result<u64> {
    let file = fs::metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(file.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_of_both_programs_are_paired_by_their_names() {
        assert_eq!(snake_case("DepositSol"), "deposit_sol");
        assert_eq!(
            snake_case("DepositStake_10_validators"),
            "deposit_stake_10_validators"
        );
        assert_eq!(snake_case("elf_bytes"), "elf_bytes");
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(123), "123");
        assert_eq!(grouped(1_234), "1,234");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
