//! Tells the binary which commit it is built from.

use std::{path::Path, process::Command};

fn main() {
    // A source that git does not know can lie in somebody else's repository.
    let is_tracked = git(&["ls-files", "--error-unmatch", "build.rs"]).is_some();
    let commit = is_tracked.then(|| git(&["rev-parse", "--short=12", "HEAD"]));
    let commit = commit.flatten().unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=SLUICE_COMMIT={commit}");
    println!("cargo::rerun-if-changed=build.rs");
    // It changes with every commit and every checkout.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"]);
    if let Some(log) = log.filter(|log| Path::new(log).exists()) {
        println!("cargo::rerun-if-changed={log}");
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
