//! Slots follow each other in real time, epochs on demand.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sluice_localnet::LocalnetConfig;
use sluice_tests::net::JsonNet;
use solana_clock::Clock;
use solana_sdk_ids::sysvar;

#[tokio::test(flavor = "multi_thread")]
async fn slots_advance_in_real_time() {
    let net = JsonNet::start().await;
    let first = net.next_slot().await;
    let start = Instant::now();
    while net.next_slot().await < first + 5 {}
    let elapsed = start.elapsed();
    // 5 slots of 60 s / 152 each; generous above, for a busy machine.
    assert!(elapsed > Duration::from_millis(1_700), "{elapsed:?}");
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epoch_lasts_as_long_as_configured() {
    let net = JsonNet::start_with(LocalnetConfig {
        epoch_duration: Duration::from_secs(4),
        ..LocalnetConfig::default()
    })
    .await;
    let schedule = net.rpc.get_epoch_schedule().await.unwrap();
    assert_eq!(schedule.slots_per_epoch, 32);
    assert!(!schedule.warmup);
    let epoch = async || net.rpc.get_epoch_info().await.unwrap().epoch;
    let boundary = async |after: u64| {
        while epoch().await <= after {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Instant::now()
    };
    let first = boundary(0).await;
    let second = boundary(1).await;
    let length = second - first;
    // Generous above, for a busy machine; the default would be a minute.
    assert!(length > Duration::from_millis(3_500), "{length:?}");
    assert!(length < Duration::from_secs(20), "{length:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_ends_one_epoch_past_the_payment_of_rewards() {
    let net = JsonNet::start().await;
    for epoch in 1..=5 {
        let info = net.call("sluice_advanceEpoch", json!([])).await;
        assert_eq!(info["epoch"], epoch);
        assert_eq!(info["slotsInEpoch"], 152);
        assert_eq!(info["slotIndex"], 1);
        let params = json!([
            "SysvarEpochRewards1111111111111111111111111",
            {"encoding": "jsonParsed"},
        ]);
        let rewards = net.call("getAccountInfo", params).await;
        assert_eq!(rewards["value"]["data"]["parsed"]["info"]["active"], false);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_within_an_epoch_skips_slots_and_never_leaves_the_epoch() {
    let net = JsonNet::start().await;
    let info = net.call("sluice_advanceToSlot", json!([100])).await;
    assert_eq!(
        (&info["absoluteSlot"], &info["epoch"]),
        (&json!(100), &json!(0))
    );
    let info = net.call("sluice_advanceToSlot", json!([50])).await;
    assert!(info["absoluteSlot"].as_u64().unwrap() >= 100, "{info}");
    let failure = net.failure("sluice_advanceToSlot", json!([152])).await;
    assert_eq!(failure.code, -32602);
    assert_eq!(failure.message, "slot 152 is beyond this epoch");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blockhash_outlives_a_jump() {
    let net = JsonNet::start().await;
    let before = net.blockhash().await;
    net.localnet.advance_epoch().await.unwrap();
    let params = json!([before.to_string()]);
    assert_eq!(net.call("isBlockhashValid", params).await["value"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_performance_sample_tells_the_pace_of_slots() {
    let net = JsonNet::start().await;
    net.funded(sluice_tests::net::SOL).await;
    let samples = net.call("getRecentPerformanceSamples", json!([1])).await;
    // Epochs of 60 s have 152 slots.
    assert_eq!(samples[0]["numSlots"], 152);
    assert_eq!(samples[0]["samplePeriodSecs"], 60);
    assert_eq!(samples[0]["numTransactions"], 1);
    let failure = net
        .failure("getRecentPerformanceSamples", json!([721]))
        .await;
    assert_eq!(failure.code, -32602);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_moves_on_with_the_slots() {
    let net = JsonNet::start().await;
    let time = async || {
        let slot = net.call("getSlot", json!([])).await;
        let time = net.call("getBlockTime", json!([slot])).await;
        (slot.as_u64().unwrap(), time.as_i64().unwrap())
    };
    let (start_slot, start) = time().await;
    for _ in 0..3 {
        net.localnet.advance_epoch().await.unwrap();
        net.next_slot().await;
    }
    let (slot, now) = time().await;
    let expected = i64::try_from((slot - start_slot) * 60 / 152).unwrap();
    assert!(
        (now - start).abs_diff(expected) <= 30,
        "{} is not {expected}",
        now - start
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_listed_without_the_slots_skipped() {
    let net = JsonNet::start().await;
    net.next_slot().await;
    net.localnet.advance_epoch().await.unwrap();
    let blocks = net.call("getBlocks", json!([0])).await;
    let blocks: Vec<u64> = serde_json::from_value(blocks).unwrap();
    assert_eq!(blocks.first(), Some(&0));
    assert!(
        blocks.contains(&152) && !blocks.contains(&151),
        "{blocks:?}"
    );
    let range = net.call("getBlocks", json!([1, 2])).await;
    assert_eq!(range, json!([1, 2]));
    let limited = net.call("getBlocksWithLimit", json!([1, 1])).await;
    assert_eq!(limited, json!([1]));
    assert_eq!(net.call("getFirstAvailableBlock", json!([])).await, 0);
    assert_eq!(net.call("minimumLedgerSlot", json!([])).await, 0);
    assert!(net.call("getBlockTime", json!([1])).await.is_i64());
    assert_eq!(net.failure("getBlockTime", json!([151])).await.code, -32007);
    assert_eq!(
        net.failure("getBlockTime", json!([9_999])).await.code,
        -32004
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_slot_has_a_leader_from_the_schedule() {
    let net = JsonNet::shared().await;
    let schedule = net.call("getLeaderSchedule", json!([])).await;
    let slots: usize = schedule
        .as_object()
        .unwrap()
        .values()
        .map(|slots| slots.as_array().unwrap().len())
        .sum();
    assert_eq!(slots, 152);
    let leaders = net.call("getSlotLeaders", json!([0, 152])).await;
    let identities: Vec<_> = net
        .localnet
        .validators()
        .iter()
        .map(|validator| validator.identity.to_string())
        .collect();
    for (slot, leader) in leaders.as_array().unwrap().iter().enumerate() {
        let leader = leader.as_str().unwrap();
        assert!(identities.iter().any(|identity| identity == leader));
        assert!(schedule[leader].as_array().unwrap().contains(&json!(slot)));
    }
    let leader = net.call("getSlotLeader", json!([])).await;
    assert!(identities.contains(&leader.as_str().unwrap().to_owned()));
    let only = net
        .call("getLeaderSchedule", json!([null, {"identity": leader}]))
        .await;
    assert_eq!(only.as_object().unwrap().len(), 1);
    assert_eq!(
        net.call("getLeaderSchedule", json!([100_000])).await,
        Value::Null
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn slot_height_and_epoch_agree() {
    let net = JsonNet::start().await;
    net.localnet.advance_epoch().await.unwrap();
    let info = net.rpc.get_epoch_info().await.unwrap();
    assert_eq!(info.epoch, 1);
    assert_eq!(
        info.absolute_slot,
        info.epoch * info.slots_in_epoch + info.slot_index
    );
    let height = net
        .call("getBlockHeight", json!([]))
        .await
        .as_u64()
        .unwrap();
    assert!(height >= info.block_height && height < info.absolute_slot);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_and_an_impossible_epoch_are_refused() {
    let net = JsonNet::start().await;
    let port = net
        .localnet
        .rpc_url()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let taken = sluice_localnet::Localnet::start(LocalnetConfig {
        rpc_port: port,
        ..LocalnetConfig::default()
    })
    .await;
    let error = taken.err().unwrap().to_string();
    assert!(
        error.starts_with(&format!("cannot listen on 127.0.0.1:{port}")),
        "{error}"
    );
    let short = sluice_localnet::Localnet::start(LocalnetConfig {
        rpc_port: 0,
        epoch_duration: Duration::from_millis(100),
        ..LocalnetConfig::default()
    })
    .await;
    assert_eq!(
        short.err().unwrap().to_string(),
        "an epoch must last at least 640 ms"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_stops_although_clients_are_connected_and_frees_its_ports() {
    let net = JsonNet::start().await;
    let rpc_port = net.localnet.rpc_url().rsplit(':').next().unwrap().parse();
    let mut socket = sluice_tests::net::WebSocket::open(&net.localnet.websocket_url()).await;
    let subscribe = json!({"jsonrpc": "2.0", "id": 1, "method": "slotSubscribe"});
    socket.send(subscribe).await;
    assert!(socket.receive().await["result"].is_u64());
    let localnet = std::sync::Arc::try_unwrap(net.localnet).ok().unwrap();
    let stop = tokio::time::timeout(Duration::from_secs(10), localnet.shutdown());
    stop.await.unwrap();
    assert!(net.rpc.get_slot().await.is_err());
    JsonNet::on_port(rpc_port.unwrap()).await;
}

/// So a yield by the clock is what it would be on a cluster that took the time.
#[tokio::test(flavor = "multi_thread")]
async fn epochs_start_by_the_clock_as_far_apart_as_their_slots_take_and_keep_their_start() {
    const TWO_DAYS: i64 = 2 * 86_400;
    let net = JsonNet::start_with(LocalnetConfig {
        epoch_duration: Duration::from_secs(TWO_DAYS.unsigned_abs()),
        ..LocalnetConfig::default()
    })
    .await;
    let slots = net.rpc.get_epoch_schedule().await.unwrap().slots_per_epoch;
    let clock = async || {
        let account = net.rpc.get_account(&sysvar::clock::ID).await.unwrap();
        bincode::deserialize::<Clock>(&account.data).unwrap()
    };
    let mut starts = Vec::new();
    for _ in 0..4 {
        net.call("sluice_advanceEpoch", json!([])).await;
        let first = clock().await;
        assert!(first.unix_timestamp - first.epoch_start_timestamp < 60);
        starts.push(first.epoch_start_timestamp);
        let late = first.slot + slots * 4 / 5;
        net.call("sluice_advanceToSlot", json!([late])).await;
        net.next_slot().await;
        net.next_slot().await;
        let later = clock().await;
        assert_eq!(later.epoch_start_timestamp, first.epoch_start_timestamp);
        let passed = later.unix_timestamp - first.unix_timestamp;
        assert!((passed - TWO_DAYS * 4 / 5).abs() < 60, "{passed} s");
    }
    for pair in starts.windows(2) {
        let seconds = pair[1] - pair[0];
        assert!((seconds - TWO_DAYS).abs() <= 1, "{seconds} s");
    }
}
