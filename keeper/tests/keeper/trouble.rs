//! Nodes that go away and come back.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::json;
use sluice_tests::net::LyingNode;

use crate::stage::Stage;

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
