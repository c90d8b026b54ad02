//! What the binaries that people install carry.

use std::{env, error::Error};

use xshell::{Shell, cmd};

/// What a cluster is made of.
const CLUSTER: [&str; 7] = [
    "sluice-localnet",
    "solana-accounts-db",
    "solana-faucet",
    "solana-ledger",
    "solana-program-binaries",
    "solana-runtime",
    "solana-svm",
];

/// The names of all packages that are linked into a package of the workspace.
fn linked_into(package: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let shell = Shell::new()?;
    let cargo = env::var_os("CARGO").ok_or("run this with cargo")?;
    let tree = cmd!(shell, "{cargo} tree --locked --offline --package {package}")
        .args(["--edges", "normal", "--prefix", "none"]);
    let lines = tree.quiet().read()?;
    let name = |line: &str| line.split(' ').next().map(str::to_owned);
    Ok(lines.lines().filter_map(name).collect())
}

#[test]
fn the_command_of_users_links_no_cluster() -> Result<(), Box<dyn Error>> {
    let linked = linked_into("sluice-cli")?;
    let cluster = CLUSTER.map(|name| linked.iter().any(|package| package == name));
    assert_eq!(cluster, [false; CLUSTER.len()], "{CLUSTER:?}");
    let local = linked_into("sluice-localnet-cli")?;
    assert!(local.iter().any(|package| package == "solana-runtime"));
    Ok(())
}
