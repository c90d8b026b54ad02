//! Requests that a localnet answers, one or more of each method.

use serde_json::{Value, json};
use sluice_localnet::{
    ADVANCE_EPOCH_METHOD, ADVANCE_TO_SLOT_METHOD, Localnet, LocalnetConfig, SET_DELINQUENT_METHOD,
    ValidatorConfig,
};
use solana_account::Account;
use solana_hash::Hash;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::{Keypair, keypair_from_seed};
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{compute_budget, stake, system_program, sysvar, vote};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use spl_token_interface::ID as TOKEN_PROGRAM;

/// Requests in JSON.
pub struct Requests {
    calls: Vec<Value>,
    subscriptions: Vec<Value>,
    known: Vec<Pubkey>,
}

/// The number of the faucet's key.
const FAUCET: u8 = 1;

fn key(number: u8) -> Keypair {
    keypair_from_seed(&[number; 32]).expect("32 bytes are a keypair's seed")
}

/// A cluster whose keys are the same every time.
pub fn config() -> LocalnetConfig {
    let validator = |number: u8| ValidatorConfig {
        identity: key(number),
        vote: key(number + 1),
        ..ValidatorConfig::with_commission_bps(500)
    };
    LocalnetConfig {
        faucet: key(FAUCET),
        validators: vec![validator(10), validator(20)],
        accounts: vec![(key(30).pubkey(), mint())],
        ..LocalnetConfig::default()
    }
}

/// A mint of nine decimals whose authority is the faucet.
fn mint() -> Account {
    use solana_program_pack::Pack;
    let mint = spl_token_interface::state::Mint {
        mint_authority: Some(key(FAUCET).pubkey()).into(),
        supply: 1_000,
        decimals: 9,
        is_initialized: true,
        ..Default::default()
    };
    let mut data = vec![0; spl_token_interface::state::Mint::LEN];
    mint.pack_into_slice(&mut data);
    Account {
        lamports: 1_000_000_000,
        data,
        owner: TOKEN_PROGRAM,
        ..Account::default()
    }
}

/// A call of a method.
pub fn call(method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

impl Requests {
    /// Requests about what is there on this cluster.
    pub fn of(localnet: &Localnet) -> Self {
        let validators = localnet.validators();
        let mut known = vec![
            localnet.faucet().pubkey(),
            key(30).pubkey(),
            key(2).pubkey(),
        ];
        known.extend(validators.iter().map(|validator| validator.vote));
        known.extend([system_program::ID, TOKEN_PROGRAM, stake::ID, vote::ID]);
        known.extend([compute_budget::ID, sysvar::clock::ID, sysvar::rent::ID]);
        known.extend([
            sysvar::stake_history::ID,
            solana_sdk_ids::bpf_loader_upgradeable::ID,
        ]);
        known.extend([
            solana_sdk_ids::address_lookup_table::ID,
            sysvar::slot_hashes::ID,
        ]);
        Self {
            calls: calls(&known),
            subscriptions: subscriptions(&known),
            known,
        }
    }

    /// How many there are.
    pub fn count(&self) -> u8 {
        u8::try_from(self.calls.len()).expect("fewer than 256 requests")
    }

    /// The one with this number.
    pub fn get(&self, number: u8) -> Value {
        self.calls[usize::from(number) % self.calls.len()].clone()
    }

    /// All of them, as text.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.calls.iter().map(Value::to_string)
    }

    /// Those for WebSocket, as text.
    pub fn subscriptions(&self) -> impl Iterator<Item = String> {
        self.subscriptions.iter().map(Value::to_string)
    }

    /// A signed transaction of the faucet's: each instruction has a program, accounts and arguments.
    pub fn transaction(&self, hash: &Hash, of: &[(u8, Vec<u8>, Vec<u8>)]) -> Vec<u8> {
        let at = |number: u8| self.known[usize::from(number) % self.known.len()];
        let faucet = key(FAUCET);
        let instructions = of.iter().map(|(program, accounts, data)| Instruction {
            program_id: at(*program),
            accounts: accounts
                .iter()
                .take(64)
                .map(|number| AccountMeta {
                    pubkey: at(number / 4),
                    is_signer: false,
                    is_writable: number & 1 != 0,
                })
                .collect(),
            data: data.clone(),
        });
        let instructions: Vec<Instruction> = instructions.collect();
        let message = Message::new_with_blockhash(&instructions, Some(&faucet.pubkey()), hash);
        let signed = VersionedTransaction::try_new(VersionedMessage::Legacy(message), &[&faucet]);
        let transaction = signed.expect("the faucet alone signs");
        bincode::serialize(&transaction).expect("a transaction has bytes")
    }
}

fn calls(known: &[Pubkey]) -> Vec<Value> {
    let mut calls = of_cluster();
    calls.extend(of_accounts(known));
    calls.extend(of_transactions(known));
    let votes = known[3].to_string();
    calls.extend([
        call(ADVANCE_EPOCH_METHOD, json!([])),
        call(ADVANCE_TO_SLOT_METHOD, json!([5])),
        call(SET_DELINQUENT_METHOD, json!([votes, true])),
        call(SET_DELINQUENT_METHOD, json!([votes, false])),
    ]);
    calls
}

fn of_cluster() -> Vec<Value> {
    const WITHOUT: [&str; 22] = [
        "getBlockHeight",
        "getBlockProduction",
        "getClusterNodes",
        "getEpochInfo",
        "getEpochSchedule",
        "getFirstAvailableBlock",
        "getGenesisHash",
        "getHealth",
        "getHighestSnapshotSlot",
        "getIdentity",
        "getInflationGovernor",
        "getInflationRate",
        "getLatestBlockhash",
        "getLeaderSchedule",
        "getSlot",
        "getSlotLeader",
        "getStakeMinimumDelegation",
        "getSupply",
        "getTransactionCount",
        "getVersion",
        "getVoteAccounts",
        "minimumLedgerSlot",
    ];
    let mut calls: Vec<Value> = WITHOUT
        .iter()
        .map(|method| call(method, json!([])))
        .collect();
    let range = json!({"range": {"firstSlot": 0, "lastSlot": 3}, "identity": null});
    calls.extend([
        call(
            "getBlock",
            json!([1, {"encoding": "jsonParsed", "transactionDetails": "full",
            "rewards": true, "maxSupportedTransactionVersion": 0}]),
        ),
        call("getBlock", json!([1, {"transactionDetails": "accounts"}])),
        call("getBlockProduction", json!([range])),
        call("getBlocks", json!([0, 3])),
        call("getBlocksWithLimit", json!([0, 3])),
        call("getBlockTime", json!([1])),
        call("getLeaderSchedule", json!([0, {"identity": null}])),
        call("getSlotLeaders", json!([1, 10])),
        call("getRecentPerformanceSamples", json!([5])),
        call("getMinimumBalanceForRentExemption", json!([165])),
        call("getLargestAccounts", json!([{"filter": "circulating"}])),
        call(
            "getVoteAccounts",
            json!([{"keepUnstakedDelinquents": true, "delinquentSlotDistance": 5}]),
        ),
        call(
            "getSupply",
            json!([{"excludeNonCirculatingAccountsList": true}]),
        ),
        call(
            "getEpochInfo",
            json!([{"commitment": "confirmed", "minContextSlot": 1}]),
        ),
    ]);
    calls
}

fn of_accounts(known: &[Pubkey]) -> Vec<Value> {
    let text = |index: usize| known[index].to_string();
    let (faucet, mint, vote, token) = (text(0), text(1), text(3), TOKEN_PROGRAM.to_string());
    let filters = json!([{"dataSize": 165}, {"memcmp": {"offset": 0, "bytes": mint}}]);
    vec![
        call("getAccountInfo", json!([faucet, {"encoding": "base64"}])),
        call("getAccountInfo", json!([vote, {"encoding": "jsonParsed"}])),
        call(
            "getAccountInfo",
            json!([mint, {"encoding": "base64+zstd", "dataSlice": {"offset": 4, "length": 8}}]),
        ),
        call(
            "getAccountInfo",
            json!([sysvar::clock::ID.to_string(), {"encoding": "base58"}]),
        ),
        call("getBalance", json!([faucet, {"commitment": "processed"}])),
        call(
            "getMultipleAccounts",
            json!([[faucet, mint, vote], {"encoding": "jsonParsed"}]),
        ),
        call(
            "getProgramAccounts",
            json!([stake::ID.to_string(), {"encoding": "jsonParsed", "withContext": true}]),
        ),
        call(
            "getProgramAccounts",
            json!([token, {"filters": filters, "encoding": "base64"}]),
        ),
        call("getInflationReward", json!([[vote, faucet], {"epoch": 0}])),
        call("getTokenAccountBalance", json!([faucet])),
        call(
            "getTokenAccountsByOwner",
            json!([faucet, {"mint": mint}, {"encoding": "jsonParsed"}]),
        ),
        call(
            "getTokenAccountsByDelegate",
            json!([faucet, {"programId": token}, {"encoding": "base64"}]),
        ),
        call("getTokenLargestAccounts", json!([mint])),
        call("getTokenSupply", json!([mint])),
        call("getRecentPrioritizationFees", json!([[faucet, vote]])),
    ]
}

fn of_transactions(known: &[Pubkey]) -> Vec<Value> {
    let (faucet, other) = (known[0].to_string(), known[2].to_string());
    let signature = "1".repeat(64);
    let hash = Hash::default().to_string();
    vec![
        call("requestAirdrop", json!([other, 1_000_000_000])),
        call(
            "requestAirdrop",
            json!([other, 1_000_000_000, {"recentBlockhash": hash}]),
        ),
        call(
            "getSignaturesForAddress",
            json!([faucet, {"limit": 10, "before": null, "until": null}]),
        ),
        call(
            "getSignatureStatuses",
            json!([[signature], {"searchTransactionHistory": true}]),
        ),
        call(
            "getTransaction",
            json!([signature, {"encoding": "jsonParsed", "maxSupportedTransactionVersion": 0}]),
        ),
        call(
            "isBlockhashValid",
            json!([hash, {"commitment": "processed"}]),
        ),
        call(
            "getFeeForMessage",
            json!(["AQABAQ==", {"commitment": "processed"}]),
        ),
        call(
            "sendTransaction",
            json!(["AQAB", {"encoding": "base64", "skipPreflight": true, "maxRetries": 1}]),
        ),
        call(
            "simulateTransaction",
            json!(["AQAB", {"encoding": "base64", "sigVerify": false,
            "replaceRecentBlockhash": true, "innerInstructions": true,
            "accounts": {"encoding": "base64", "addresses": [faucet]}}]),
        ),
    ]
}

fn subscriptions(known: &[Pubkey]) -> Vec<Value> {
    let (faucet, token) = (known[0].to_string(), TOKEN_PROGRAM.to_string());
    let signature = "1".repeat(64);
    vec![
        call(
            "accountSubscribe",
            json!([faucet, {"encoding": "jsonParsed"}]),
        ),
        call(
            "programSubscribe",
            json!([token, {"encoding": "base64", "filters": [{"dataSize": 82}]}]),
        ),
        call("logsSubscribe", json!(["all"])),
        call(
            "logsSubscribe",
            json!([{"mentions": [faucet]}, {"commitment": "finalized"}]),
        ),
        call(
            "signatureSubscribe",
            json!([signature, {"enableReceivedNotification": true}]),
        ),
        call("slotSubscribe", json!([])),
        call("rootSubscribe", json!([])),
        call("accountUnsubscribe", json!([1])),
        call("slotUnsubscribe", json!([1])),
    ]
}
