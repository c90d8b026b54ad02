//! A disk that is full.

use std::{process::Command, thread, time::Duration};

use sluice_tests::command::command;
use solana_signer::Signer;

use super::{executed, until};
use crate::stage::{Keeper, Stage};

/// The same command, with files of no more than so many bytes: what is written beyond fails, as on a full
/// disk.
fn without_room(keeper: &Command) -> Command {
    let script = "trap '' XFSZ; ulimit -S -f 0; exec \"$@\"";
    let mut limited = command("sh");
    limited.args(["-c", script, "sh"]).arg(keeper.get_program());
    limited.args(keeper.get_args());
    limited
}

fn make_room(keeper: &Keeper) {
    let process = keeper.id().to_string();
    let limit = ["--fsize=unlimited", "--pid", &process];
    let status = Command::new("prlimit").args(limit).status().unwrap();
    assert!(status.success());
}

#[test]
fn with_a_full_disk_nothing_is_sent_and_with_room_again_everything_is_done() {
    let stage = Stage::with(Duration::from_secs(200), 2);
    let key = stage.wallet(1);
    let configuration = stage.configuration_of(&key, &stage.url(), "claim = \"all\"");
    let (before, lamports) = (
        executed(&stage, &key.pubkey()),
        stage.lamports(&key.pubkey()),
    );
    stage.next_epoch();
    let epoch = stage.snapshot().cluster.clock.epoch;
    let keeper = Keeper::start(without_room(&stage.command(&configuration)));
    keeper.await_log("cannot be used");
    thread::sleep(Duration::from_secs(2));
    assert_eq!(executed(&stage, &key.pubkey()), before, "nothing was sent");
    assert_eq!(stage.lamports(&key.pubkey()), lamports);
    assert!(stage.snapshot().pool.finalized_epoch < epoch);

    make_room(&keeper);
    keeper.await_metric("priced_epoch", epoch);
    until("work done", || super::is_quiet(&stage));
    until("fees in the metrics", || {
        let paid = lamports - stage.lamports(&key.pubkey());
        keeper.of_outcome("fees_lamports_total", "landed") == paid
    });
    keeper.end("-TERM");
}
