//! Nodes that go away and come back, disks, and a log that nobody reads.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;
use sluice_tests::net::LyingNode;

use crate::stage::{Keeper, Stage, journal};

#[test]
fn a_keeper_waits_for_a_node_that_goes_away_and_goes_on_when_it_is_back() {
    let stage = Stage::new();
    let is_away = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&is_away);
    let node = LyingNode::before(&stage.url(), move |_, answer| {
        if asked.load(Ordering::Relaxed) {
            let error = json!({"code": -32603, "message": "<script>nobody</script>"});
            *answer = json!({"jsonrpc": "2.0", "id": answer["id"], "error": error});
        }
    });
    let keeper = stage.keeper(&stage.configuration(&node.url, ""));
    keeper.await_status("/readyz", 503);
    is_away.store(false, Ordering::Relaxed);
    keeper.await_status("/readyz", 200);

    is_away.store(true, Ordering::Relaxed);
    let why = keeper.await_status("/readyz", 503);
    assert!(why.contains(&stage.addresses.pool.to_string()), "{why}");
    assert_eq!(keeper.get("/healthz").0, 200, "it lives");
    let page = keeper.get("/").1;
    assert!(page.contains("This needs a look:"), "{page}");
    let said = "&lt;script&gt;nobody&lt;/script&gt;";
    assert!(page.contains(said) && !page.contains("<script"), "{page}");
    stage.next_epoch();
    is_away.store(false, Ordering::Relaxed);
    keeper.await_metric("priced_epoch", stage.snapshot().cluster.clock.epoch);
    keeper.await_status("/readyz", 200);
    let log = keeper.end("-TERM");
    let said = log.matches("The pool can be read again.").count();
    assert_eq!(said, 1, "{log}");
}

#[test]
fn a_journal_that_cannot_be_written_has_its_own_word_is_told_once_and_recovers() {
    let stage = Stage::new();
    let configuration = stage.configuration(&stage.url(), "[alerts]\nfor_seconds = 1");
    let path = journal(&configuration);
    // The place of the new file is taken, so that every write fails, as on a full disk.
    let taken = path.with_extension("new");
    fs::create_dir_all(&taken).unwrap();
    let keeper = stage.keeper(&configuration);
    keeper.await_status("/readyz", 200);
    stage.next_epoch();
    keeper.await_metric("keeper_journal_writable", 0);
    let pool = stage.addresses.pool;
    let outcome = |outcome: &str| {
        format!("sluice_transactions_total{{pool=\"{pool}\",outcome=\"{outcome}\"}}")
    };
    keeper.eventually("three tries", || {
        keeper
            .sample(&outcome("not_noted"))
            .filter(|tries| *tries >= 3)
    });
    assert_eq!(keeper.sample(&outcome("refused")), Some(0));
    let why = keeper.await_status("/readyz", 503);
    assert!(why.starts_with("The journal of transactions"), "{why}");
    assert_eq!(keeper.get("/healthz").0, 200, "a new start does not help");
    keeper.await_log("alert=SluiceJournalDown severity=critical");
    let page = keeper.get("/").1;
    assert!(page.contains("The journal of transactions"), "{page}");
    assert!(page.contains("Make room on the disk of `state`"), "{page}");
    let tried = page.matches("<span class=\"bad\">not noted</span>").count();
    assert!(
        (1..=2).contains(&tried),
        "each of the two steps stands there once: {page}"
    );
    fs::remove_dir(&taken).unwrap();
    let epoch = stage.snapshot().cluster.clock.epoch;
    keeper.await_metric("priced_epoch", epoch);
    keeper.await_metric("keeper_journal_writable", 1);
    keeper.await_status("/readyz", 200);
    keeper.await_log("alert=SluiceJournalDown about=");
    let log = keeper.end("-TERM");
    let warnings = log
        .lines()
        .filter(|line| line.contains(" WARN ") && !line.contains("alert="));
    assert_eq!(warnings.count(), 1, "{log}");
    let again = log.matches("The journal can be written again.").count();
    assert_eq!(again, 1, "{log}");
}

#[test]
fn a_keeper_whose_log_nobody_reads_goes_on_and_is_ended_by_a_signal() {
    let stage = Stage::new();
    for format in ["human", "json"] {
        let log = format!("log = \"{format}\"");
        let command = stage.command(&stage.configuration(&stage.url(), &log));
        let mut keeper = Keeper::start_and_read(command, 1);
        keeper.await_status("/readyz", 200);
        stage.next_epoch();
        keeper.await_metric("priced_epoch", stage.snapshot().cluster.clock.epoch);
        assert_eq!(keeper.get("/healthz").0, 200);
        keeper.signal("-TERM");
        assert_eq!(keeper.exit_code(), Some(0));
        assert_eq!(keeper.log().lines().count(), 1, "its log was closed");
    }
}
