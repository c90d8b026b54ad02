//! The page for people.

use std::process::Command;

use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{
    packaging::{binary, printed},
    stage::Stage,
};

#[test]
fn the_page_tells_what_a_keeper_cannot_decide_with_the_commands_for_it() {
    let stage = Stage::new();
    let keeper = stage.keeper(&stage.configuration(&stage.url(), ""));
    keeper.await_status("/readyz", 200);
    let quiet = "Nothing. The keeper does what is due.";
    keeper.eventually(quiet, || keeper.get("/").1.contains(quiet).then_some(()));
    let page = keeper.get("/").1;
    let (staked, _) = page.split_once("% of all").expect("a part of all");
    let part = staked.rsplit(' ').next().unwrap();
    assert!(part.parse::<f64>().unwrap() <= 100.0, "{part}% of all");
    let (admin, nominee) = (stage.payer.pubkey(), Pubkey::new_unique());
    stage.send(&[
        stage.addresses.pause(admin),
        stage
            .addresses
            .nominate_admin(admin, nominee, Pubkey::default()),
    ]);
    let until = stage.snapshot().pause_status().until_epoch.unwrap();
    let pause = format!("The guardian's pause lasts until epoch {until}.");
    keeper.eventually(&pause, || {
        keeper
            .get("/")
            .1
            .replace("&#39;", "'")
            .contains(&pause)
            .then_some(())
    });
    let page = keeper.get("/").1;
    assert!(!page.contains(quiet), "{page}");
    let pool = stage.addresses.pool;
    for text in [
        "needs a look",
        &format!("sluice --pool {pool} pool unpause"),
        &format!("{nominee} may become its admin at any time."),
        &format!("sluice --pool {pool} pool role show"),
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn every_command_on_the_page_exists() {
    let source = include_str!("../../src/page/todo.rs");
    let parts = source.split('"').skip(1).step_by(2);
    let begins = ["pool ", "validator ", "crank"];
    let typed = parts.filter(|part| begins.iter().any(|begin| part.starts_with(begin)));
    let typed: Vec<&str> = typed.collect();
    assert!(typed.len() >= 8, "{typed:?}");
    for command in typed {
        let words = command.split(' ').filter(|word| *word != "VOTE");
        printed(
            "none",
            Command::new(binary("sluice")).args(words).arg("--help"),
        );
    }
}
