//! Balances and accounts in every encoding, with slices and filters.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_tests::net::{JsonNet, SOL};
use solana_account::ReadableAccount;
use solana_account_decoder::{UiAccountEncoding, UiDataSliceConfig};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};
use solana_signer::Signer;

const SYSTEM_PROGRAM: &str = "11111111111111111111111111111111";
const STAKE_PROGRAM: &str = "Stake11111111111111111111111111111111111111";
const VOTE_PROGRAM: &str = "Vote111111111111111111111111111111111111111";
const RENT_SYSVAR: &str = "SysvarRent111111111111111111111111111111111";

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_comes_with_the_slot_it_was_read_in() {
    let net = JsonNet::shared().await;
    let owner = net.funded(3 * SOL).await;
    let params = json!([owner.pubkey().to_string(), {"commitment": "confirmed"}]);
    let balance = net.call("getBalance", params).await;
    assert_eq!(balance["value"], 3 * SOL);
    assert!(balance["context"]["slot"].as_u64() >= Some(1));
    assert_eq!(balance["context"]["apiVersion"], "4.2.2");
    let nobody = json!([Pubkey::new_unique().to_string()]);
    assert_eq!(net.call("getBalance", nobody).await["value"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_read_in_every_encoding() {
    let net = JsonNet::shared().await;
    let rent: Vec<u8> = bincode::serialize(&solana_rent::Rent::default()).unwrap();
    let read = async |encoding: &str| {
        let params = json!([RENT_SYSVAR, {"encoding": encoding}]);
        net.call("getAccountInfo", params).await["value"].clone()
    };
    let base58 = read("base58").await;
    assert_eq!(base58["data"][1], "base58");
    let text = base58["data"][0].as_str().unwrap();
    assert_eq!(bs58::decode(text).into_vec().unwrap(), rent);
    let base64 = read("base64").await;
    assert_eq!(
        base64["data"],
        json!([BASE64_STANDARD.encode(&rent), "base64"])
    );
    let zstd = read("base64+zstd").await;
    assert_eq!(zstd["data"][1], "base64+zstd");
    let packed = BASE64_STANDARD
        .decode(zstd["data"][0].as_str().unwrap())
        .unwrap();
    assert_eq!(zstd::decode_all(packed.as_slice()).unwrap(), rent);
    let parsed = read("jsonParsed").await;
    assert_eq!(parsed["data"]["program"], "sysvar");
    assert_eq!(parsed["data"]["parsed"]["type"], "rent");
    assert_eq!(parsed["data"]["space"], 17);
    assert_eq!(
        base64["owner"],
        "Sysvar1111111111111111111111111111111111111"
    );
    assert_eq!(base64["executable"], false);
    assert_eq!(base64["space"], 17);
    assert!(base64["lamports"].is_u64() && base64["rentEpoch"].is_u64());
    let legacy = net.call("getAccountInfo", json!([RENT_SYSVAR])).await;
    assert_eq!(legacy["value"]["data"], base58["data"][0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_does_not_exist_is_null() {
    let net = JsonNet::shared().await;
    let params = json!([Pubkey::new_unique().to_string(), {"encoding": "base64"}]);
    assert_eq!(
        net.call("getAccountInfo", params).await["value"],
        Value::Null
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slice_shows_only_a_part_of_the_data() {
    let net = JsonNet::shared().await;
    let whole = bincode::serialize(&solana_rent::Rent::default()).unwrap();
    for (offset, length) in [(0, 8), (8, 4), (16, 100), (17, 1), (99, 1), (3, 0)] {
        let config = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            data_slice: Some(UiDataSliceConfig { offset, length }),
            ..RpcAccountInfoConfig::default()
        };
        let address = RENT_SYSVAR.parse().unwrap();
        let answer = net.rpc.get_ui_account_with_config(&address, config).await;
        let account = answer.unwrap().value.unwrap();
        let start = offset.min(whole.len());
        let end = (offset + length).min(whole.len());
        assert_eq!(account.data.decode().unwrap(), whole[start..end]);
        assert_eq!(account.space, Some(17));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn base_58_is_refused_for_more_than_128_bytes() {
    let net = JsonNet::shared().await;
    let vote = net.localnet.validators()[0].vote.to_string();
    let failure = net
        .failure("getAccountInfo", json!([vote, {"encoding": "base58"}]))
        .await;
    assert_eq!(failure.code, -32600);
    assert_eq!(
        failure.message,
        "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding."
    );
    let slice = json!([vote, {"encoding": "base58", "dataSlice": {"offset": 4, "length": 32}}]);
    let answer = net.call("getAccountInfo", slice).await;
    let identity = net.localnet.validators()[0].identity.to_string();
    assert_eq!(answer["value"]["data"], json!([identity, "base58"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_accounts_are_read_in_one_slot() {
    let net = JsonNet::shared().await;
    let owner = net.funded(SOL).await.pubkey();
    let nobody = Pubkey::new_unique();
    let params = json!([[owner.to_string(), nobody.to_string(), RENT_SYSVAR]]);
    let answer = net.call("getMultipleAccounts", params).await;
    let accounts = answer["value"].as_array().unwrap();
    assert_eq!(accounts[0]["lamports"], SOL);
    assert_eq!(accounts[0]["owner"], SYSTEM_PROGRAM);
    assert_eq!(accounts[0]["data"], json!(["", "base64"]));
    assert_eq!(accounts[1], Value::Null);
    assert_eq!(accounts[2]["space"], 17);
    let hundred_and_one = vec![owner.to_string(); 101];
    let failure = net
        .failure("getMultipleAccounts", json!([hundred_and_one]))
        .await;
    assert_eq!(failure.message, "Too many inputs provided; max 100");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_of_a_program_are_filtered() {
    let net = JsonNet::shared().await;
    let all = net
        .call(
            "getProgramAccounts",
            json!([VOTE_PROGRAM, {"encoding": "base64"}]),
        )
        .await;
    assert_eq!(all.as_array().unwrap().len(), 5);
    let identity = net.localnet.validators()[3].identity;
    let config = RpcProgramAccountsConfig {
        filters: Some(vec![
            RpcFilterType::DataSize(3762),
            RpcFilterType::Memcmp(Memcmp::new_base58_encoded(4, identity.as_ref())),
        ]),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64Zstd),
            ..RpcAccountInfoConfig::default()
        },
        ..RpcProgramAccountsConfig::default()
    };
    let program = VOTE_PROGRAM.parse().unwrap();
    let found = net
        .rpc
        .get_program_ui_accounts_with_config(&program, config)
        .await
        .unwrap();
    let [(address, account)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(*address, net.localnet.validators()[3].vote);
    let account = account.to_account_shared_data().unwrap();
    assert_eq!(account.data()[4..36], identity.to_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_compared_in_all_their_forms() {
    let net = JsonNet::shared().await;
    let identity = net.localnet.validators()[1].identity;
    let vote = net.localnet.validators()[1].vote.to_string();
    let text = identity.to_string();
    let base64 = BASE64_STANDARD.encode(identity);
    for compare in [
        json!({"offset": 4, "bytes": text}),
        json!({"offset": 4, "bytes": text, "encoding": "base58"}),
        json!({"offset": 4, "bytes": base64, "encoding": "base64"}),
        json!({"offset": 4, "bytes": identity.to_bytes()}),
    ] {
        let config = json!({
            "encoding": "base64",
            "dataSlice": {"offset": 0, "length": 4},
            "filters": [{"memcmp": compare}],
            "withContext": true,
        });
        let answer = net
            .call("getProgramAccounts", json!([VOTE_PROGRAM, config]))
            .await;
        assert!(answer["context"]["slot"].is_u64());
        let found = answer["value"].as_array().unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["pubkey"], vote);
        assert_eq!(found[0]["account"]["data"], json!(["AwAAAA==", "base64"]));
    }
    let none = json!([VOTE_PROGRAM, {"encoding": "base64", "filters": [{"dataSize": 200}]}]);
    assert_eq!(net.call("getProgramAccounts", none).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_filters_are_refused() {
    let net = JsonNet::shared().await;
    let five = json!([VOTE_PROGRAM, {"filters": vec![json!({"dataSize": 1}); 5]}]);
    let failure = net.failure("getProgramAccounts", five).await;
    assert_eq!(failure.message, "Too many filters provided; max 4");
    let long = json!({"memcmp": {"offset": 0, "bytes": vec![0; 129]}});
    let failure = net
        .failure(
            "getProgramAccounts",
            json!([VOTE_PROGRAM, {"filters": [long]}]),
        )
        .await;
    assert_eq!(failure.code, -32602);
    assert_eq!(failure.message, "Invalid param: DataTooLarge");
}

#[tokio::test(flavor = "multi_thread")]
async fn stake_and_vote_accounts_are_shown_in_words() {
    let net = JsonNet::shared().await;
    let stakes = net
        .call(
            "getProgramAccounts",
            json!([STAKE_PROGRAM, {"encoding": "jsonParsed"}]),
        )
        .await;
    let stakes = stakes.as_array().unwrap();
    assert_eq!(stakes.len(), 5);
    let parsed = &stakes[0]["account"]["data"]["parsed"];
    assert_eq!(parsed["type"], "delegated");
    let stake = &parsed["info"]["stake"]["delegation"]["stake"];
    assert_eq!(*stake, (200_000 * SOL).to_string());
    let vote = net.localnet.validators()[4].vote.to_string();
    let params = json!([vote, {"encoding": "jsonParsed"}]);
    let answer = net.call("getAccountInfo", params).await;
    let info = &answer["value"]["data"]["parsed"]["info"];
    assert_eq!(
        info["nodePubkey"],
        net.localnet.validators()[4].identity.to_string()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_minimum_balance_for_rent_exemption_is_that_of_the_cluster() {
    let net = JsonNet::shared().await;
    for size in [0, 17, 200, 3762] {
        let minimum = net
            .call("getMinimumBalanceForRentExemption", json!([size]))
            .await;
        let expected = solana_rent::Rent::default().minimum_balance(size);
        assert_eq!(minimum, expected);
    }
}
