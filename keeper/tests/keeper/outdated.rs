//! Nodes that go on in their slots and show old accounts as new ones, and nodes that deny a pool.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sluice_client::{Confirmed, sluice_events};
use sluice_tests::net::{Frozen, FrozenNode, LyingNode, SOL};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;

use crate::stage::{Keeper, Stage};

/// A node shows what was for so long: several looks at the pool, and one at each node.
const WHILE: Duration = Duration::from_secs(11);

/// A keeper with SOL by these nodes, once it is ready.
fn start(stage: &Stage, urls: &str) -> (Keeper, Pubkey) {
    let key = Keypair::new();
    stage.airdrop(&key.pubkey(), SOL);
    let keeper = stage.keeper(&stage.configuration_of(&key, urls, ""));
    keeper.await_status("/readyz", 200);
    (keeper, key.pubkey())
}

/// The calls of the program that this keeper has paid for, and those of them that changed nothing.
fn paid(stage: &Stage, keeper: &Pubkey) -> (usize, Vec<Signature>) {
    let signed = stage.rpc.get_signatures_for_address(keeper).unwrap();
    let called = format!("Program {} invoke", sluice::ID);
    let mut calls = 0;
    let in_vain = signed.into_iter().filter_map(|one| {
        let signature: Signature = one.signature.parse().unwrap();
        let executed = Confirmed::read(&stage.rpc, &signature).unwrap();
        let logs = executed.logs.unwrap();
        let is_call = logs.iter().any(|line| line.starts_with(&called));
        calls += usize::from(is_call);
        let changed = !executed.has_failed && !sluice_events(&logs).is_empty();
        (is_call && !changed).then_some(signature)
    });
    let in_vain = in_vain.collect();
    (calls, in_vain)
}

/// Whether the keeper says that it does not use this node since that shows old accounts.
fn await_outdated(keeper: &Keeper, url: &str) {
    let sample = format!("sluice_node_set_aside{{node=\"{url}\",reason=\"outdated\"}}");
    keeper.eventually(&sample, || {
        (keeper.sample(&sample) == Some(1)).then_some(())
    });
}

/// Three epochs by two nodes, the first of which is frozen.
fn days_beside_an_honest_node(what: Frozen) {
    let stage = Stage::new();
    let node = FrozenNode::before(&stage.url(), what);
    let urls = format!("{}\", \"{}", node.url, stage.url());
    let (keeper, address) = start(&stage, &urls);
    stage.next_epoch();
    keeper.await_metric("priced_epoch", stage.snapshot().cluster.clock.epoch);
    node.freeze(true);
    for _ in 0..3 {
        stage.next_epoch();
        let epoch = stage.snapshot().cluster.clock.epoch;
        keeper.await_metric("priced_epoch", epoch);
        assert_eq!(stage.snapshot().pool.finalized_epoch, epoch);
    }
    await_outdated(&keeper, &node.url);
    let page = keeper.get("/").1;
    assert!(page.contains("shows old accounts as new ones"), "{page}");
    keeper.await_status("/readyz", 200);
    let (calls, in_vain) = paid(&stage, &address);
    assert!(
        calls >= 4 && in_vain.is_empty(),
        "{calls}, {in_vain:?}: {}",
        keeper.log()
    );
    let log = keeper.end("-TERM");
    let told = log.matches("shows accounts as new ones").count();
    assert_eq!(told, 1, "{log}");
}

#[test]
fn beside_a_node_with_old_accounts_each_epoch_is_priced_and_nothing_is_paid_twice() {
    days_beside_an_honest_node(Frozen::Accounts);
}

#[test]
fn beside_a_node_with_old_accounts_and_a_new_clock_each_epoch_is_priced_and_nothing_is_paid_twice()
{
    days_beside_an_honest_node(Frozen::AllButSysvars);
}

#[test]
fn by_a_node_with_old_accounts_alone_nothing_is_paid_and_the_keeper_says_why() {
    let stage = Stage::new();
    let node = FrozenNode::before(&stage.url(), Frozen::Accounts);
    let (keeper, address) = start(&stage, &node.url);
    let before = paid(&stage, &address).0;
    node.freeze(true);
    stage.next_epoch();
    await_outdated(&keeper, &node.url);
    let said = keeper.await_status("/readyz", 503);
    assert!(said.contains("shows accounts as new ones"), "{said}");
    assert_eq!(paid(&stage, &address).0, before);
    node.freeze(false);
    keeper.await_metric("priced_epoch", stage.snapshot().cluster.clock.epoch);
    keeper.await_status("/readyz", 200);
}

#[test]
fn by_a_node_with_an_old_pool_and_a_new_clock_alone_nothing_is_paid_twice() {
    let stage = Stage::new();
    let node = FrozenNode::before(&stage.url(), Frozen::AllButSysvars);
    let (keeper, address) = start(&stage, &node.url);
    node.freeze(true);
    stage.next_epoch();
    let said = keeper.await_status("/readyz", 503);
    assert!(said.contains("The same is not paid for again"), "{said}");
    let epoch = stage.snapshot().cluster.clock.epoch;
    assert_eq!(
        stage.snapshot().pool.finalized_epoch,
        epoch,
        "it was priced"
    );
    let (calls, in_vain) = paid(&stage, &address);
    let begun = Instant::now();
    while begun.elapsed() < WHILE {
        thread::sleep(Duration::from_millis(100));
        let (code, said) = keeper.get("/readyz");
        assert_eq!(code, 503, "{said}");
    }
    assert_eq!(paid(&stage, &address), (calls, in_vain));
    node.freeze(false);
    keeper.await_status("/readyz", 200);
}

/// A node that says that there is no pool.
fn denying(stage: &Stage) -> LyingNode {
    let pool = stage.addresses.pool.to_string();
    LyingNode::before(&stage.url(), move |request, answer| {
        let asked = request["params"][0].as_array();
        let place = asked.and_then(|asked| asked.iter().position(|one| *one == json!(pool)));
        if let Some(place) = place {
            answer["result"]["value"][place] = Value::Null;
        }
    })
}

#[test]
fn a_pool_that_one_of_two_nodes_denies_is_kept_by_the_other() {
    let stage = Stage::new();
    let liar = denying(&stage);
    let urls = format!("{}\", \"{}", liar.url, stage.url());
    let (keeper, address) = start(&stage, &urls);
    stage.next_epoch();
    keeper.await_metric("priced_epoch", stage.snapshot().cluster.clock.epoch);
    await_outdated(&keeper, &liar.url);
    assert_eq!(paid(&stage, &address).1, []);
}
