//! Keys that stay elsewhere: transactions in files, signed without a cluster and sent from another
//! machine, and proposals to the members of a multisig.

mod damaged;
mod files;
mod squads;
mod squads_changes;

use std::{fs, path::PathBuf, process::Output};

use serde_json::Value;
use sluice_tests::command::{failed, succeeded};
use solana_keypair::Keypair;
use solana_nonce::state::State;
use solana_rent::Rent;
use solana_signer::Signer;
use solana_system_interface::instruction::create_nonce_account;

use crate::net::{CliNet, SOL, User, sluice};

fn holder(net: &CliNet) -> User {
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    holder
}

/// A new nonce account that `authority` controls, paid by the curator.
pub fn nonce(net: &CliNet, authority: &User) -> String {
    let account = Keypair::new();
    let rent = Rent::default().minimum_balance(State::size());
    let payer = net.curator.keypair();
    let (from, address) = (payer.pubkey(), account.pubkey());
    let create = create_nonce_account(&from, &address, &authority.address, rent);
    net.send(&create, &[&payer, &account]);
    address.to_string()
}

/// Writes what a command would send into a file.
pub fn dump(net: &CliNet, user: &User, name: &str, arguments: &[&str]) -> PathBuf {
    let dumped = net.json(&user.absent(), &[arguments, &["--send", "dump"]].concat());
    write(net, name, &dumped)
}

fn write(net: &CliNet, name: &str, file: &Value) -> PathBuf {
    let path = net.path(name);
    fs::write(&path, file.to_string()).unwrap();
    path
}

fn read(path: &PathBuf) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Signs as on a machine without a cluster: none is configured, and none could be reached.
fn try_sign(user: &User, file: &PathBuf, more: &[&str]) -> Output {
    sluice()
        .args(["sign", "--keypair", &user.keypair_file])
        .arg(file)
        .args(more)
        .output()
        .unwrap()
}

/// What is said before anything is signed.
pub fn sign(user: &User, file: &PathBuf, more: &[&str]) -> String {
    let output = try_sign(user, file, &[&["--yes"], more].concat());
    succeeded(&output, more);
    String::from_utf8(output.stderr).unwrap()
}

/// Why it is not signed. The file stays as it was.
fn sign_refused(user: &User, file: &PathBuf, more: &[&str]) -> String {
    let before = fs::read(file).unwrap();
    let refused = failed(&try_sign(user, file, more), more);
    assert_eq!(fs::read(file).unwrap(), before, "{refused}");
    refused
}

/// The arguments that send these files.
pub fn sending<'a>(files: &[&'a PathBuf]) -> Vec<&'a str> {
    let files = files.iter().map(|file| file.to_str().unwrap());
    ["send"].into_iter().chain(files).collect()
}
