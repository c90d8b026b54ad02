//! Transactions that are looked at instead of sent.

use solana_account::Account;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;

use super::{
    executor::{Executor, fitting},
    packing::compile,
    simulation::Simulated,
};
use crate::{
    AccountSource, ClientError, Result,
    words::describe::{AccountChanges, changes},
};

/// How often the accounts may change while they are compared.
const ATTEMPTS: usize = 5;

/// What a transaction would do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What the simulation measured.
    pub simulated: Simulated,
    /// The accounts that would change, in the order in which the instructions name them first.
    pub changes: Vec<(Pubkey, AccountChanges)>,
}

impl Executor<'_> {
    /// Simulates, and compares every writable account with what it is now. Nobody needs to be
    /// able to sign.
    ///
    /// Fails with [`ClientError::Refused`] where the transaction would, and with
    /// [`ClientError::Inconsistent`] where others keep changing the same accounts meanwhile.
    pub fn preview(&self, instructions: &[Instruction]) -> Result<Preview> {
        let addresses = self.writable(instructions);
        let mut before = self.states(&addresses)?;
        for _ in 0..ATTEMPTS {
            let (simulated, after) = self.simulate_and_watch(instructions, &addresses)?;
            let still = self.states(&addresses)?;
            if still == before {
                let changes = addresses
                    .iter()
                    .zip(before.iter().zip(&after))
                    .filter_map(|(address, (before, after))| {
                        Some((*address, changes(before.as_ref(), after.as_ref())?))
                    })
                    .collect();
                return Ok(Preview { simulated, changes });
            }
            before = still;
        }
        Err(ClientError::Inconsistent { attempts: ATTEMPTS })
    }

    /// The message for signers elsewhere, such as a multisig: without a compute budget, which
    /// its sender adds. In the legacy format, which everything accepts, or version 0 where
    /// lookup tables are in use.
    pub fn unsigned_message(
        &self,
        instructions: &[Instruction],
        blockhash: Hash,
    ) -> Result<VersionedMessage> {
        let payer = self.payer.pubkey();
        fitting(if self.tables.is_empty() {
            let message = Message::new_with_blockhash(instructions, Some(&payer), &blockhash);
            VersionedMessage::Legacy(message)
        } else {
            compile(&payer, instructions, &self.tables, blockhash)?
        })
    }

    /// What the instructions write, in the order in which they name it first, and the payer.
    pub(super) fn writable(&self, instructions: &[Instruction]) -> Vec<Pubkey> {
        let named = instructions
            .iter()
            .flat_map(|instruction| &instruction.accounts)
            .filter(|account| account.is_writable)
            .map(|account| account.pubkey)
            .chain([self.payer.pubkey()]);
        let mut addresses = Vec::new();
        for address in named {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }

    fn states(&self, addresses: &[Pubkey]) -> Result<Vec<Option<Account>>> {
        Ok(self.rpc.accounts(addresses, None)?.accounts)
    }
}
