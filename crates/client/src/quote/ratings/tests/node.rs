//! A node of a made-up cluster: as many validators as a test wants, behind JSON-RPC.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, Mutex},
};

use anchor_lang::prelude::Pubkey;
use axum::{Json, Router, extract::State, routing::post};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_account::Account;
use solana_rpc_client::rpc_client::RpcClient;
use solana_sdk_ids::vote;
use solana_stake_interface::stake_history::StakeHistoryEntry;
use solana_vote_interface::state::{VoteStateV4, VoteStateVersions};
use tokio::runtime::Runtime;

use super::{CREDITS, NOW, REWARDS, STAKE, gross};
use crate::{
    AccountSource, Filter, Nodes,
    fixture::{Fixture, SLOTS_PER_EPOCH},
};

/// A validator of the cluster.
#[derive(Clone)]
pub struct Voter {
    pub vote: Pubkey,
    pub identity: Pubkey,
    pub collector: Pubkey,
    pub says_bps: u16,
    /// The part of an epoch's rewards that its collector was paid.
    pub takes_bps: u64,
    pub stake: u64,
    pub votes_now: bool,
    pub credits: Vec<(u64, u64, u64)>,
}

/// What the node knows and does not tell.
pub struct FakeCluster {
    pub voters: Vec<Voter>,
    pub fixture: Fixture,
    /// What stake accounts were paid for the last epoch, with what they had before.
    pub stake_rewards: HashMap<Pubkey, (u64, u64)>,
    /// Methods that are refused.
    pub refused: Vec<&'static str>,
    /// The first epoch whose rewards are kept.
    pub kept_since: u64,
    /// After so many questions, the next epoch begins.
    pub ends_after: usize,
    pub asked: Mutex<Vec<(String, usize)>>,
}

/// A running node.
pub struct FakeNode {
    pub cluster: Arc<FakeCluster>,
    nodes: Nodes,
    _runtime: Runtime,
}

impl Voter {
    pub fn new(index: u16) -> Self {
        let [high, low] = index.to_be_bytes();
        let key = |kind: u8| {
            let mut bytes = [kind; 32];
            (bytes[0], bytes[1]) = (high, low);
            Pubkey::new_from_array(bytes)
        };
        let since = NOW - 20;
        let credits = (since..=NOW).map(|epoch| {
            let before = (epoch - since) * CREDITS;
            (epoch, before + CREDITS, before)
        });
        Self {
            vote: key(1),
            identity: key(2),
            collector: key(1),
            says_bps: 500,
            takes_bps: 500,
            stake: STAKE,
            votes_now: true,
            credits: credits.collect(),
        }
    }

    fn account(&self) -> Account {
        let state = VoteStateVersions::new_v4(VoteStateV4 {
            node_pubkey: self.identity,
            inflation_rewards_collector: self.collector,
            inflation_rewards_commission_bps: self.says_bps,
            block_revenue_commission_bps: 10_000,
            bls_pubkey_compressed: Some([7; 48]),
            epoch_credits: self.credits.clone(),
            ..VoteStateV4::default()
        });
        let mut data = bincode::serialize(&state).unwrap();
        data.resize(VoteStateV4::size_of(), 0);
        Account {
            lamports: 1,
            data,
            owner: vote::ID,
            ..Account::default()
        }
    }

    fn told(&self) -> Value {
        json!({
            "votePubkey": self.vote.to_string(),
            "nodePubkey": self.identity.to_string(),
            "activatedStake": self.stake,
            "commission": self.says_bps.div_ceil(100),
            "epochVoteAccount": true,
            "epochCredits": [],
            "lastVote": 1,
            "rootSlot": 1,
        })
    }
}

impl FakeCluster {
    /// A cluster that paid 0.03% for its last epoch.
    pub fn new(voters: Vec<Voter>) -> Self {
        let mut fixture = Fixture::new(0, 0, 0);
        fixture.slot = NOW * SLOTS_PER_EPOCH + 100;
        fixture.rewards.total_rewards = REWARDS;
        fixture.rewards.total_points = 100 * u128::from(STAKE) * u128::from(CREDITS);
        for epoch in NOW - 20..NOW {
            let entry = StakeHistoryEntry::with_effective(100 * STAKE);
            fixture.history.add(epoch, entry);
        }
        for voter in &voters {
            fixture.others.insert(voter.vote, voter.account());
        }
        Self {
            voters,
            fixture,
            stake_rewards: HashMap::new(),
            refused: Vec::new(),
            kept_since: 0,
            ends_after: usize::MAX,
            asked: Mutex::default(),
        }
    }

    pub fn start(self) -> FakeNode {
        let cluster = Arc::new(self);
        let runtime = Runtime::new().unwrap();
        let bound = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(bound).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new()
            .route("/", post(serve))
            .with_state(Arc::clone(&cluster));
        runtime.spawn(async move { axum::serve(listener, routes).await });
        FakeNode {
            cluster,
            nodes: Nodes::connect(&[url]).unwrap(),
            _runtime: runtime,
        }
    }

    fn vote_accounts(&self) -> Value {
        let of = |votes_now: bool| -> Vec<Value> {
            let voters = self.voters.iter();
            let voters = voters.filter(|voter| voter.votes_now == votes_now);
            voters.map(Voter::told).collect()
        };
        json!({ "current": of(true), "delinquent": of(false) })
    }

    fn inflation_reward(&self, addresses: &[Pubkey], epoch: u64) -> Value {
        let mut collected = HashMap::<Pubkey, u64>::new();
        for voter in &self.voters {
            let amount = gross(voter.stake, CREDITS) * voter.takes_bps / 10_000;
            *collected.entry(voter.collector).or_default() += amount;
        }
        let paid = |address: &Pubkey| {
            let reward = |amount: u64, before: u64| {
                json!({
                    "epoch": epoch,
                    "effectiveSlot": 1,
                    "amount": amount,
                    "postBalance": before + amount,
                    "commission": null,
                })
            };
            let stake = self.stake_rewards.get(address);
            let stake = stake.map(|(before, amount)| reward(*amount, *before));
            let collected = collected.get(address);
            stake.or_else(|| collected.map(|amount| reward(*amount, 1)))
        };
        addresses.iter().map(paid).collect()
    }

    fn fixture_now(&self) -> Cow<'_, Fixture> {
        if self.asked.lock().unwrap().len() <= self.ends_after {
            return Cow::Borrowed(&self.fixture);
        }
        let mut next = self.fixture.clone();
        next.slot += SLOTS_PER_EPOCH;
        Cow::Owned(next)
    }

    fn answer(&self, method: &str, params: &Value) -> Value {
        let addresses = |value: &Value| -> Vec<Pubkey> {
            let texts = value.as_array().into_iter().flatten();
            texts
                .map(|text| text.as_str().unwrap().parse().unwrap())
                .collect()
        };
        match method {
            "getVoteAccounts" => self.vote_accounts(),
            "getClusterNodes" => self
                .voters
                .iter()
                .map(|voter| json!({ "pubkey": voter.identity.to_string(), "version": "4.2.1" }))
                .collect(),
            "getMultipleAccounts" => {
                let fixture = self.fixture_now();
                let found = fixture.accounts(&addresses(&params[0]), None).unwrap();
                let accounts = found.accounts.iter();
                let told: Vec<Value> = accounts
                    .map(|one| one.as_ref().map_or(Value::Null, told))
                    .collect();
                json!({ "context": { "slot": fixture.slot }, "value": told })
            }
            "getInflationReward" => {
                let epoch = params[1]["epoch"].as_u64().unwrap();
                self.inflation_reward(&addresses(&params[0]), epoch)
            }
            "getProgramAccounts" => {
                let program = params[0].as_str().unwrap().parse().unwrap();
                let filters = &params[1]["filters"];
                let memcmp = &filters[1]["memcmp"];
                let filter = Filter {
                    offset: usize::try_from(memcmp["offset"].as_u64().unwrap()).unwrap(),
                    bytes: memcmp["bytes"]
                        .as_str()
                        .unwrap()
                        .parse::<Pubkey>()
                        .unwrap()
                        .to_bytes()
                        .into(),
                };
                let bytes = usize::try_from(filters[0]["dataSize"].as_u64().unwrap()).unwrap();
                let found = self
                    .fixture
                    .program_accounts(&program, Some(bytes), &[filter])
                    .unwrap();
                found.iter().map(|(address, account)| {
                    json!({ "pubkey": address.to_string(), "account": told(account) })
                }).collect()
            }
            other => panic!("{other} is not served"),
        }
    }
}

impl FakeNode {
    pub fn client(&self) -> RpcClient {
        self.nodes.client()
    }

    /// How often it was asked for this, and for how many addresses at most.
    pub fn asked(&self, method: &str) -> (usize, usize) {
        let asked = self.cluster.asked.lock().unwrap();
        let sizes: Vec<usize> = asked
            .iter()
            .filter(|(known, _)| known == method)
            .map(|(_, addresses)| *addresses)
            .collect();
        (sizes.len(), sizes.iter().copied().max().unwrap_or(0))
    }

    /// All questions.
    pub fn questions(&self) -> usize {
        self.cluster.asked.lock().unwrap().len()
    }
}

async fn serve(State(cluster): State<Arc<FakeCluster>>, Json(request): Json<Value>) -> Json<Value> {
    let method = request["method"].as_str().unwrap();
    let params = &request["params"];
    let addresses = params[0].as_array().map_or(0, Vec::len);
    cluster
        .asked
        .lock()
        .unwrap()
        .push((method.to_owned(), addresses));
    let is_pruned =
        method == "getInflationReward" && params[1]["epoch"].as_u64().unwrap() < cluster.kept_since;
    if is_pruned || cluster.refused.contains(&method) {
        let error = json!({ "code": -32_001, "message": "Block cleaned up" });
        return Json(json!({ "jsonrpc": "2.0", "id": 0, "error": error }));
    }
    let result = cluster.answer(method, params);
    Json(json!({ "jsonrpc": "2.0", "id": 0, "result": result }))
}

fn told(account: &Account) -> Value {
    json!({
        "lamports": account.lamports,
        "data": [BASE64_STANDARD.encode(&account.data), "base64"],
        "owner": account.owner.to_string(),
        "executable": false,
        "rentEpoch": 0,
        "space": account.data.len(),
    })
}
