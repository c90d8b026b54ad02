//! A localnet with the program, a blocking client, and a clock that tests turn.

use sluice_localnet::{CostTrackerLimits, Localnet, LocalnetConfig};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use solana_stake_interface::{
    instruction as stake_program,
    state::{Authorized, Lockup, StakeStateV2},
};
use solana_transaction::Transaction;
use spl_token_interface::state::Account as TokenAccount;
use tokio::runtime::Runtime;

use super::{SOL, start, with_sluice};

/// A localnet with the program.
pub struct Net {
    // Dropped before the runtime that serves it.
    localnet: Localnet,
    runtime: Runtime,
    /// A client of it, at commitment `confirmed`.
    pub rpc: RpcClient,
}

impl Net {
    /// A localnet with the program beside what is configured, on any free ports.
    pub fn start(config: LocalnetConfig) -> Self {
        let runtime = Runtime::new().expect("a runtime starts");
        let localnet = runtime.block_on(start(with_sluice(config)));
        let commitment = CommitmentConfig::confirmed();
        let rpc = RpcClient::new_with_commitment(localnet.rpc_url(), commitment);
        Self {
            localnet,
            runtime,
            rpc,
        }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        self.localnet.rpc_url()
    }

    /// The vote accounts of its validators.
    pub fn votes(&self) -> Vec<Pubkey> {
        let validators = self.localnet.validators();
        validators.iter().map(|validator| validator.vote).collect()
    }

    /// What a block admits, in cost units.
    pub fn block_limits(&self) -> CostTrackerLimits {
        self.localnet.block_limits()
    }

    /// Makes a validator stop voting.
    pub fn silence(&self, vote: &Pubkey) {
        let silenced = self.localnet.set_delinquent(vote, true);
        silenced.expect("a validator of this cluster");
    }

    /// Jumps to the next epoch, past the payment of its rewards.
    pub fn next_epoch(&self) {
        let jump = self.localnet.advance_epoch();
        self.runtime.block_on(jump).expect("the next epoch");
    }

    /// Jumps to a slot of this epoch.
    pub fn to_slot(&self, slot: u64) {
        let jump = self.localnet.advance_to_slot(slot);
        self.runtime.block_on(jump).expect("a slot of this epoch");
    }

    /// Jumps to where this many basis points of this epoch's slots are over.
    pub fn to_epoch_part(&self, part_bps: u64) {
        let info = self.localnet.epoch_info();
        let first = info.absolute_slot - info.slot_index;
        self.to_slot(first + (info.slots_in_epoch * part_bps).div_ceil(10_000));
    }

    /// Gives an address lamports.
    pub fn airdrop(&self, to: &Pubkey, lamports: u64) {
        self.rpc.request_airdrop(to, lamports).expect("an airdrop");
    }

    /// Sends a transaction that the first signer pays, and waits until it is confirmed.
    pub fn send(&self, instructions: &[Instruction], signers: &[&Keypair]) {
        let payer = signers[0].pubkey();
        let blockhash = self.rpc.get_latest_blockhash().expect("a blockhash");
        let transaction =
            Transaction::new_signed_with_payer(instructions, Some(&payer), signers, blockhash);
        let sent = self.rpc.send_and_confirm_transaction(&transaction);
        sent.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Lamports of an account.
    pub fn lamports(&self, address: &Pubkey) -> u64 {
        self.rpc.get_balance(address).expect("a balance")
    }

    /// Tokens in a token account.
    pub fn tokens(&self, address: &Pubkey) -> u64 {
        let account = self.rpc.get_account(address).expect("an account");
        let account = TokenAccount::unpack(&account.data).expect("a token account");
        account.amount
    }

    /// A new stake account of `owner` with this many lamports above its rent, delegated where a
    /// validator is named.
    pub fn stake_account(
        &self,
        owner: &Keypair,
        lamports: u64,
        lockup: Lockup,
        vote: Option<&Pubkey>,
    ) -> Pubkey {
        let stake = Keypair::new();
        let (wallet, address) = (owner.pubkey(), stake.pubkey());
        let lamports = lamports + Rent::default().minimum_balance(StakeStateV2::size_of());
        let authorized = Authorized::auto(&wallet);
        let mut instructions =
            stake_program::create_account(&wallet, &address, &authorized, &lockup, lamports);
        instructions
            .extend(vote.map(|vote| stake_program::delegate_stake(&address, &wallet, vote)));
        self.send(&instructions, &[owner, &stake]);
        address
    }

    /// A new wallet with some SOL.
    pub fn wallet(&self, sol: u64) -> Keypair {
        let keypair = Keypair::new();
        self.airdrop(&keypair.pubkey(), sol * SOL);
        keypair
    }
}
