//! How instruction files are written.

use std::{fs, path::Path};

/// Name and text of every file that declares accounts.
fn files_with_accounts() -> Vec<(String, String)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/instructions");
    let folders = ["admin", "crank", "curator", "user"];
    let entries = folders.map(|folder| fs::read_dir(here.join(folder)).unwrap());
    entries
        .into_iter()
        .flatten()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            (path.display().to_string(), text)
        })
        .filter(|(_, text)| text.contains("#[derive(Accounts)]"))
        .collect()
}

/// The accounts that are documented as compared, other than with an address derived on the spot.
fn compared(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_compared = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("/// CHECK: compared with") {
            is_compared = !line.ends_with("the derived address");
        } else if let Some(field) = line.strip_prefix("pub ").filter(|_| is_compared) {
            names.extend(field.split(':').next());
            is_compared = false;
        }
    }
    names
}

fn body_of_validate(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("fn validate(")?;
    rest.split("\n    }\n").next()
}

#[test]
fn validate_compares_every_account_that_is_said_to_be_compared_and_stands_first() {
    let mut count = 0;
    for (file, text) in files_with_accounts() {
        let compared = compared(&text);
        if compared.is_empty() {
            continue;
        }
        let body = body_of_validate(&text).unwrap_or_else(|| panic!("{file}: no validate"));
        for name in compared {
            let mentioned = body.contains(&format!("self.{name}"));
            assert!(mentioned, "{file}: {name} is not compared");
            count += 1;
        }
        let process = text.find("fn process(").unwrap_or(text.len());
        assert!(text.find("fn validate(") < Some(process), "{file}");
    }
    assert!(count > 50, "{count} accounts");
}
