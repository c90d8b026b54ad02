//! Which methods of a validator there are, and which are left out.

use std::{fs, path::Path};

use serde_json::{Value, json};
use sluice_tests::net::JsonNet;
use solana_rpc_client_api::request::RpcRequest::{self, *};

/// What a localnet has no answer for. The book says why.
const LEFT_OUT: [RpcRequest; 4] = [
    GetAgGenesisCert,
    GetBlockCommitment,
    GetMaxRetransmitSlot,
    GetMaxShredInsertSlot,
];

/// Every method that Solana's client of this version names, but those that no validator of this
/// version has any more.
const ANSWERED: [RpcRequest; 49] = [
    GetAccountInfo,
    GetBalance,
    GetBlock,
    GetBlockHeight,
    GetBlockProduction,
    GetBlocks,
    GetBlocksWithLimit,
    GetBlockTime,
    GetClusterNodes,
    GetEpochInfo,
    GetEpochSchedule,
    GetFeeForMessage,
    GetFirstAvailableBlock,
    GetGenesisHash,
    GetHealth,
    GetIdentity,
    GetInflationGovernor,
    GetInflationRate,
    GetInflationReward,
    GetLargestAccounts,
    GetLatestBlockhash,
    GetLeaderSchedule,
    GetMinimumBalanceForRentExemption,
    GetMultipleAccounts,
    GetProgramAccounts,
    GetRecentPerformanceSamples,
    GetRecentPrioritizationFees,
    GetHighestSnapshotSlot,
    GetSignaturesForAddress,
    GetSignatureStatuses,
    GetSlot,
    GetSlotLeader,
    GetSlotLeaders,
    GetStakeMinimumDelegation,
    GetSupply,
    GetTokenAccountBalance,
    GetTokenAccountsByDelegate,
    GetTokenAccountsByOwner,
    GetTokenLargestAccounts,
    GetTokenSupply,
    GetTransaction,
    GetTransactionCount,
    GetVersion,
    GetVoteAccounts,
    IsBlockhashValid,
    MinimumLedgerSlot,
    RequestAirdrop,
    SendTransaction,
    SimulateTransaction,
];

const METHOD_NOT_FOUND: i64 = -32601;

/// Whether there is such a method: without parameters, some fail, but otherwise.
async fn is_known(net: &JsonNet, method: RpcRequest) -> bool {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method.as_str()});
    let answer: Value = serde_json::from_str(&net.post(&body.to_string()).await).unwrap();
    answer["error"]["code"] != METHOD_NOT_FOUND
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_of_a_validator_is_answered_or_left_out_with_a_reason() {
    let net = JsonNet::shared().await;
    for method in ANSWERED {
        assert!(is_known(&net, method).await, "{method} is missing");
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/building.md");
    let page = fs::read_to_string(page).unwrap();
    for method in LEFT_OUT {
        assert!(!is_known(&net, method).await, "{method} is not left out");
        assert!(
            page.contains(&format!("`{method}`")),
            "the book is silent on {method}"
        );
    }
}
