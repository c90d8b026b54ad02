//! Who signs: keypair files, standard input, seed phrases, hardware wallets, and addresses.

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::Value;
use sluice_tests::command::{failed, succeeded, text};
use solana_keypair::{Keypair, read_keypair_file};
use solana_signer::Signer;

use crate::net::{CliNet, SOL, User, sluice};

/// A well-known test vector of BIP-39, and its address at m/44'/501'/0'/0'.
const SEED_PHRASE: &str = "abandon abandon abandon abandon abandon abandon abandon abandon \
                           abandon abandon abandon about";
const ITS_ADDRESS: &str = "HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk";

#[test]
fn an_address_reads_but_does_not_sign() {
    let net = CliNet::new();
    let holder = net.user("holder", 10 * SOL).absent();
    let read = net.table(&holder, &["tickets"]);
    assert!(read.starts_with(&holder.keypair_file), "{read}");
    let refused = net.failure(&holder, &["stake", "1"]);
    assert_eq!(
        refused,
        format!(
            "{} is an address, which cannot sign: pass --keypair with a keypair file, \
             usb://ledger or prompt://, or have it signed elsewhere with --send dump",
            holder.address
        )
    );
    let payer = ["stake", "1", "--fee-payer", &holder.keypair_file];
    let refused = net.failure(&net.curator, &payer);
    assert!(
        refused.contains("cannot sign: pass --fee-payer"),
        "{refused}"
    );
}

#[test]
fn a_hardware_wallet_that_is_not_there_is_asked_for() {
    let net = CliNet::new();
    for wallet in ["usb://ledger", "usb://ledger?key=0/1"] {
        let arguments = ["--url", &net.url(), "--keypair", wallet, "tickets"];
        let output = sluice().args(arguments).output().unwrap();
        let refused = failed(&output, &arguments);
        // Without USB, or without a wallet on it.
        assert!(
            refused.starts_with("this machine has no USB")
                || refused
                    .starts_with(&format!("no hardware wallet answers for {wallet}: connect")),
            "{refused}"
        );
    }
}

#[test]
fn a_keypair_can_come_from_standard_input() {
    let net = CliNet::new();
    let keypair = Keypair::new();
    let arguments = ["--url", &net.url(), "--keypair", "stdin://", "tickets"];
    let mut sluice = sluice()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let bytes = serde_json::to_string(&keypair.to_bytes().to_vec()).unwrap();
    let mut stdin = sluice.stdin.take().unwrap();
    stdin.write_all(bytes.as_bytes()).unwrap();
    drop(stdin);
    let printed = succeeded(&sluice.wait_with_output().unwrap(), &arguments);
    assert!(
        printed.starts_with(&keypair.pubkey().to_string()),
        "{printed}"
    );
}

/// What a terminal shows up to a question, which must come.
pub fn read_until(screen: &mut impl BufRead, question: &str) -> String {
    let mut shown = Vec::new();
    while !shown.ends_with(question.as_bytes()) {
        // Questions end with a space, where the answer follows.
        let read = screen.read_until(b' ', &mut shown).unwrap();
        assert_ne!(
            read,
            0,
            "no {question} in {}",
            String::from_utf8_lossy(&shown)
        );
    }
    String::from_utf8(shown).unwrap()
}

/// Runs a command line in a terminal of its own, which ends as the command does.
pub fn in_terminal(command: &str) -> Child {
    Command::new("script")
        .args(["--quiet", "--return", "--command", command, "/dev/null"])
        .env("HOME", "/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Answers as people do, not within the moment in which the terminal still shows what is typed:
/// that ends just after the question.
pub fn type_line(keyboard: &mut impl Write, line: &str) {
    thread::sleep(Duration::from_millis(500));
    writeln!(keyboard, "{line}").unwrap();
}

#[test]
fn a_seed_phrase_is_asked_for_at_the_terminal() {
    let net = CliNet::new();
    let url = net.url();
    let binary = env!("CARGO_BIN_EXE_sluice");
    let command = format!("{binary} --url {url} --keypair prompt://?key=0/0 tickets");
    let mut terminal = in_terminal(&command);
    let mut keyboard = terminal.stdin.take().unwrap();
    let mut screen = BufReader::new(terminal.stdout.take().unwrap());
    let mut shown = read_until(&mut screen, "seed phrase: ");
    type_line(&mut keyboard, SEED_PHRASE);
    shown += &read_until(&mut screen, "press ENTER to continue: ");
    type_line(&mut keyboard, "");
    screen.read_to_string(&mut shown).unwrap();
    terminal.wait().unwrap();
    let screen = shown;
    assert!(
        screen.contains(&format!("{ITS_ADDRESS} has no tickets")),
        "{screen}"
    );
    assert!(!screen.contains("abandon"), "{screen}");
}

#[cfg(unix)]
#[test]
fn a_new_keypair_is_its_owners_alone_signs_and_is_never_written_over() {
    let net = CliNet::new();
    let file = net.path("mine.json").display().to_string();
    let new = ["keypair", "new", &file];
    let run = || {
        sluice()
            .args(new)
            .args(["--output", "json"])
            .output()
            .unwrap()
    };
    let made: Value = serde_json::from_str(&succeeded(&run(), &new)).unwrap();
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let address = read_keypair_file(&file).unwrap().pubkey();
    assert_eq!(text(&made, "/address"), address.to_string());
    let before = fs::read(&file).unwrap();
    assert!(failed(&run(), &new).contains("is there already"));
    assert_eq!(fs::read(&file).unwrap(), before);
    let nowhere = net.path("nowhere/mine.json").display().to_string();
    let lost = ["keypair", "new", &nowhere];
    let refused = failed(&sluice().args(lost).output().unwrap(), &lost);
    assert!(refused.contains("cannot be written"), "{refused}");
    net.airdrop(&address, 2 * SOL);
    let owner = User {
        address,
        keypair_file: file,
    };
    net.json(&owner, &["stake", "1"]);
    assert!(net.tokens(&address) > 0);
    let missing = User {
        keypair_file: net.path("no.json").display().to_string(),
        ..owner
    };
    let refused = net.failure(&missing, &["stake", "1"]);
    assert!(refused.contains("`sluice keypair new "), "{refused}");
}
