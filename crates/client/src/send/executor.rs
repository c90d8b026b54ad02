//! Sends instructions: simulated first, with the limits that the simulation measured, signed,
//! sent, confirmed, and sent again where the blockhash expired.

use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, VersionedMessage};
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    fees::{Budget, with_budget},
    packing::{MAX_BYTES, compile},
};
use crate::{ClientError, Result};

/// How often a transaction is signed anew because its blockhash expired.
const SEND_ATTEMPTS: usize = 3;

/// A confirmed transaction.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its signature.
    pub signature: Signature,
    /// The slot that it is in.
    pub slot: u64,
    /// Compute units that the simulation just before took.
    pub compute_units: u64,
    /// Its logs in the simulation just before.
    pub logs: Vec<String>,
}

/// What a simulation measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// Compute units.
    pub compute_units: u64,
    /// Bytes of all accounts that were loaded, where the node says so.
    pub loaded_data_bytes: Option<u32>,
    /// Logs.
    pub logs: Vec<String>,
}

/// Sends transactions for a payer.
#[derive(Clone)]
pub struct Executor<'a> {
    pub(super) rpc: &'a RpcClient,
    pub(super) payer: &'a dyn Signer,
    pub(super) tables: Vec<AddressLookupTableAccount>,
    compute_unit_price: u64,
}

impl<'a> Executor<'a> {
    /// Sends through `rpc`, at its commitment; `payer` pays and signs.
    pub fn new(rpc: &'a RpcClient, payer: &'a dyn Signer) -> Self {
        Self {
            rpc,
            payer,
            tables: Vec::new(),
            compute_unit_price: 0,
        }
    }

    /// Pays a priority fee: millionths of a lamport per compute unit.
    pub fn with_compute_unit_price(mut self, micro_lamports: u64) -> Self {
        self.compute_unit_price = micro_lamports;
        self
    }

    /// Uses these lookup tables where they make a transaction smaller.
    pub fn with_lookup_tables(mut self, tables: Vec<AddressLookupTableAccount>) -> Self {
        self.tables = tables;
        self
    }

    /// The lookup tables in use.
    pub fn lookup_tables(&self) -> &[AddressLookupTableAccount] {
        &self.tables
    }

    /// Simulates with the largest limits and a fresh blockhash; signatures are not needed.
    ///
    /// Fails with [`ClientError::Refused`] where the transaction would.
    pub fn simulate(&self, instructions: &[Instruction]) -> Result<Simulated> {
        let (simulated, _) = self.simulate_and_watch(instructions, &[])?;
        Ok(simulated)
    }

    /// Simulates, sets the limits, signs, sends and confirms. The payer signs anyway; `signers`
    /// are the others. Where the blockhash expires before the transaction is seen, it is signed
    /// and sent anew: the old one cannot arrive any more.
    pub fn send(&self, instructions: &[Instruction], signers: &[&dyn Signer]) -> Result<Sent> {
        let simulated = self.simulate(instructions)?;
        let (units, bytes) = (simulated.compute_units, simulated.loaded_data_bytes);
        let budget = Budget::measured(units, bytes, self.compute_unit_price).own();
        let mut last = Signature::default();
        for _ in 0..SEND_ATTEMPTS {
            let (blockhash, last_height) = self
                .rpc
                .get_latest_blockhash_with_commitment(self.rpc.commitment())?;
            let message = self.message(instructions, &budget, blockhash)?;
            let transaction = self.sign(message, signers)?;
            last = transaction.signatures[0];
            if let Some(slot) = self.deliver(&transaction, last_height, &simulated)? {
                return Ok(Sent {
                    signature: last,
                    slot,
                    compute_units: simulated.compute_units,
                    logs: simulated.logs,
                });
            }
        }
        Err(ClientError::Unconfirmed { signature: last })
    }

    /// The message that [`Self::send`] signs.
    pub fn message(
        &self,
        instructions: &[Instruction],
        budget: &Budget,
        blockhash: Hash,
    ) -> Result<VersionedMessage> {
        let instructions = with_budget(instructions, budget);
        let message = compile(&self.payer.pubkey(), &instructions, &self.tables, blockhash)?;
        fitting(message)
    }

    fn sign(
        &self,
        message: VersionedMessage,
        signers: &[&dyn Signer],
    ) -> Result<VersionedTransaction> {
        let mut all: Vec<&dyn Signer> = vec![self.payer];
        for signer in signers {
            if all.iter().all(|known| known.pubkey() != signer.pubkey()) {
                all.push(*signer);
            }
        }
        Ok(VersionedTransaction::try_new(message, &all)?)
    }
}

/// The message, if it fits into a transaction with its signatures.
pub(super) fn fitting(message: VersionedMessage) -> Result<VersionedMessage> {
    let signatures = usize::from(message.header().num_required_signatures);
    let bytes = 1 + signatures * size_of::<Signature>() + message.serialize().len();
    if bytes > MAX_BYTES {
        return Err(ClientError::TooLarge {
            bytes,
            accounts: message.static_account_keys().len(),
        });
    }
    Ok(message)
}
