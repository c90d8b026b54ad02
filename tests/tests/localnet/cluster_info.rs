//! What the cluster says of itself.

use serde_json::{Value, json};
use sluice_tests::net::{JsonNet, SOL};
use solana_signer::Signer;

#[tokio::test(flavor = "multi_thread")]
async fn health_version_and_identity_have_the_shape_of_a_validators() {
    let net = JsonNet::shared().await;
    assert_eq!(net.call("getHealth", json!([])).await, "ok");
    let version = net.call("getVersion", json!([])).await;
    assert_eq!(version["solana-core"], "4.2.2");
    assert!(version["feature-set"].is_u64());
    let identity = net.localnet.validators()[0].identity.to_string();
    let answer = net.call("getIdentity", json!([])).await;
    assert_eq!(answer, json!({"identity": identity}));
    let nodes = net.rpc.get_cluster_nodes().await.unwrap();
    assert_eq!(nodes.len(), 1);
    assert_eq!(nodes[0].pubkey, identity);
    let rpc = format!("http://{}", nodes[0].rpc.unwrap());
    let websocket = format!("ws://{}", nodes[0].pubsub.unwrap());
    assert_eq!(rpc, net.localnet.rpc_url());
    assert_eq!(websocket, net.localnet.websocket_url());
    net.rpc.get_genesis_hash().await.unwrap();
    let failure = net.failure("getHighestSnapshotSlot", json!([])).await;
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (-32008, "No snapshot")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cluster_has_a_genesis_of_its_own() {
    let (one, other) = (JsonNet::start().await, JsonNet::start().await);
    assert_ne!(
        one.rpc.get_genesis_hash().await.unwrap(),
        other.rpc.get_genesis_hash().await.unwrap()
    );
    assert_ne!(one.localnet.rpc_url(), other.localnet.rpc_url());
}

#[tokio::test(flavor = "multi_thread")]
async fn validators_are_listed_with_stake_commission_and_credits() {
    let net = JsonNet::start().await;
    net.localnet.advance_epoch().await.unwrap();
    let listed = net.rpc.get_vote_accounts().await.unwrap();
    assert_eq!(listed.current.len(), 5);
    assert_eq!(listed.delinquent.len(), 0);
    let commissions = [0, 200, 500, 700, 1_000];
    for (validator, commission_bps) in net.localnet.validators().iter().zip(commissions) {
        let vote = validator.vote.to_string();
        let info = listed
            .current
            .iter()
            .find(|info| info.vote_pubkey == vote)
            .unwrap();
        assert_eq!(info.node_pubkey, validator.identity.to_string());
        assert_eq!(info.inflation_rewards_commission_bps, Some(commission_bps));
        assert_eq!(u16::from(info.commission), commission_bps / 100);
        assert!(info.activated_stake >= 200_000 * SOL);
        assert!(info.epoch_vote_account);
        let [(0, first, 0), (1, now, before)] = info.epoch_credits[..] else {
            panic!("{:?}", info.epoch_credits);
        };
        assert!(first == before && now > before && before > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_validator_can_be_asked_for() {
    let net = JsonNet::shared().await;
    let vote = net.localnet.validators()[2].vote.to_string();
    let answer = net
        .call("getVoteAccounts", json!([{"votePubkey": vote}]))
        .await;
    assert_eq!(answer["current"].as_array().unwrap().len(), 1);
    assert_eq!(answer["current"][0]["votePubkey"], vote);
    assert_eq!(answer["delinquent"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_that_stops_voting_becomes_delinquent_and_comes_back() {
    let net = JsonNet::start().await;
    let vote = net.localnet.validators()[1].vote.to_string();
    let answer = net.call("sluice_setDelinquent", json!([vote, true])).await;
    assert_eq!(answer, true);
    net.call("sluice_advanceEpoch", json!([])).await;
    let listed = net.rpc.get_vote_accounts().await.unwrap();
    assert_eq!(listed.current.len(), 4);
    assert_eq!(listed.delinquent.len(), 1);
    assert_eq!(listed.delinquent[0].vote_pubkey, vote);
    net.localnet
        .set_delinquent(&vote.parse().unwrap(), false)
        .unwrap();
    net.next_slot().await;
    let listed = net.rpc.get_vote_accounts().await.unwrap();
    assert_eq!(listed.current.len(), 5);
    let stranger = solana_keypair::Keypair::new().pubkey().to_string();
    let failure = net
        .failure("sluice_setDelinquent", json!([stranger, true]))
        .await;
    assert_eq!(
        failure.message,
        format!("{stranger} is not the vote account of a validator of this cluster")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_supply_is_the_sum_of_its_parts() {
    let net = JsonNet::start().await;
    let answer = net.call("getSupply", json!([])).await;
    let supply = &answer["value"];
    let number = |key: &str| supply[key].as_u64().unwrap();
    assert!(number("total") > 501_000_000 * SOL);
    assert_eq!(
        number("total"),
        number("circulating") + number("nonCirculating")
    );
    assert!(supply["nonCirculatingAccounts"].is_array());
    let short = json!([{"excludeNonCirculatingAccountsList": true}]);
    let answer = net.call("getSupply", short).await;
    assert_eq!(answer["value"]["nonCirculatingAccounts"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn inflation_pays_the_wanted_part_of_the_stake_per_epoch() {
    let net = JsonNet::start().await;
    let rate = net.call("getInflationRate", json!([])).await;
    assert_eq!(rate["epoch"], 0);
    assert_eq!(rate["total"], rate["validator"]);
    assert_eq!(rate["foundation"], 0.0);
    let governor = net.call("getInflationGovernor", json!([])).await;
    assert_eq!(governor["initial"], rate["total"]);
    assert_eq!(governor["terminal"], rate["total"]);
    let total = async || net.rpc.supply().await.unwrap().value.total;
    let before = total().await;
    net.localnet.advance_epoch().await.unwrap();
    let paid = total().await - before;
    // One part in a thousand of a million SOL, less what the stake program cannot divide.
    let expected = 1_000 * SOL;
    assert!(paid.abs_diff(expected) < 10_000, "{paid}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_minimum_delegation_is_one_sol() {
    let net = JsonNet::shared().await;
    let answer = net.call("getStakeMinimumDelegation", json!([])).await;
    assert_eq!(answer["value"], SOL);
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_are_counted() {
    let net = JsonNet::start().await;
    let count = net.call("getTransactionCount", json!([])).await;
    net.funded(SOL).await;
    let next = net.call("getTransactionCount", json!([])).await;
    assert_eq!(next, json!(count.as_u64().unwrap() + 1));
    assert_ne!(next, Value::Null);
}
