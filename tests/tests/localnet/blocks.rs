//! Blocks, who made them, and the largest accounts, read with Solana's own client.

use serde_json::json;
use sluice_tests::net::{JsonNet, SOL};
use solana_commitment_config::CommitmentConfig;
use solana_message::{VersionedMessage, v0};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{
        RpcBlockConfig, RpcBlockProductionConfig, RpcBlockProductionConfigRange,
        RpcLargestAccountsConfig, RpcLargestAccountsFilter,
    },
    response::RpcBlockProductionRange,
};
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_status_client_types::{
    EncodedTransaction, Reward, Rewards, TransactionDetails, UiConfirmedBlock,
    UiTransactionEncoding,
};

/// Everything of a block that a client of today asks for.
const WHOLE: RpcBlockConfig = RpcBlockConfig {
    encoding: Some(UiTransactionEncoding::Base64),
    transaction_details: Some(TransactionDetails::Full),
    rewards: Some(true),
    commitment: None,
    max_supported_transaction_version: Some(0),
};

async fn block(net: &JsonNet, slot: u64, config: RpcBlockConfig) -> UiConfirmedBlock {
    net.rpc.get_block_with_config(slot, config).await.unwrap()
}

/// The rewards of one kind.
fn of_kind(kind: &str, rewards: Option<Rewards>) -> Rewards {
    let is_of_kind = |reward: &Reward| {
        let of_reward = reward.reward_type;
        of_reward.is_some_and(|of_reward| format!("{of_reward:?}") == kind)
    };
    let mut rewards = rewards.unwrap();
    rewards.retain(is_of_kind);
    rewards
}

/// Makes an airdrop: the slot of its transaction, and its signature.
async fn airdrop(net: &JsonNet) -> (u64, String) {
    let address = Pubkey::new_unique().to_string();
    let signature = net.call("requestAirdrop", json!([address, SOL])).await;
    let statuses = net.call("getSignatureStatuses", json!([[signature]])).await;
    let slot = statuses["value"][0]["slot"].as_u64().unwrap();
    (slot, signature.as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_tells_its_transactions_in_order_and_what_it_stands_on() {
    let net = JsonNet::start().await;
    let mut sent = Vec::new();
    for _ in 0..4 {
        sent.push(airdrop(&net).await);
    }
    for (slot, _) in &sent {
        let of_slot = sent.iter().filter(|(other, _)| other == slot);
        let expected: Vec<&str> = of_slot.map(|(_, signature)| signature.as_str()).collect();
        let shown = block(&net, *slot, WHOLE).await;
        let decoded = shown.transactions.unwrap().into_iter().map(|one| {
            let transaction = one.transaction.decode().unwrap();
            let meta = one.meta.unwrap();
            assert_eq!((meta.err, meta.fee), (None, 5_000));
            transaction.signatures[0].to_string()
        });
        assert_eq!(decoded.collect::<Vec<_>>(), expected);

        assert_eq!(shown.parent_slot, slot - 1);
        assert_eq!(shown.block_height, Some(*slot));
        let time = net.rpc.get_block_time(*slot).await.unwrap();
        assert_eq!(shown.block_time, Some(time));
        let parent = block(&net, slot - 1, WHOLE).await;
        assert_eq!(shown.previous_blockhash, parent.blockhash);
        assert_ne!(shown.blockhash, parent.blockhash);
        // Half of each fee is burned, the leader has the other half.
        let fees = of_kind("Fee", shown.rewards);
        assert_eq!(fees[0].lamports, 2_500 * expected.len() as i64);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_block_of_the_current_slot_is_answered_once_it_is_complete() {
    let net = JsonNet::start().await;
    for _ in 0..3 {
        let slot = net.rpc.get_slot().await.unwrap();
        assert_eq!(block(&net, slot, WHOLE).await.block_height, Some(slot));
        assert!(net.rpc.get_slot().await.unwrap() > slot);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_comes_with_as_much_as_the_caller_asks_for() {
    let net = JsonNet::start().await;
    let (slot, signature) = airdrop(&net).await;
    let with = |details| RpcBlockConfig {
        transaction_details: Some(details),
        rewards: Some(false),
        ..WHOLE
    };
    let signatures = block(&net, slot, with(TransactionDetails::Signatures)).await;
    assert_eq!(signatures.signatures, Some(vec![signature]));
    assert_eq!((signatures.transactions, signatures.rewards), (None, None));
    let nothing = block(&net, slot, with(TransactionDetails::None)).await;
    assert_eq!((nothing.signatures, nothing.transactions), (None, None));
    let accounts = block(&net, slot, with(TransactionDetails::Accounts)).await;
    let [transaction] = &accounts.transactions.unwrap()[..] else {
        panic!("one transaction");
    };
    let EncodedTransaction::Accounts(list) = &transaction.transaction else {
        panic!("a list of accounts");
    };
    let faucet = net.localnet.faucet().pubkey().to_string();
    assert_eq!(list.account_keys[0].pubkey, faucet);
    assert!(list.account_keys[0].signer && list.account_keys[0].writable);
    // Without a configuration: the details in JSON, and the rewards.
    let default = net.rpc.get_block(slot).await.unwrap();
    let [transaction] = &default.transactions[..] else {
        panic!("one transaction");
    };
    assert!(matches!(
        transaction.transaction,
        EncodedTransaction::Json(_)
    ));
    assert_eq!(default.rewards.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_block_of_an_epoch_tells_what_was_paid_for_the_last() {
    let net = JsonNet::start().await;
    net.localnet.advance_epoch().await.unwrap();
    let first = net
        .rpc
        .get_epoch_schedule()
        .await
        .unwrap()
        .get_first_slot_in_epoch(1);
    let boundary = block(&net, first, WHOLE).await;
    assert_eq!(boundary.num_reward_partitions, Some(1));
    assert_eq!(of_kind("Voting", boundary.rewards).len(), 5);
    let paying = block(&net, first + 1, WHOLE).await;
    assert_eq!(of_kind("Staking", paying.rewards).len(), 5);
    assert_eq!(paying.num_reward_partitions, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_there_is_not_is_refused_as_a_validator_does() {
    let net = JsonNet::start().await;
    net.call("sluice_advanceToSlot", json!([100])).await;
    let skipped = net.failure("getBlock", json!([50])).await;
    let sentence = "Slot 50 was skipped, or missing due to ledger jump to recent snapshot";
    assert_eq!((skipped.code, skipped.message.as_str()), (-32007, sentence));
    let ahead = net.failure("getBlock", json!([100_000])).await;
    let sentence = "Block not available for slot 100000";
    assert_eq!((ahead.code, ahead.message.as_str()), (-32004, sentence));
    let processed = json!([0, {"commitment": "processed"}]);
    let refused = net.failure("getBlock", processed).await;
    let sentence = "Method does not support commitment below `confirmed`";
    assert_eq!((refused.code, refused.message.as_str()), (-32602, sentence));
    let genesis = net.call("getBlock", json!([0])).await;
    assert_eq!(genesis["blockHeight"], 0);
    assert_eq!(
        genesis["previousBlockhash"],
        "11111111111111111111111111111111"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_with_a_transaction_newer_than_the_client_is_refused() {
    let net = JsonNet::start().await;
    let payer = net.funded(SOL).await;
    let (to, blockhash) = (Pubkey::new_unique(), net.blockhash().await);
    let payment = transfer(&payer.pubkey(), &to, 1_000_000);
    let message = v0::Message::try_compile(&payer.pubkey(), &[payment], &[], blockhash).unwrap();
    let transaction = VersionedTransaction::try_new(VersionedMessage::V0(message), &[&payer]);
    let sent = net
        .rpc
        .send_and_confirm_transaction(&transaction.unwrap())
        .await;
    let signature = sent.unwrap();
    let statuses = net
        .call("getSignatureStatuses", json!([[signature.to_string()]]))
        .await;
    let slot = statuses["value"][0]["slot"].as_u64().unwrap();
    let refused = net.failure("getBlock", json!([slot])).await;
    assert_eq!(refused.code, -32015);
    assert!(
        refused
            .message
            .contains("\"maxSupportedTransactionVersion\": 0"),
        "{}",
        refused.message
    );
    assert!(block(&net, slot, WHOLE).await.transactions.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn block_production_counts_slots_and_blocks_by_leader() {
    let net = JsonNet::start().await;
    net.call("sluice_advanceToSlot", json!([100])).await;
    net.next_slot().await;
    let produced = net.rpc.get_block_production().await.unwrap().value;
    let RpcBlockProductionRange {
        first_slot,
        last_slot,
    } = produced.range;
    assert!(first_slot == 0 && last_slot < net.rpc.get_slot().await.unwrap());
    let (led, made) = produced.by_identity.values().fold((0, 0), |sums, counts| {
        (sums.0 + counts.0, sums.1 + counts.1)
    });
    assert_eq!(led as u64, last_slot + 1);
    let blocks = net.rpc.get_blocks(0, Some(last_slot)).await.unwrap();
    assert_eq!(made, blocks.len());
    assert!(made < led);

    let identity = net.localnet.validators()[1].identity.to_string();
    let asked = RpcBlockProductionConfig {
        identity: Some(identity.clone()),
        range: Some(RpcBlockProductionConfigRange {
            first_slot: 0,
            last_slot: Some(last_slot),
        }),
        commitment: Some(CommitmentConfig::finalized()),
    };
    let of_one = net
        .rpc
        .get_block_production_with_config(asked)
        .await
        .unwrap();
    let counts = of_one.value.by_identity;
    assert_eq!(counts.get(&identity), produced.by_identity.get(&identity));
    assert!(counts.len() <= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_slots_that_there_is_not_has_no_block_production() {
    let net = JsonNet::start().await;
    let range = |first: u64, last: u64| json!([{"range": {"firstSlot": first, "lastSlot": last}}]);
    let backwards = net.failure("getBlockProduction", range(3, 2)).await;
    let sentence = "lastSlot, 2, cannot be less than firstSlot, 3";
    assert_eq!(
        (backwards.code, backwards.message.as_str()),
        (-32602, sentence)
    );
    let ahead = net.failure("getBlockProduction", range(0, 100_000)).await;
    assert!(
        ahead
            .message
            .starts_with("lastSlot, 100000, is too large; max ")
    );
    let nobody = json!([{"identity": "nobody"}]);
    assert_eq!(net.failure("getBlockProduction", nobody).await.code, -32602);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_accounts_are_listed_with_what_they_hold() {
    let net = JsonNet::start().await;
    let listed = |filter| {
        net.rpc
            .get_largest_accounts_with_config(RpcLargestAccountsConfig {
                commitment: None,
                filter,
                sort_results: None,
            })
    };
    let all = listed(None).await.unwrap().value;
    assert_eq!(all.len(), 20);
    assert!(all.is_sorted_by(|one, next| one.lamports >= next.lamports));
    let faucet = net.localnet.faucet().pubkey();
    assert_eq!(all[0].address, faucet.to_string());
    assert_eq!(all[0].lamports, net.rpc.get_balance(&faucet).await.unwrap());
    let circulating = listed(Some(RpcLargestAccountsFilter::Circulating)).await;
    assert_eq!(circulating.unwrap().value[0], all[0]);
    let locked = listed(Some(RpcLargestAccountsFilter::NonCirculating)).await;
    assert_eq!(locked.unwrap().value, []);
}
