//! What a keeper is told, and how it is refused.

use std::{fs, net::TcpListener, path::Path, process::Output};

use sluice_tests::command::{command, failed, succeeded};
use solana_pubkey::Pubkey;
use tempfile::TempDir;

use crate::stage::Stage;

/// Nothing answers there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A configuration that needs no cluster before it is refused, with this keypair, folder and port.
fn configuration(keypair: &Path, state: &Path, listen: &str) -> String {
    format!(
        "urls = [\"{NOWHERE}\"]\nkeypair = \"{}\"\npools = [\"{}\"]\nstate = \"{}\"\nlisten = \"{listen}\"\n",
        keypair.display(),
        Pubkey::new_unique(),
        state.display(),
    )
}

/// What a keeper says on stderr that must end at its start, with this code.
fn refused(file: &Path, arguments: &[&str], code: i32) -> String {
    let mut keeper = command(env!("CARGO_BIN_EXE_sluice-keeper"));
    let Output { status, stderr, .. } = keeper
        .arg("--config")
        .arg(file)
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{said}");
    said
}

#[test]
fn a_configuration_that_cannot_be_read_is_told_by_a_whole_sentence() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("keeper.toml");
    assert_eq!(
        refused(&missing, &[], 2),
        format!(
            "error: there is no configuration {}: write one with `urls`, `keypair` and `pools`, or name another \
             file with --config or SLUICE_KEEPER_CONFIG\n",
            missing.display()
        )
    );
    let path = folder.path().display();
    assert_eq!(
        refused(folder.path(), &[], 2),
        format!("error: the configuration {path} cannot be read: Is a directory (os error 21)\n")
    );
    let endless = refused(Path::new("/dev/zero"), &[], 2);
    assert!(endless.contains("it has more than"), "{endless}");
}

#[test]
fn a_keypair_file_that_cannot_be_read_is_not_called_one_that_is_none() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("keeper.toml");
    let key = folder.path().join("key");
    let said = |keypair: &Path| {
        fs::write(&file, configuration(keypair, folder.path(), "127.0.0.1:0")).unwrap();
        refused(&file, &[], 1)
    };
    fs::create_dir(&key).unwrap();
    let unreadable = said(&key);
    assert_eq!(
        unreadable.lines().last().unwrap(),
        format!(
            "error: the keypair file {} cannot be read (Is a directory (os error 21)): let this user read it, \
             or set `keypair` to another FILE",
            key.display()
        )
    );
    fs::remove_dir(&key).unwrap();
    fs::write(&key, "no key").unwrap();
    let none = said(&key);
    assert!(none.contains("key is not a keypair file:"), "{none}");
}

#[test]
fn a_check_finds_a_taken_port_and_a_folder_that_cannot_be_written_and_tells_all_at_once() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("keeper.toml");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap();
    // A file is in the place of the folder's parent: root cannot write there either.
    let state = file.join("state");
    let key = folder.path().join("id.json");
    fs::write(&file, configuration(&key, &state, &port.to_string())).unwrap();
    let here = format!(
        "- there is no keypair file {key}: make one with `sluice keypair new {key}`, or set `keypair` to \
         another FILE\n\
         - nothing can be served at {port} (Address already in use (os error 98)): set `listen` to another \
         port\n\
         - nothing can be written to the folder {} (Not a directory (os error 20)): give it to this user, or \
         set `state` to another\n",
        state.display(),
        key = key.display(),
    );
    let checked = refused(&file, &["--check"], 1);
    assert_eq!(
        checked,
        format!(
            "error: several things are wrong:\n{here}- No node answers at {NOWHERE}. Check the URL and your \
             connection, or run `sluice-localnet start`\n"
        )
    );
    assert_eq!(
        refused(&file, &[], 1),
        format!("error: several things are wrong:\n{here}"),
        "the service does not wait for a node before"
    );
}

#[test]
fn a_check_says_what_would_be_done_and_does_nothing() {
    let stage = Stage::new();
    stage.next_epoch();
    let before = stage.snapshot().pool;
    let configuration = stage.configuration(&stage.url(), "");
    let checked = stage.command(&configuration).arg("--check").output();
    let said = succeeded(&checked.unwrap(), &["--check"]);
    assert!(said.starts_with("The configuration can be used."), "{said}");
    assert!(said.contains("with 1.000000000 SOL"), "{said}");
    assert!(
        said.contains("now    finalize: The prices are those of"),
        "{said}"
    );
    assert_eq!(stage.snapshot().pool, before);
}

#[test]
fn a_check_beside_the_keeper_that_runs_finds_nothing_wrong_with_its_port() {
    let stage = Stage::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let port = port.unwrap().to_string();
    let configuration = stage.configuration(&stage.url(), "");
    let configuration = configuration.replace("127.0.0.1:0", &port);
    let note = "A keeper runs with this folder `state`";
    let check = || {
        let checked = stage.command(&configuration).arg("--check").output();
        succeeded(&checked.unwrap(), &["--check"])
    };
    let keeper = stage.keeper(&configuration);
    keeper.await_status("/readyz", 200);
    let said = check();
    assert!(said.contains(note), "{said}");
    keeper.end("-TERM");
    let said = check();
    assert!(!said.contains(note), "{said}");
}

#[test]
fn what_cannot_be_meant_ends_a_keeper_at_its_start_with_a_sentence() {
    let stage = Stage::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap();
    let good = stage.configuration(&stage.url(), "");
    let pool = stage.addresses.pool.to_string();
    let mint = stage.addresses.mint.to_string();
    let nobody = Pubkey::new_unique().to_string();
    for (configuration, code, sentence) in [
        (good.replace("every = 1", "every = 0"), 2, "`every`"),
        (good.clone() + "evry = 1\n", 2, "`evry` is no key"),
        (
            good.replace("keypair = ", "keypair = \"/nonexistent.json\" #"),
            1,
            "there is no keypair file",
        ),
        (
            good.replace("127.0.0.1:0", &port.to_string()),
            1,
            "nothing can be served at",
        ),
        (good.replace(&pool, &nobody), 1, "There is no"),
        (
            good.replace(&pool, &format!("{pool}\", \"{mint}")),
            1,
            "by its address and by its mint",
        ),
        (
            good.clone() + &format!("genesis = \"{nobody}\"\n"),
            1,
            "of another cluster",
        ),
    ] {
        let output = stage.command(&configuration).output().unwrap();
        let said = failed(&output, &["keeper"]);
        assert!(said.contains(sentence), "{sentence}: {said}");
        assert_eq!(output.status.code(), Some(code), "{said}");
    }
}
