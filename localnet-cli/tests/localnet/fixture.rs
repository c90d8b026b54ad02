//! A living pool in a folder.

use std::{fs, path::Path};

use serde_json::Value;
use sluice::state::{Pool, Ticket, UnstakeBatch};
use sluice_client::{decode, pool::decode::SluiceAccount};
use sluice_fixture::Fixture;
use solana_clock::Clock;

use crate::sluice_localnet;

fn read<T: SluiceAccount>(fixture: &Fixture, name: &str) -> T {
    let (address, account) = (fixture.address(name), fixture.account(name));
    decode(&address.unwrap(), &account.unwrap()).unwrap()
}

fn clock(fixture: &Fixture) -> Clock {
    let sysvars = fixture.sysvars().unwrap();
    let clock = sysvars
        .iter()
        .find(|(id, _)| *id == solana_sdk_ids::sysvar::clock::ID);
    solana_account::from_account(&clock.unwrap().1).unwrap()
}

/// Panics unless the text of the fixture's README has all of its addresses, and nothing to fill in.
fn assert_explained(folder: &Path, fixture: &Fixture) {
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    assert!(!readme.contains('{'), "{readme}");
    let accounts = fixture.accounts().unwrap();
    for (address, _) in accounts.iter().chain(&fixture.sysvars().unwrap()) {
        assert!(readme.contains(&format!("`{address}`")), "{address}");
    }
    for (id, elf) in fixture.programs().unwrap() {
        assert!(readme.contains(&id.to_string()), "{id}");
        assert!(elf.starts_with(b"\x7fELF"), "{id}");
    }
}

#[test]
fn a_fixture_is_a_pool_in_the_middle_of_its_life() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = sluice_localnet();
    command.args(["fixture", "--output", "json", "--epoch-seconds", "60"]);
    let output = command.arg(folder.path()).output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    });

    let fixture = Fixture::at(folder.path()).unwrap();
    let (pool, clock): (Pool, _) = (read(&fixture, "pool"), clock(&fixture));
    assert_eq!(said["epoch"], clock.epoch);
    assert_eq!(said["accounts"], fixture.accounts().unwrap().len());
    assert!(pool.is_fresh(clock.epoch));
    assert!(
        clock.slot < pool.open_lock_slot,
        "the open batch takes requests"
    );

    let holder = fixture.address("holder").unwrap();
    for (ticket, batch, is_settled) in [
        ("ticket-settled", "batch-settled", true),
        ("ticket-open", "batch-open", false),
    ] {
        let (ticket, batch): (Ticket, UnstakeBatch) =
            (read(&fixture, ticket), read(&fixture, batch));
        assert_eq!((ticket.owner, ticket.batch), (holder, batch.id));
        assert_eq!(batch.is_settled(), is_settled);
    }
    assert_explained(folder.path(), &fixture);
}

#[test]
fn a_folder_that_has_files_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("mine");
    fs::write(&mine, "mine").unwrap();
    let output = sluice_localnet().arg("fixture").arg(folder.path()).output();
    let output = output.unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        told.contains("is not empty: remove what is in it, or name another folder"),
        "{told}"
    );
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
