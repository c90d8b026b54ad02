//! The cluster, the pool and the keeper's folder.

use std::{fs, path::PathBuf};

use serde_json::json;
use sluice::state::Parameter;
use sluice_client::{Executor, PoolAddresses, PoolSnapshot, Repeat};
use sluice_localnet::{ADVANCE_EPOCH_METHOD, ADVANCE_TO_SLOT_METHOD};
use sluice_tests::{
    command::command,
    net::{SOL, new_pool},
};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::request::RpcRequest;
use solana_signer::Signer;
use spl_associated_token_account_interface::address::get_associated_token_address;
use tempfile::TempDir;

use crate::{localnet::LocalnetProcess, sink::Sink, stage::Keeper};

/// Keepers wait for at most a two hundredth of it, and epochs are ended sooner.
const EPOCH_SECONDS: &str = "120";
/// What an epoch pays on the validators' stake: 0.035%, as on mainnet.
const EPOCH_YIELD_PPM: &str = "350";
/// The stake that each validator begins with.
const SOL_OF_EACH: u64 = 50;

/// A cluster of its own with a pool, and what a keeper of it needs.
pub struct SoakStage {
    pub localnet: LocalnetProcess,
    pub rpc: RpcClient,
    pub addresses: PoolAddresses,
    pub sink: Sink,
    /// What the keeper had when it began.
    pub keeper_lamports_at_start: u64,
    payer: Keypair,
    keeper: Pubkey,
    folder: TempDir,
}

impl SoakStage {
    /// With a pool of so many validators, all with active stake.
    pub fn new(validators: usize) -> Self {
        let commissions = (0..validators).map(|index| (index % 10 * 100).to_string());
        let commissions = commissions.collect::<Vec<_>>().join(",");
        let localnet = LocalnetProcess::start(&[
            "start",
            "--epoch-seconds",
            EPOCH_SECONDS,
            "--epoch-yield-ppm",
            EPOCH_YIELD_PPM,
            "--commissions-bps",
            &commissions,
        ]);
        let url = localnet.started["rpc_url"].as_str().unwrap().to_owned();
        let (payer, mint, keeper) = (Keypair::new(), Keypair::new(), Keypair::new());
        let folder = TempDir::new().unwrap();
        write_keypair_file(&keeper, folder.path().join("keeper.json")).unwrap();
        let mut stage = Self {
            localnet,
            rpc: RpcClient::new_with_commitment(url, CommitmentConfig::confirmed()),
            addresses: PoolAddresses::of_mint(mint.pubkey()),
            sink: Sink::start(),
            keeper_lamports_at_start: SOL,
            payer,
            keeper: keeper.pubkey(),
            folder,
        };
        stage.begin(&mint);
        stage.keeper_lamports_at_start = stage.keeper_lamports();
        stage
    }

    fn begin(&self, mint: &Keypair) {
        let payer = self.payer.pubkey();
        let votes = self.votes();
        let stake = SOL_OF_EACH * SOL * votes.len() as u64;
        self.airdrop(&self.keeper, 10 * SOL);
        self.airdrop(&payer, stake + 1_000 * SOL);
        let executor = Executor::new(&self.rpc, &self.payer);
        let create = new_pool(&self.rpc, payer, &self.addresses);
        executor.send(&create, &[mint], Repeat::Harmful).unwrap();
        for vote in votes {
            let snapshot = self.snapshot();
            let page = snapshot.pages_for_new_validators().next().unwrap();
            let serial = snapshot.pool.next_serial;
            let add = self.addresses.add_validator(payer, vote, page, serial, 100);
            self.send(&self.payer, &[add]);
        }
        let account = self.lst_account(&payer);
        let deposit = self.addresses.deposit_sol(payer, account, stake, 1);
        self.send(&self.payer, &[deposit]);
        self.to_window();
        self.crank();
        self.next_epoch();
        self.crank();
    }

    fn votes(&self) -> Vec<Pubkey> {
        let validators = self.localnet.started["validators"].as_array().unwrap();
        let votes = validators.iter().map(|validator| &validator["vote"]);
        votes
            .map(|vote| vote.as_str().unwrap().parse().unwrap())
            .collect()
    }

    fn crank(&self) {
        let executor = Executor::new(&self.rpc, &self.payer);
        let report = executor.crank(&self.addresses, &mut |_| ()).unwrap();
        assert!(report.failures.is_empty(), "{:#?}", report.failures);
    }

    /// Gives an address SOL.
    pub fn airdrop(&self, to: &Pubkey, lamports: u64) {
        self.rpc.request_airdrop(to, lamports).unwrap();
    }

    /// Sends what must succeed.
    pub fn send(&self, payer: &Keypair, instructions: &[Instruction]) {
        let executor = Executor::new(&self.rpc, payer);
        let sent = executor.send(instructions, &[], Repeat::Harmful);
        sent.unwrap_or_else(|error| panic!("{error}: {error:#?}"));
    }

    /// The pool as it is now.
    pub fn snapshot(&self) -> PoolSnapshot {
        PoolSnapshot::load(&self.rpc, &self.addresses).unwrap()
    }

    /// Where an owner's LST are.
    pub fn lst_account(&self, owner: &Pubkey) -> Pubkey {
        get_associated_token_address(owner, &self.addresses.mint)
    }

    /// Goes on to the next epoch.
    pub fn next_epoch(&self) {
        self.jump(ADVANCE_EPOCH_METHOD, &json!([]));
    }

    /// Goes on to where this epoch's stake may move.
    pub fn to_window(&self) {
        let slot = self.snapshot().window_start().unwrap();
        self.jump(ADVANCE_TO_SLOT_METHOD, &json!([slot]));
    }

    fn jump(&self, method: &'static str, parameters: &serde_json::Value) {
        let request = RpcRequest::Custom { method };
        let _info: serde_json::Value = self.rpc.send(request, parameters.clone()).unwrap();
    }

    /// Announces a change of the reward fee, from one small value to another.
    pub fn announce_change(&self) {
        let now_bps = self
            .snapshot()
            .pool
            .parameters()
            .get(Parameter::RewardFeeBps);
        let next_bps = if now_bps == 1 { 2 } else { 1 };
        let (admin, fee) = (self.payer.pubkey(), Parameter::RewardFeeBps);
        let change = self
            .addresses
            .schedule_change(admin, fee, next_bps, now_bps);
        self.send(&self.payer, &[change]);
    }

    /// Alerts of which the webhook was told that they begin.
    pub fn alerts(&self) -> u64 {
        let told = self.sink.told();
        let begun = told.iter().filter(|(event, _)| event == "firing");
        begun.count() as u64
    }

    /// What the keeper has.
    pub fn keeper_lamports(&self) -> u64 {
        self.rpc.get_balance(&self.keeper).unwrap()
    }

    /// The keeper's folder.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The size of a file in it.
    pub fn bytes_of(&self, name: &str) -> u64 {
        fs::metadata(self.state().join(name)).map_or(0, |file| file.len())
    }

    /// A keeper that runs, with everything that it can have.
    pub fn keeper(&self) -> Keeper {
        let file = self.folder.path().join("keeper.toml");
        let text = format!(
            "urls = [{:?}]\nkeypair = {:?}\npools = [\"{}\"]\nevery = 1\nstate = {:?}\nclaim = \
             \"last\"\nlisten = \"127.0.0.1:0\"\nlog = \"json\"\nrequests_per_10_seconds = \
             1000\n[alerts]\nfor_seconds = 1\nmessages_per_hour = 1000\n[[alerts.webhooks]]\nkind = \
             \"json\"\nurl = {:?}\nmin_severity = \"info\"\n",
            self.rpc.url(),
            self.folder.path().join("keeper.json"),
            self.addresses.pool,
            self.state(),
            self.sink.url,
        );
        fs::write(&file, text).unwrap();
        let mut keeper = command(env!("CARGO_BIN_EXE_sluice-keeper"));
        keeper.arg("--config").arg(file);
        Keeper::start(keeper)
    }
}
