//! What is secret is not repeated, wherever it was put by mistake.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
};

use sluice_tests::command::{failed, succeeded};

use crate::net::{CliNet, SOL, sluice};

const NUMBERS: &str = "[174,47,154,16,202,193,206,113,199,190,53,133,169,175,31,56]";
const LETTERS: &str =
    "4wBqpZM9xaSheZzJSMawUHDgZ7miWfSsxmfVF5jJpYP4wBqpZM9xaSheZzJSMawUHDgZ7miWfSsxmfVF5jJpYPxx";
const WORDS: &str = "pill tomorrow foster begin walnut borrow virtual kick shift mutual shoe";

fn everything(output: &Output) -> String {
    let said = [&output.stdout, &output.stderr];
    said.map(|stream| String::from_utf8_lossy(stream).into_owned())
        .concat()
}

fn run(change: impl FnOnce(&mut Command) -> &mut Command) -> Output {
    let mut sluice = sluice();
    sluice.args(["--url", "http://127.0.0.1:9"]);
    change(&mut sluice);
    sluice.output().unwrap()
}

#[test]
fn a_key_where_a_path_should_be_is_not_repeated() {
    let net = CliNet::new();
    for secret in [NUMBERS, LETTERS, WORDS] {
        for output in [
            run(|sluice| {
                sluice
                    .env("SLUICE_KEYPAIR", secret)
                    .args(["config", "show"])
            }),
            run(|sluice| sluice.env("SLUICE_KEYPAIR", secret).arg("--help")),
            run(|sluice| sluice.env("SLUICE_POOL", secret).args(["pool", "show"])),
        ] {
            let said = everything(&output);
            assert!(!said.contains(secret), "{said}");
        }
        let mut sluice = sluice();
        sluice.args(["--url", &net.url()]);
        let output = sluice.env("SLUICE_KEYPAIR", secret).arg("claim").output();
        let said = failed(&output.unwrap(), &["claim"]);
        let named = "SLUICE_KEYPAIR is not the path of a file that is there";
        assert!(said.starts_with(named) && !said.contains(secret), "{said}");
        let create = ["pool", "create", "--no-metadata", "--mint", secret];
        let said = net.failure(&net.curator, &create);
        assert!(said.contains("it is neither: hidden"), "{said}");
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn a_url_is_shown_without_the_key_in_it() {
    let url = "http://me:secret@127.0.0.1:9/secret?api-key=secret";
    for words in [&["config", "show"][..], &["pool", "list"]] {
        let output = sluice().args(["--url", url]).args(words).output().unwrap();
        let said = everything(&output);
        assert!(said.contains("http://127.0.0.1:9"), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

#[test]
fn a_key_file_that_others_can_read_is_warned_of() {
    let net = CliNet::new();
    let user = net.user("careless", 10 * SOL);
    let stderr = |mode| {
        fs::set_permissions(&user.keypair_file, Permissions::from_mode(mode)).unwrap();
        let output = net.run(&user, &["stake", "1"]);
        succeeded(&output, &["stake", "1"]);
        String::from_utf8(output.stderr).unwrap()
    };
    let warning = "Others on this machine can read or change the keypair file";
    for mode in [0o644, 0o620] {
        let said = stderr(mode);
        assert!(said.contains(warning), "{said}");
    }
    assert!(!stderr(0o600).contains(warning));
}
