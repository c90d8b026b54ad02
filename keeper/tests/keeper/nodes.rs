//! Nodes that lie, flap, or are named twice, and names of tokens that come later.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_client::{PoolAddresses, pool::token_metadata::TOKEN_METADATA_PROGRAM};
use sluice_tests::net::LyingNode;
use solana_pubkey::Pubkey;

use crate::stage::Stage;

#[test]
fn each_url_of_one_host_is_asked_and_shown_without_its_key() {
    let stage = Stage::new();
    let url = stage.url();
    let url = url.trim_end_matches('/');
    let urls = format!("{url}\", \"{url}/?api-key=SECRET1\", \"{url}/SECRET2");
    let keeper = stage.keeper(&stage.configuration(&urls, ""));
    keeper.await_status("/readyz", 200);
    for name in ["", " (2)", " (3)"] {
        let sample = format!("sluice_node_up{{node=\"{url}{name}\"}}");
        keeper.eventually(&sample, || {
            (keeper.sample(&sample) == Some(1)).then_some(())
        });
    }
    let told = [keeper.get("/").1, keeper.get("/metrics").1, keeper.log()].concat();
    assert!(!told.contains("SECRET"), "{told}");
}

#[test]
fn a_node_that_is_further_than_can_be_is_set_aside_told_once_and_the_others_go_on() {
    let stage = Stage::new();
    let liar = LyingNode::before(&stage.url(), |request, answer| {
        let place = match request["method"] == "getSlot" {
            true => "/result",
            false => "/result/context/slot",
        };
        if let Some(slot) = answer.pointer_mut(place) {
            *slot = Value::from(slot.as_u64().unwrap() + 1_000_000_000);
        }
    });
    let urls = format!("{}\", \"{}", liar.url, stage.url());
    let keeper = stage.keeper(&stage.configuration(&urls, ""));
    keeper.await_status("/readyz", 200);
    let aside = |reason: &str| {
        let node = &liar.url;
        format!("sluice_node_set_aside{{node=\"{node}\",reason=\"{reason}\"}}")
    };
    keeper.eventually("liar aside", || {
        (keeper.sample(&aside("ahead")) == Some(1)).then_some(())
    });
    assert_eq!(keeper.sample(&aside("another_cluster")), Some(0));
    let page = keeper.get("/").1;
    assert!(page.contains("further than the cluster can be"), "{page}");
    assert!(page.contains("This needs a look:"), "{page}");
    stage.next_epoch();
    keeper.await_metric("priced_epoch", stage.snapshot().cluster.clock.epoch);
    let log = keeper.end("-TERM");
    let said = log.matches("slots ahead of the other nodes").count();
    assert_eq!(said, 1, "{log}");
}

#[test]
fn a_node_that_comes_and_goes_lets_each_epoch_be_priced_once_and_the_log_stays_small() {
    let stage = Stage::new();
    let start = Instant::now();
    let node = LyingNode::before(&stage.url(), move |_, answer| {
        // What it was asked to send is sent, whatever it answers.
        if start.elapsed().as_millis() % 2_000 > 1_200 {
            let error = json!({"code": -32603, "message": "away"});
            *answer = json!({"jsonrpc": "2.0", "id": answer["id"], "error": error});
        }
    });
    let keeper = stage.keeper(&stage.configuration(&node.url, ""));
    keeper.await_metric("keeper_journal_writable", 1);
    for _ in 0..3 {
        stage.next_epoch();
        let epoch = stage.snapshot().cluster.clock.epoch;
        keeper.await_metric("priced_epoch", epoch);
        keeper.eventually("nothing due", || {
            keeper
                .metric("due_step_age_seconds")
                .is_none()
                .then_some(())
        });
    }
    while start.elapsed() < Duration::from_secs(14) {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(keeper.metric("failed_looks_total").unwrap() > 0, "it flaps");
    let log = keeper.end("-TERM");
    let address: Pubkey = {
        let told = log.split("keeper=").nth(1).unwrap();
        told.split_whitespace().next().unwrap().parse().unwrap()
    };
    let sent = stage.rpc.get_signatures_for_address(&address).unwrap();
    let paid = sent.iter().filter(|one| one.slot > 0 && one.err.is_some());
    assert_eq!(paid.count(), 0, "nothing was executed in vain: {log}");
    // An epoch has some four transactions; each line is an action, or a trouble that begins or ends.
    let lines = log.lines().count();
    assert!(lines < 40, "{lines} lines: {log}");
    // What was not sent for lack of a node is told too, without a signature.
    let finalized = log.matches("action=finalize signature=").count();
    assert_eq!(finalized, 3, "{log}");
}

/// The account in which a token's symbol is.
fn metadata(mint: &Pubkey, symbol: &str) -> Vec<u8> {
    let text = |text: &str| {
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        [length.as_slice(), text.as_bytes()].concat()
    };
    let texts = [text("Token"), text(symbol), text("")].concat();
    let none = [0; 64];
    [&[4], [7; 32].as_slice(), mint.as_ref(), &texts, &none].concat()
}

/// A node that shows a symbol once `times` is not 0, and another one for each further time.
fn naming(stage: &Stage, times: Arc<AtomicUsize>) -> LyingNode {
    let PoolAddresses { mint, .. } = stage.addresses;
    let address = stage.addresses.metadata().to_string();
    LyingNode::before(&stage.url(), move |request, answer| {
        let times = times.load(Ordering::Relaxed);
        if request["params"][0] == json!([address]) && times > 0 {
            let data = metadata(&mint, &format!("SYM{times}"));
            answer["result"]["value"][0] = json!({
                "lamports": 1, "owner": TOKEN_METADATA_PROGRAM.to_string(), "executable": false,
                "rentEpoch": 0, "space": data.len(), "data": [BASE64_STANDARD.encode(data), "base64"],
            });
        }
    })
}

#[test]
fn a_token_that_is_named_or_renamed_later_is_called_so_after_the_next_look_at_the_whole_pool() {
    let stage = Stage::new();
    let times = Arc::new(AtomicUsize::new(0));
    let node = naming(&stage, Arc::clone(&times));
    let keeper = stage.keeper(&stage.configuration(&node.url, ""));
    keeper.await_status("/readyz", 200);
    assert!(!keeper.get("/").1.contains("SYM"));
    for symbol in ["SYM1", "SYM2"] {
        times.fetch_add(1, Ordering::Relaxed);
        stage.next_epoch();
        keeper.eventually(symbol, || keeper.get("/").1.contains(symbol).then_some(()));
    }
}
