//! Sending transactions.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{AddressLookupTableAccount, Message, VersionedMessage, v0};
use solana_pubkey::Pubkey;
use solana_signature::SIGNATURE_BYTES;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    Cluster,
    outcome::{Sent, TransactionFailure, outcome},
};

/// The largest legacy or v0 transaction, in bytes.
pub const MAX_TRANSACTION_BYTES: usize = 1_232;

/// Compute units a transaction may use unless [`Sending`] says otherwise: the runtime's maximum.
const MAX_COMPUTE_UNITS: u32 = 1_400_000;

/// A blockhash stays valid for about a second of real time, however few slots pass.
const BLOCKHASH_LIFETIME: Duration = Duration::from_millis(200);

/// How to send a transaction, where the defaults of [`Cluster::send`] do not fit.
#[derive(Clone, Debug)]
pub struct Sending {
    /// Compute units the transaction may use.
    pub compute_unit_limit: u32,
    /// Lookup tables to address accounts with; a legacy transaction if there are none.
    pub lookup_tables: Vec<AddressLookupTableAccount>,
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            compute_unit_limit: MAX_COMPUTE_UNITS,
            lookup_tables: Vec::new(),
        }
    }
}

impl Sending {
    /// Sends with lookup tables, as a v0 transaction.
    pub fn with_tables(lookup_tables: &[AddressLookupTableAccount]) -> Self {
        Self {
            lookup_tables: lookup_tables.to_vec(),
            ..Self::default()
        }
    }
}

impl Cluster {
    /// Sends the instructions in one transaction. The harness's payer pays and signs; `signers`
    /// may hold more keypairs than the instructions need. Sending the same twice works.
    pub async fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Sent, TransactionFailure> {
        self.send_as(instructions, signers, &Sending::default())
            .await
    }

    /// Sends what must succeed, or panics with the logs.
    #[track_caller]
    pub fn must_send<'a>(
        &'a mut self,
        instructions: &'a [Instruction],
        signers: &'a [&Keypair],
    ) -> impl Future<Output = Sent> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let result = self.send(instructions, signers).await;
            result.unwrap_or_else(|failure| panic!("refused, sent at {caller}: {failure}"))
        }
    }

    /// Sends what must fail, or panics with the logs.
    #[track_caller]
    pub fn must_fail<'a>(
        &'a mut self,
        instructions: &'a [Instruction],
        signers: &'a [&Keypair],
    ) -> impl Future<Output = TransactionFailure> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            match self.send(instructions, signers).await {
                Ok(sent) => panic!("accepted, sent at {caller}:\n{}", sent.logs.join("\n")),
                Err(failure) => failure,
            }
        }
    }

    /// Sends the instructions with a compute unit limit and lookup tables of choice.
    pub async fn send_as(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        sending: &Sending,
    ) -> Result<Sent, TransactionFailure> {
        self.sent += 1;
        self.refresh_blockhash().await;
        let message = self.message(instructions, sending);
        let transaction = signed(message, self.sent, &self.payer, signers);
        let bytes =
            bincode::serialized_size(&transaction).expect("transactions serialize") as usize;
        assert!(
            bytes <= MAX_TRANSACTION_BYTES,
            "a transaction of {bytes} bytes is larger than {MAX_TRANSACTION_BYTES}"
        );
        let client = &mut self.context.banks_client;
        let result = client.process_transaction_with_metadata(transaction).await;
        let outcome = outcome(result.expect("the bank answers"), bytes);
        outcome.inspect_err(TransactionFailure::panic_if_never_executed)
    }

    /// Size on the wire of these instructions in one transaction, in bytes.
    pub fn transaction_bytes(&self, instructions: &[Instruction], sending: &Sending) -> usize {
        let message = self.message(instructions, sending);
        let signatures = usize::from(message.header().num_required_signatures);
        let transaction = VersionedTransaction {
            signatures: vec![Default::default(); signatures],
            message,
        };
        bincode::serialized_size(&transaction).expect("transactions serialize") as usize
    }

    /// Transfers lamports from the payer.
    pub async fn fund(&mut self, to: &Pubkey, lamports: u64) {
        let transfer = system::transfer(&self.payer.pubkey(), to, lamports);
        self.must_send(&[transfer], &[]).await;
    }

    /// The price differs from one transaction to the next, which makes each of them unique.
    fn message(&self, instructions: &[Instruction], sending: &Sending) -> VersionedMessage {
        let mut all = vec![
            ComputeBudgetInstruction::set_compute_unit_limit(sending.compute_unit_limit),
            ComputeBudgetInstruction::set_compute_unit_price(self.sent),
        ];
        all.extend_from_slice(instructions);
        let payer = self.payer.pubkey();
        if sending.lookup_tables.is_empty() {
            let message = Message::new_with_blockhash(&all, Some(&payer), &self.blockhash);
            return VersionedMessage::Legacy(message);
        }
        v0::Message::try_compile(&payer, &all, &sending.lookup_tables, self.blockhash)
            .map(VersionedMessage::V0)
            .expect("the accounts fit a message")
    }

    async fn refresh_blockhash(&mut self) {
        if self.blockhash_read_at.elapsed() > BLOCKHASH_LIFETIME {
            let read = self.context.banks_client.get_latest_blockhash().await;
            self.blockhash = read.expect("the bank answers");
            self.blockhash_read_at = Instant::now();
        }
    }
}

/// Every address that the instructions name, programs excluded.
pub fn addresses_of(instructions: &[Instruction]) -> Vec<Pubkey> {
    let metas = instructions
        .iter()
        .flat_map(|instruction| &instruction.accounts);
    metas
        .map(|meta| meta.pubkey)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Requires a keypair for every signature, but makes no real ones: this path into the bank checks
/// none, and they would take longer than the transaction. They only have to be unique.
fn signed(
    message: VersionedMessage,
    number: u64,
    payer: &Keypair,
    signers: &[&Keypair],
) -> VersionedTransaction {
    let required = usize::from(message.header().num_required_signatures);
    for address in &message.static_account_keys()[..required] {
        let mut keypairs = std::iter::once(payer).chain(signers.iter().copied());
        let found = keypairs.any(|keypair| keypair.pubkey() == *address);
        assert!(found, "the signer {address} is missing");
    }
    let mut signature = [0; SIGNATURE_BYTES];
    signature[..8].copy_from_slice(&number.to_le_bytes());
    VersionedTransaction {
        signatures: vec![signature.into(); required],
        message,
    }
}
