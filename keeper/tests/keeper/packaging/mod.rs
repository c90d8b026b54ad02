//! What is in `deploy/`, with a keeper that runs: containers, the unit, Prometheus, the dashboard, and the
//! page in a browser.

mod browser;
mod compose;
mod containers;
mod living;
mod prometheus;
mod unit;

use std::{fs, path::PathBuf, process::Command};

use tokio::runtime::Builder;

/// A file of the repository.
fn file(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The binary of this name, beside that of the keeper.
pub fn binary(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_sluice-keeper")).with_file_name(name)
}

/// What a command of a Debian package prints, once it ended well.
pub fn printed(package: &str, command: &mut Command) -> String {
    let output = command.output();
    let output = output.unwrap_or_else(|error| {
        let name = command.get_program().display();
        panic!("{name} does not run ({error}): on Debian, it is in the package {package}")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// What is served at a URL.
fn fetched(url: &str) -> String {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { reqwest::get(url).await.unwrap().text().await.unwrap() })
}

/// The keys that the keeper's page of the book lists.
fn keys() -> Vec<String> {
    let book = text("docs/src/keeper.md");
    let table = book.split("| key | what |").nth(1).unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let keys = rows.filter_map(|row| row.split('`').nth(1));
    keys.map(str::to_owned).collect()
}

/// Fails where a variable of the keeper is none.
fn assert_variable_is_known(name: &str) {
    let key = name.strip_prefix("SLUICE_KEEPER_").map(str::to_lowercase);
    let Some(key) = key.filter(|key| key != "config") else {
        return;
    };
    assert!(keys().contains(&key), "{name} is no key of the keeper");
}
