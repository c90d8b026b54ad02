//! Stake earns real rewards at the end of each epoch.

use serde_json::json;
use sluice_tests::net::{JsonNet, SOL};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::{
    instruction::{create_account_and_delegate_stake, deactivate_stake, withdraw},
    state::{Authorized, Lockup, StakeStateV2},
};

/// Delegates this many lamports, besides rent, to a validator.
async fn delegate(net: &JsonNet, payer: &Keypair, vote: &Pubkey, lamports: u64) -> Pubkey {
    let stake = Keypair::new();
    let rent = solana_rent::Rent::default().minimum_balance(StakeStateV2::size_of());
    let instructions = create_account_and_delegate_stake(
        &payer.pubkey(),
        &stake.pubkey(),
        vote,
        &Authorized::auto(&payer.pubkey()),
        &Lockup::default(),
        rent + lamports,
    );
    net.send(&payer.pubkey(), &instructions, &[payer, &stake])
        .await;
    stake.pubkey()
}

async fn delegated(net: &JsonNet, stake: &Pubkey) -> u64 {
    let account = net.rpc.get_account(stake).await.unwrap();
    let state: StakeStateV2 = bincode::deserialize(&account.data).unwrap();
    state.delegation().unwrap().stake
}

#[tokio::test(flavor = "multi_thread")]
async fn rewards_arrive_less_the_commission_of_the_validator() {
    let net = JsonNet::start().await;
    let payer = net.funded(100 * SOL).await;
    let validators = net.localnet.validators();
    let free = delegate(&net, &payer, &validators[0].vote, 10 * SOL).await;
    let tenth = delegate(&net, &payer, &validators[4].vote, 10 * SOL).await;

    net.localnet.advance_epoch().await.unwrap();
    assert_eq!(
        delegated(&net, &free).await,
        10 * SOL,
        "nothing is earned while activating"
    );

    net.localnet.advance_epoch().await.unwrap();
    let earned_free = delegated(&net, &free).await - 10 * SOL;
    let earned_tenth = delegated(&net, &tenth).await - 10 * SOL;
    // About one part in a thousand; the stake of others has grown a little.
    let expected = SOL / 100;
    assert!(
        earned_free.abs_diff(expected) < expected / 100,
        "{earned_free}"
    );
    let without_commission = earned_free / 10 * 9;
    assert!(
        earned_tenth.abs_diff(without_commission) < 100,
        "{earned_tenth} is not {without_commission}"
    );

    let addresses = json!([[
        free.to_string(),
        tenth.to_string(),
        validators[4].vote.to_string(),
        payer.pubkey().to_string(),
    ]]);
    let rewards = net.call("getInflationReward", addresses.clone()).await;
    assert_eq!(rewards[0]["amount"], earned_free);
    assert_eq!(rewards[0]["epoch"], 1);
    assert_eq!(rewards[1]["amount"], earned_tenth);
    assert!(rewards[2]["amount"].as_u64() > Some(19 * SOL));
    assert!(rewards[3].is_null());
    let balance = net.rpc.get_balance(&tenth).await.unwrap();
    assert_eq!(rewards[1]["postBalance"], balance);
    let first = json!([[free.to_string()], {"epoch": 0}]);
    assert_eq!(net.call("getInflationReward", first).await, json!([null]));
    let future = json!([[free.to_string()], {"epoch": 7}]);
    assert_eq!(net.failure("getInflationReward", future).await.code, -32004);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delinquent_validator_earns_nothing_for_its_stakers() {
    let net = JsonNet::start().await;
    let payer = net.funded(100 * SOL).await;
    let vote = net.localnet.validators()[0].vote;
    let stake = delegate(&net, &payer, &vote, 10 * SOL).await;
    net.localnet.advance_epoch().await.unwrap();
    net.localnet.set_delinquent(&vote, true).unwrap();
    // The credits of this epoch's first slots still count.
    net.localnet.advance_epoch().await.unwrap();
    let before = delegated(&net, &stake).await;
    assert!(before > 10 * SOL);
    net.localnet.advance_epoch().await.unwrap();
    assert_eq!(delegated(&net, &stake).await, before);
    net.localnet.set_delinquent(&vote, false).unwrap();
    net.next_slot().await;
    net.localnet.advance_epoch().await.unwrap();
    assert!(delegated(&net, &stake).await > before);
}

#[tokio::test(flavor = "multi_thread")]
async fn stake_is_withdrawn_in_the_epoch_after_it_is_deactivated() {
    let net = JsonNet::start().await;
    let payer = net.funded(100 * SOL).await;
    let vote = net.localnet.validators()[2].vote;
    let stake = delegate(&net, &payer, &vote, 10 * SOL).await;
    for _ in 0..3 {
        net.localnet.advance_epoch().await.unwrap();
    }
    let deactivate = deactivate_stake(&stake, &payer.pubkey());
    net.send(&payer.pubkey(), &[deactivate], &[&payer]).await;
    net.localnet.advance_epoch().await.unwrap();
    let all = net.rpc.get_balance(&stake).await.unwrap();
    assert!(all > 10 * SOL);
    let take = withdraw(&stake, &payer.pubkey(), &payer.pubkey(), all, None);
    let before = net.rpc.get_balance(&payer.pubkey()).await.unwrap();
    net.send(&payer.pubkey(), &[take], &[&payer]).await;
    assert_eq!(net.rpc.get_balance(&stake).await.unwrap(), 0);
    let after = net.rpc.get_balance(&payer.pubkey()).await.unwrap();
    assert_eq!(after, before + all - 5_000);
}
