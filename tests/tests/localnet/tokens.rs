//! Token balances, supplies and accounts.

use serde_json::{Value, json};
use sluice_tests::net::{JsonNet, SOL};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction::create_account;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account,
};
use spl_token_interface::instruction::{approve, initialize_mint2, mint_to};

const TOKEN_PROGRAM: &str = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";

/// Creates a mint with 9 decimals, controlled by `payer`.
pub async fn create_mint(net: &JsonNet, payer: &Keypair) -> Pubkey {
    let mint = Keypair::new();
    let rent = solana_rent::Rent::default().minimum_balance(82);
    let token = spl_token_interface::ID;
    let instructions = [
        create_account(&payer.pubkey(), &mint.pubkey(), rent, 82, &token),
        initialize_mint2(&token, &mint.pubkey(), &payer.pubkey(), None, 9).unwrap(),
    ];
    net.send(&payer.pubkey(), &instructions, &[payer, &mint])
        .await;
    mint.pubkey()
}

pub fn create_account_instruction(payer: &Pubkey, owner: &Pubkey, mint: &Pubkey) -> Instruction {
    create_associated_token_account(payer, owner, mint, &spl_token_interface::ID)
}

/// Gives a new owner this many base units, and returns the owner and its token account.
async fn grant(net: &JsonNet, payer: &Keypair, mint: &Pubkey, amount: u64) -> (Pubkey, Pubkey) {
    let owner = Pubkey::new_unique();
    let account = get_associated_token_address(&owner, mint);
    let token = spl_token_interface::ID;
    let instructions = [
        create_account_instruction(&payer.pubkey(), &owner, mint),
        mint_to(&token, mint, &account, &payer.pubkey(), &[], amount).unwrap(),
    ];
    net.send(&payer.pubkey(), &instructions, &[payer]).await;
    (owner, account)
}

#[tokio::test(flavor = "multi_thread")]
async fn balances_and_supply_are_exact_decimals() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let mint = create_mint(&net, &payer).await;
    let (_, account) = grant(&net, &payer, &mint, 1_234_567_890_123_456_789).await;
    let balance = net
        .call("getTokenAccountBalance", json!([account.to_string()]))
        .await;
    let value = &balance["value"];
    assert_eq!(value["amount"], "1234567890123456789");
    assert_eq!(value["decimals"], 9);
    assert_eq!(value["uiAmountString"], "1234567890.123456789");
    assert!(value["uiAmount"].is_f64());
    grant(&net, &payer, &mint, 1).await;
    let supply = net.call("getTokenSupply", json!([mint.to_string()])).await;
    assert_eq!(supply["value"]["amount"], "1234567890123456790");
    assert_eq!(supply["value"]["uiAmountString"], "1234567890.12345679");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_account_or_mint_is_refused() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let mint = create_mint(&net, &payer).await.to_string();
    let system = payer.pubkey().to_string();
    let nobody = Pubkey::new_unique().to_string();
    for (method, address, message) in [
        ("getTokenAccountBalance", &nobody, "could not find account"),
        ("getTokenAccountBalance", &system, "not a Token account"),
        ("getTokenAccountBalance", &mint, "not a Token account"),
        ("getTokenSupply", &nobody, "could not find account"),
        ("getTokenSupply", &system, "not a Token mint"),
        ("getTokenLargestAccounts", &system, "not a Token mint"),
    ] {
        let failure = net.failure(method, json!([address])).await;
        assert_eq!(failure.code, -32602);
        assert_eq!(
            failure.message,
            format!("Invalid param: {message}"),
            "{method}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_of_an_owner_are_found_by_mint_and_by_program() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let mint = create_mint(&net, &payer).await;
    let (owner, account) = grant(&net, &payer, &mint, 5).await;
    grant(&net, &payer, &mint, 7).await;
    for which in [
        json!({"mint": mint.to_string()}),
        json!({"programId": TOKEN_PROGRAM}),
    ] {
        let params = json!([owner.to_string(), which, {"encoding": "jsonParsed"}]);
        let found = net.call("getTokenAccountsByOwner", params).await;
        let found = found["value"].as_array().unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["pubkey"], account.to_string());
        let data = &found[0]["account"]["data"];
        assert_eq!(data["program"], "spl-token");
        let info = &data["parsed"]["info"];
        assert_eq!(info["owner"], owner.to_string());
        assert_eq!(info["tokenAmount"]["amount"], "5");
        assert_eq!(info["tokenAmount"]["decimals"], 9);
    }
    let unknown = json!([owner.to_string(), {"programId": Pubkey::new_unique().to_string()}]);
    let failure = net.failure("getTokenAccountsByOwner", unknown).await;
    assert_eq!(
        failure.message,
        "Invalid param: unrecognized Token program id"
    );
    let unknown = json!([owner.to_string(), {"mint": Pubkey::new_unique().to_string()}]);
    let failure = net.failure("getTokenAccountsByOwner", unknown).await;
    assert_eq!(failure.message, "Invalid param: could not find mint");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_of_a_delegate_are_found() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let mint = create_mint(&net, &payer).await;
    let owner = payer.pubkey();
    let account = get_associated_token_address(&owner, &mint);
    let delegate = Pubkey::new_unique();
    let token = spl_token_interface::ID;
    let instructions = [
        create_account_instruction(&owner, &owner, &mint),
        mint_to(&token, &mint, &account, &owner, &[], 9).unwrap(),
        approve(&token, &account, &delegate, &owner, &[], 4).unwrap(),
    ];
    net.send(&owner, &instructions, &[&payer]).await;
    let which = json!({"mint": mint.to_string()});
    let params = json!([delegate.to_string(), which, {"encoding": "base64"}]);
    let found = net.call("getTokenAccountsByDelegate", params).await;
    assert_eq!(found["value"][0]["pubkey"], account.to_string());
    let params = json!([owner.to_string(), which, {"encoding": "base64"}]);
    let none = net.call("getTokenAccountsByDelegate", params).await;
    assert_eq!(none["value"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_accounts_come_first() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let mint = create_mint(&net, &payer).await;
    let mut expected = Vec::new();
    for amount in [3, 11, 7] {
        let (_, account) = grant(&net, &payer, &mint, amount).await;
        expected.push((amount, account.to_string()));
    }
    expected.sort();
    expected.reverse();
    let answer = net
        .call("getTokenLargestAccounts", json!([mint.to_string()]))
        .await;
    let largest: Vec<_> = answer["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let amount = entry["amount"].as_str().unwrap().parse().unwrap();
            (amount, entry["address"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(largest, expected);
    assert_ne!(answer["context"]["slot"], Value::Null);
}
