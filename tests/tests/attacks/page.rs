//! The book's chapters on attacks and on nodes name the tests as they are: none that does not exist,
//! every attack, every finding, and their rows in order.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const ATTACKS: &str = "attacks.md";
const FINDINGS: &str = "trust.md";

/// A chapter.
fn page(name: &str) -> String {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src");
    fs::read_to_string(book.join(name)).expect("a chapter")
}

/// Where tests are, and what the page writes before a place there.
const ROOTS: [(&str, &str); 8] = [
    ("", "tests"),
    ("actions: ", "../actions/tests/actions"),
    ("cli: ", "../cli/tests/cli"),
    ("client: ", "../crates/client/src"),
    ("model: ", "model/tests"),
    ("command: ", "../cli/src"),
    ("cluster: ", "../crates/localnet/src"),
    ("start: ", "../localnet-cli/tests/localnet"),
];

/// Tests by name, with the places where they are.
fn tests() -> BTreeMap<String, Vec<String>> {
    let mut tests: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (prefix, root) in ROOTS {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
        for file in sources(&root) {
            let text = fs::read_to_string(&file).expect("a source file");
            for name in test_names(&text) {
                let place = format!("{prefix}{}", place(&root, &file));
                tests.entry(name).or_default().push(place);
            }
        }
    }
    tests
}

/// The file below its root, as the page names it.
fn place(root: &Path, file: &Path) -> String {
    let place = file.strip_prefix(root).expect("below it");
    let place = place.with_extension("").display().to_string();
    ["/main", "/mod", "/tests"]
        .iter()
        .find_map(|module| place.strip_suffix(module))
        .unwrap_or(&place)
        .to_owned()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .collect()
}

/// Names of functions below a line that makes them tests.
fn test_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ") {
            let name = rest.split('(').next().unwrap_or_default();
            if std::mem::take(&mut is_test) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// The first and the last cell of every row of the page's tables.
fn rows(page: &str) -> Vec<(&str, &str)> {
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let cells = rows.map(|row| row.trim_matches(['|', ' ']));
    cells
        .filter_map(|row| Some((row.split_once(" | ")?.0, row.rsplit_once(" | ")?.1)))
        .collect()
}

/// Whether a place is a file or a folder with tests.
fn is_place(tests: &BTreeMap<String, Vec<String>>, place: &str) -> bool {
    let within = |at: &String| Path::new(at).starts_with(place);
    tests.values().flatten().any(within)
}

/// Fails where a chapter names a test that there is not; returns how many it names.
fn require_existing(name: &str) -> usize {
    let (page, tests) = (page(name), tests());
    let mut named = 0;
    for (row, cell) in rows(&page) {
        let mut place = "";
        // A name with a hyphen is a crate's.
        let spans = cell.split('`').skip(1).step_by(2);
        for span in spans.filter(|span| !span.contains('-')) {
            // Without a place, a test is where the one before it is.
            let (at, test) = span.split_once("::").unwrap_or((place, span));
            place = at;
            let is_there = |places: &Vec<String>| places.iter().any(|at| at == place);
            let exists = tests.get(test).is_some_and(is_there);
            assert!(exists || is_place(&tests, span), "row {row}: no {span}");
            named += 1;
        }
    }
    named
}

/// Whether a name is this letter or word and a number.
fn is_numbered(test: &str, prefix: &str) -> bool {
    let number = test.strip_prefix(prefix);
    number.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

#[test]
fn every_test_that_the_page_names_exists() {
    for (name, fewest) in [(ATTACKS, 100), (FINDINGS, 40)] {
        let named = require_existing(name);
        assert!(named > fewest, "only {named} names were found in {name}");
    }
}

#[test]
fn every_finding_is_on_the_page_with_a_test() {
    let page = page(FINDINGS);
    for number in 1..=19 {
        let finding = format!("F{number}");
        let row = rows(&page).into_iter().find(|(cell, _)| *cell == finding);
        assert!(
            row.is_some_and(|(_, tests)| tests.contains("::")),
            "{finding}"
        );
    }
    for (test, places) in tests() {
        if is_numbered(&test, "f") {
            assert!(page.contains(&test), "{places:?}::{test} is not named");
        }
    }
}

#[test]
fn every_attack_is_on_the_page() {
    let page = page(ATTACKS);
    for (test, places) in tests() {
        let mut prefixes = ["v", "row_", "attack_"].into_iter();
        if prefixes.any(|prefix| is_numbered(&test, prefix)) {
            assert!(page.contains(&test), "{places:?}::{test} is not named");
        }
    }
}

#[test]
fn rows_are_in_the_order_of_their_numbers() {
    let number = |cell: &str| {
        let digits = cell.trim_start_matches(['V', 'F']);
        digits.split(',').next()?.parse::<u32>().ok()
    };
    let pages = [ATTACKS, FINDINGS].map(page).join("\n\n");
    for table in pages.split("\n\n") {
        let numbers: Vec<u32> = rows(table)
            .into_iter()
            .filter_map(|row| number(row.0))
            .collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
}
