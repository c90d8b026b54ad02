//! What a keeper is told, and how it is refused.

use std::net::TcpListener;

use sluice_tests::command::{failed, succeeded};
use solana_pubkey::Pubkey;

use crate::stage::Stage;

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
        (good.clone() + "evry = 1\n", 2, "evry"),
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
