//! What a stake account must hold at least, as the stake program says.

use base64::{Engine, prelude::BASE64_STANDARD};
use sluice_math::Lamports;
use solana_hash::Hash;
use solana_message::{VersionedMessage, v0};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::config::RpcSimulateTransactionConfig;
use solana_sdk_ids::stake;
use solana_signature::Signature;
use solana_stake_interface::instruction::get_minimum_delegation;
use solana_transaction::versioned::VersionedTransaction;

/// What it is on mainnet, devnet and testnet: assumed where nobody says.
pub const USUAL_MINIMUM_DELEGATION: Lamports = Lamports::new(1_000_000_000);

/// The minimum delegation: the node's word, or else what the stake program returns in a simulation.
/// `None` where the node does neither. `payer` stands as the fee payer of the simulation: an account
/// of the system program with lamports to spare; it signs nothing.
pub(super) fn ask(rpc: &RpcClient, payer: &Pubkey) -> Option<u64> {
    let told = rpc.get_stake_minimum_delegation().ok();
    told.or_else(|| simulated(rpc, payer))
}

fn simulated(rpc: &RpcClient, payer: &Pubkey) -> Option<u64> {
    let instructions = [get_minimum_delegation()];
    let message = v0::Message::try_compile(payer, &instructions, &[], Hash::default()).ok()?;
    let transaction = VersionedTransaction {
        signatures: vec![Signature::default()],
        message: VersionedMessage::V0(message),
    };
    let config = RpcSimulateTransactionConfig {
        sig_verify: false,
        replace_recent_blockhash: true,
        commitment: Some(rpc.commitment()),
        ..RpcSimulateTransactionConfig::default()
    };
    let answer = rpc.simulate_transaction_with_config(&transaction, config);
    let returned = answer.ok()?.value.return_data?;
    let bytes = BASE64_STANDARD.decode(returned.data.0).ok()?;
    let is_told = returned.program_id == stake::ID.to_string();
    is_told.then(|| bytes.try_into().ok().map(u64::from_le_bytes))?
}
