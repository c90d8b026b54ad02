//! A small load run, and what the book says that one pool carries.

use sluice_bench::load::{Capacity, Kind, Load, Outcome, PoolLocks, run};

/// The page of the book.
const PAGE: &str = include_str!("../../docs/src/benchmarks.md");
/// What a kind may count more or less than the book says, in percent: addresses differ from run to
/// run, and some are found later than others.
const TOLERANCE_PERCENT: u64 = 10;
const SMALL: Load = Load {
    holders: 16,
    validators: 3,
};

/// A row of the book's table of transactions.
struct Row {
    writes_pool: bool,
    cost_units: u64,
    /// In 400 ms, in 200 ms, in a second.
    admitted: [u64; 3],
}

/// What the book says of a kind.
fn row_of(kind: &Kind) -> Row {
    let rows = PAGE.lines().filter(|line| line.starts_with('|'));
    let mut rows = rows.map(|line| line.replace('`', ""));
    let start = format!("| {} | ", kind.name);
    let row = rows.find(|row| row.starts_with(&start) && row.matches('|').count() == 9);
    let row = row.unwrap_or_else(|| panic!("the book says nothing of {}", kind.name));
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let number = |cell: usize| {
        let digits = cells[cell].replace(',', "");
        digits.parse().unwrap_or_else(|_| panic!("{row}: {cell}"))
    };
    Row {
        writes_pool: cells[2] == "yes",
        cost_units: number(5),
        admitted: [number(6), number(7), number(8)],
    }
}

fn assert_told(kind: &Kind, capacity: &Capacity) {
    let row = row_of(kind);
    let (counts, told) = (kind.cost_units, row.cost_units);
    let difference = counts.abs_diff(told) * 100 / told;
    assert!(
        difference <= TOLERANCE_PERCENT,
        "{} counts {counts}, the book says {told}",
        kind.name
    );
    assert_eq!(row.writes_pool, kind.locks_pool, "{}", kind.name);
    let kind = Kind {
        cost_units: told,
        ..kind.clone()
    };
    let in_block = capacity.in_block(&kind);
    let admitted = [in_block, in_block / 2, capacity.in_second(&kind)];
    assert_eq!(row.admitted, admitted, "{}", kind.name);
}

#[test]
fn holders_beside_a_crank_fail_nowhere_add_up_and_count_what_the_book_says() {
    let Outcome {
        kinds,
        phases,
        capacity,
        sums,
    } = run(&SMALL, &mut |_| {}).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!((sums.holders, sums.tickets), (SMALL.holders, SMALL.holders));
    assert_eq!(sums.claims_lamports, 0, "everything settled is claimed");
    let cranks = phases.iter().filter_map(|phase| phase.crank);
    assert_eq!(cranks.filter(|crank| crank.lock_pool > 0).count(), 4);
    let locks = PoolLocks::of_interface().expect("the IDL is committed");
    assert_eq!(kinds.len(), 6);
    for kind in &kinds {
        let instruction = kind.name.split(',').next().unwrap_or_default();
        assert_eq!(locks.writes(instruction), kind.locks_pool, "{}", kind.name);
        assert_told(kind, &capacity);
    }
}

#[test]
fn the_book_says_which_instructions_write_to_the_pool() {
    let table = PoolLocks::of_interface()
        .expect("the IDL is committed")
        .table();
    assert!(
        PAGE.contains(&table),
        "the table of the book should be:\n{table}"
    );
}
