//! What is told about a program: written, replaced, shown, handed over, closed. Beside the stand-in of
//! `tools/program-metadata`, which refuses what the original refuses.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use sluice_client::plan::program::metadata::{
    HEADER_BYTES, Kind, Metadata, PROGRAM_METADATA_PROGRAM, is_written,
};
use sluice_localnet::{LocalnetConfig, ProgramConfig, ProgramElf};
use sluice_tests::{
    cluster::built,
    command::{number, text},
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_signer::Signer;
use tempfile::TempDir;

use crate::net::{CliNet, SOL, User};

/// A cluster with a program that somebody may upgrade.
struct Stage {
    net: CliNet,
    owner: User,
    program: Pubkey,
    folder: TempDir,
}

impl Stage {
    /// With the program that keeps what is told, or without it.
    fn new(has_metadata: bool) -> Self {
        let (key, program) = (Keypair::new(), Pubkey::new_unique());
        let elf = built("SLUICE_PROGRAM_METADATA_ELF", "program_metadata.so");
        let at = |id, upgrade_authority| ProgramConfig {
            id,
            elf: ProgramElf::Path(elf.clone()),
            upgrade_authority,
        };
        let mut programs = vec![at(program, Some(key.pubkey()))];
        programs.extend(has_metadata.then(|| at(PROGRAM_METADATA_PROGRAM, None)));
        let net = CliNet::start(LocalnetConfig {
            programs,
            ..LocalnetConfig::default()
        });
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("owner.json");
        write_keypair_file(&key, &file).unwrap();
        let owner = User {
            address: key.pubkey(),
            keypair_file: file.display().to_string(),
        };
        net.airdrop(&owner.address, 100 * SOL);
        Self {
            net,
            owner,
            program,
            folder,
        }
    }

    /// A file with an interface of about so many bytes after it was compressed.
    fn idl(&self, packed: usize) -> PathBuf {
        let noise = (0..packed / 32).map(|_| Keypair::new().pubkey().to_string());
        let noise: String = noise.collect();
        let idl = json!({ "address": self.program.to_string(), "noise": noise });
        self.file(&format!("{packed}.json"), &idl)
    }

    fn file(&self, name: &str, content: &Value) -> PathBuf {
        let file = self.folder.path().join(name);
        fs::write(&file, content.to_string()).unwrap();
        file
    }

    fn words<'a>(&self, verb: &'a str, kind: &'a str, more: &[&str]) -> Vec<String> {
        let program = self.program.to_string();
        let words = ["program", "metadata", verb, kind, "--of", &program, "--yes"];
        let words = words.iter().chain(more);
        words.map(|word| (*word).to_owned()).collect()
    }

    fn json(&self, user: &User, verb: &str, kind: &str, more: &[&str]) -> Value {
        let words = self.words(verb, kind, more);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        self.net.json(user, &words)
    }

    fn refused(&self, user: &User, verb: &str, kind: &str, more: &[&str]) -> String {
        let words = self.words(verb, kind, more);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        self.net.failure(user, &words)
    }

    fn told(&self, kind: Kind) -> Option<Metadata> {
        Metadata::load(&self.net.rpc, &self.program, kind).unwrap()
    }

    /// Whether the cluster tells what the file has, in an account without room or lamports to spare.
    fn assert_told(&self, kind: Kind, file: &PathBuf) {
        let told = self.told(kind).unwrap();
        assert_eq!(told.text().unwrap(), fs::read_to_string(file).unwrap());
        assert_eq!(told.account_bytes, HEADER_BYTES + told.data.len());
        assert_eq!(
            told.lamports,
            Rent::default().minimum_balance(told.account_bytes)
        );
        let upload = kind.upload_address(&self.program, &self.owner.address);
        assert_eq!(self.net.lamports(&upload), 0);
    }
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

#[test]
fn an_interface_is_written_replaced_by_larger_and_smaller_ones_and_closed_for_its_rent() {
    let stage = Stage::new(true);
    assert!(!is_written(&stage.net.rpc, &stage.program).unwrap());
    let (first, larger, smaller) = (stage.idl(2_000), stage.idl(13_000), stage.idl(100));
    let written = stage.json(&stage.owner, "write", "idl", &[path(&first)]);
    // The buffer, three parts of it, and all at once.
    assert_eq!(number(&written, "/transactions"), 5, "{written}");
    stage.assert_told(Kind::Idl, &first);
    assert!(is_written(&stage.net.rpc, &stage.program).unwrap());

    let again = stage.json(&stage.owner, "write", "idl", &[path(&first)]);
    assert_eq!(number(&again, "/transactions"), 0, "{again}");
    for file in [&larger, &first, &smaller, &larger] {
        stage.json(&stage.owner, "write", "idl", &[path(file)]);
        stage.assert_told(Kind::Idl, file);
    }
    let shown = stage.json(&stage.owner, "show", "idl", &[path(&larger)]);
    assert_eq!(shown["is_equal"], true, "{shown}");
    let words = stage.words("show", "idl", &[path(&smaller)]);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let other = stage.net.run(&stage.owner, &words);
    assert!(!other.status.success());
    let sentence = String::from_utf8(other.stderr).unwrap();
    assert!(sentence.contains("is not what"), "{sentence}");

    let before = stage.net.lamports(&stage.owner.address);
    let rent = stage.told(Kind::Idl).unwrap().lamports;
    let closed = stage.json(&stage.owner, "close", "idl", &[]);
    let fee = number(&closed, "/network_fee_lamports");
    assert_eq!(
        stage.net.lamports(&stage.owner.address),
        before + rent - fee
    );
    assert_eq!(stage.told(Kind::Idl), None);
    let gone = stage.refused(&stage.owner, "show", "idl", &[]);
    assert!(gone.contains("tells no idl"), "{gone}");
}

#[test]
fn only_the_upgrade_authority_and_whom_it_lets_write_what_is_told() {
    let stage = Stage::new(true);
    let other = stage.net.user("other", 10 * SOL);
    let contact = json!({ "name": "A pool", "contacts": ["email:security@example.org"] });
    let file = stage.file("security.json", &contact);
    let refused = stage.refused(&other, "write", "security", &[path(&file)]);
    assert!(refused.contains("may not write"), "{refused}");
    assert_eq!(stage.net.lamports(&other.address), 10 * SOL);

    let written = stage.json(&stage.owner, "write", "security", &[path(&file)]);
    assert_eq!(number(&written, "/transactions"), 1, "{written}");
    stage.assert_told(Kind::Security, &file);
    let nobody = stage.program.to_string();
    let refused = stage.refused(&stage.owner, "set-authority", "security", &[&nobody]);
    assert!(refused.contains("nobody can sign"), "{refused}");
    let key = other.address.to_string();
    stage.json(&stage.owner, "set-authority", "security", &[&key]);
    let changed = stage.file(
        "changed.json",
        &json!({ "contacts": ["link:https://example.org"] }),
    );
    stage.json(&other, "write", "security", &[path(&changed)]);
    stage.assert_told(Kind::Security, &changed);
    let shown = stage.json(&other, "show", "security", &[]);
    assert_eq!(text(&shown, "/authority"), key);

    stage.json(&stage.owner, "set-authority", "security", &["--none"]);
    let refused = stage.refused(&other, "close", "security", &[]);
    assert!(refused.contains("may not write"), "{refused}");
}

#[test]
fn files_that_help_nobody_are_refused_before_anything_is_paid() {
    let stage = Stage::new(true);
    let of_another = stage.file(
        "other.json",
        &json!({ "address": PROGRAM_METADATA_PROGRAM.to_string() }),
    );
    let refused = stage.refused(&stage.owner, "write", "idl", &[path(&of_another)]);
    assert!(
        refused.contains("interface of another program"),
        "{refused}"
    );
    let mute = stage.file("mute.json", &json!({ "name": "A pool" }));
    let refused = stage.refused(&stage.owner, "write", "security", &[path(&mute)]);
    assert!(refused.contains("names no contact"), "{refused}");
    let refused = stage.refused(&stage.owner, "write", "idl", &[]);
    assert!(refused.contains("name the file"), "{refused}");
    assert_eq!(stage.net.lamports(&stage.owner.address), 100 * SOL);
}

#[test]
fn an_upload_that_broke_off_goes_on_and_another_key_publishes_what_it_compared() {
    let stage = Stage::new(true);
    let writer = stage.net.user("writer", 10 * SOL);
    let file = stage.idl(4_000);
    // Three moments each: it dies once the second transaction is on its way.
    let words = stage.words("write", "idl", &[path(&file), "--upload-only"]);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let mut killed = stage.net.command_at(&stage.net.url(), &writer, &words);
    assert!(
        !killed
            .env("SLUICE_KILL_AT", "7")
            .output()
            .unwrap()
            .status
            .success()
    );

    let resumed = stage.json(&writer, "write", "idl", &[path(&file), "--upload-only"]);
    // Room for it and six parts would be seven.
    assert!(number(&resumed, "/transactions") < 7, "{resumed}");
    let buffer = text(&resumed, "/buffer");
    let other = stage.idl(3_999);
    let refused = stage.refused(
        &stage.owner,
        "write",
        "idl",
        &[path(&other), "--from-buffer", &buffer],
    );
    assert!(
        refused.contains("does not have what the file has"),
        "{refused}"
    );
    stage.json(
        &stage.owner,
        "write",
        "idl",
        &[path(&file), "--from-buffer", &buffer],
    );
    stage.assert_told(Kind::Idl, &file);

    let before = stage.net.lamports(&writer.address);
    let closed = stage.json(&writer, "close", "idl", &["--own-buffer"]);
    let returned = number(&closed, "/returned_lamports") - number(&closed, "/network_fee_lamports");
    assert_eq!(stage.net.lamports(&writer.address), before + returned);
}

#[test]
fn a_program_is_not_given_up_before_its_interface_is_on_the_cluster() {
    let stage = Stage::new(true);
    let program = stage.program.to_string();
    let give_up = [
        "program",
        "set-authority",
        &program,
        "--final",
        "--again",
        &program,
    ];
    let refused = stage.net.failure(&stage.owner, &give_up);
    assert!(refused.contains("nobody can ever write it"), "{refused}");
    let file = stage.idl(100);
    stage.json(&stage.owner, "write", "idl", &[path(&file)]);
    stage.net.json(&stage.owner, &give_up);
    let refused = stage.refused(&stage.owner, "close", "idl", &[]);
    assert!(refused.contains("nobody can write"), "{refused}");
    stage.assert_told(Kind::Idl, &file);
    let words = stage.words("show", "idl", &[]);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let shown = stage.net.table(&stage.owner, &words);
    let nobody = "nobody: the program has no upgrade authority";
    assert!(shown.contains(nobody), "{shown}");
}

#[test]
fn a_program_is_not_closed_before_its_metadata_is_whose_rent_would_be_lost() {
    let stage = Stage::new(true);
    let program = stage.program.to_string();
    let close = ["program", "close", &program, "--yes", "--again", &program];
    let (idl, contact) = (
        stage.idl(100),
        json!({ "contacts": ["email:a@example.org"] }),
    );
    let security = stage.file("security.json", &contact);
    stage.json(&stage.owner, "write", "idl", &[path(&idl)]);
    stage.json(&stage.owner, "write", "security", &[path(&security)]);
    for kind in ["idl", "security"] {
        let refused = stage.net.failure(&stage.owner, &close);
        let command = format!("`sluice program metadata close {kind} --of {program}`");
        assert!(refused.contains(&command), "{refused}");
        stage.assert_told(Kind::Security, &security);
        if kind == "idl" {
            stage.json(&stage.owner, "close", kind, &[]);
        }
    }
    let keep = [&close[..], &["--keep-metadata"]].concat();
    stage.net.json(&stage.owner, &keep);
    stage.assert_told(Kind::Security, &security);
}

#[test]
fn a_cluster_without_the_program_is_told_apart_and_the_messages_are_printed_for_later() {
    let stage = Stage::new(false);
    let file = stage.idl(100);
    let refused = stage.refused(&stage.owner, "write", "idl", &[path(&file)]);
    assert!(
        refused.contains("npx @solana-program/program-metadata@"),
        "{refused}"
    );
    let dumped = stage.json(
        &stage.owner,
        "write",
        "idl",
        &[path(&file), "--send", "dump"],
    );
    assert!(dumped.to_string().contains("message"), "{dumped}");
    assert_eq!(stage.net.lamports(&stage.owner.address), 100 * SOL);
}

/// What these commands print, for the list of keys.
pub fn printed() -> Vec<(&'static str, Value)> {
    let stage = Stage::new(true);
    let (large, small) = (stage.idl(600), stage.idl(100));
    let owner = stage.owner.address.to_string();
    let mut printed = Vec::new();
    let mut run = |name: &'static str, verb: &str, more: &[&str]| {
        printed.push((name, stage.json(&stage.owner, verb, "idl", more)));
    };
    let write = "program metadata write";
    run(write, "write", &[path(&large), "--upload-only"]);
    run(write, "write", &[path(&small)]);
    run(write, "write", &[path(&small)]);
    run("program metadata show", "show", &[]);
    run("program metadata set-authority", "set-authority", &[&owner]);
    run("program metadata show", "show", &[path(&small)]);
    run("program metadata close", "close", &[]);
    printed
}
