//! Multisigs of Squads v4: who may propose and approve, and the two instructions that put a message
//! before the members.

mod layout;
#[cfg(test)]
mod tests;

use anchor_lang::AnchorDeserialize;
pub(crate) use layout::Call;
pub use layout::Member;
use layout::{Account, CreateTransaction};
use solana_instruction::{AccountMeta, Instruction};
use solana_message::Message;
use solana_pubkey::{Pubkey, pubkey};
use solana_sdk_ids::system_program;

use crate::{AccountSource, ClientError, Result};

/// The program of Squads v4.
pub const SQUADS_PROGRAM: Pubkey = pubkey!("SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf");

const PREFIX: &[u8] = b"multisig";
const VAULT: &[u8] = b"vault";
const TRANSACTION: &[u8] = b"transaction";
const PROPOSAL: &[u8] = b"proposal";
const EXPECTED: &str = "multisig of Squads v4";

/// What members may do, each a bit.
const INITIATE: u8 = 1;
const VOTE: u8 = 2;

/// A multisig as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multisig {
    /// Where it is.
    pub address: Pubkey,
    /// How many members must approve.
    pub threshold: u16,
    /// Seconds between the last approval and execution.
    pub time_lock_seconds: u32,
    /// Index of its last transaction; 0 where there was none.
    pub last_transaction: u64,
    members: Vec<Member>,
}

/// The address that signs what a multisig's members approve. A multisig has 256 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vault {
    /// The multisig.
    pub multisig: Pubkey,
    /// Which of its vaults.
    pub index: u8,
}

/// A vault transaction and the proposal about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Whose instructions they are.
    pub vault: Vault,
    /// Index of the transaction among those of the multisig.
    pub index: u64,
}

impl Multisig {
    /// Reads a multisig.
    ///
    /// # Errors
    ///
    /// Where the node does not answer, and where there is no multisig of Squads v4 at the address.
    pub fn load(source: &impl AccountSource, address: Pubkey) -> Result<Self> {
        let fetched = source.accounts(&[address], None)?;
        let account = fetched.accounts.into_iter().next().flatten();
        let account = account.ok_or(ClientError::Missing {
            address,
            expected: EXPECTED,
        })?;
        if account.owner != SQUADS_PROGRAM {
            return Err(ClientError::ForeignOwner {
                address,
                expected: EXPECTED,
                owner: account.owner,
            });
        }
        Self::decode(address, &account.data).ok_or(ClientError::Unreadable {
            address,
            expected: EXPECTED,
        })
    }

    fn decode(address: Pubkey, data: &[u8]) -> Option<Self> {
        let mut body = data.strip_prefix(&Account::DISCRIMINATOR)?;
        // The account has room for members who have left and for those who may come.
        let account = Account::deserialize(&mut body).ok()?;
        Some(Self {
            address,
            threshold: account.threshold,
            time_lock_seconds: account.time_lock_seconds,
            last_transaction: account.transaction_index,
            members: account.members,
        })
    }

    /// Whether this member may put a transaction before the others.
    pub fn may_propose(&self, member: &Pubkey) -> bool {
        let mut members = self.members.iter();
        members.any(|one| one.key == *member && one.permissions & INITIATE != 0)
    }

    /// The members whose approval counts.
    pub fn voters(&self) -> impl Iterator<Item = Pubkey> {
        let voters = self.members.iter();
        let voters = voters.filter(|one| one.permissions & VOTE != 0);
        voters.map(|one| one.key)
    }

    /// The proposal that the multisig has room for after so many others.
    pub fn next_proposal(&self, vault: Vault, others: u64) -> Proposal {
        Proposal {
            vault,
            index: self
                .last_transaction
                .saturating_add(others)
                .saturating_add(1),
        }
    }
}

impl Vault {
    /// Where it is.
    pub fn address(&self) -> Pubkey {
        derive(&[PREFIX, self.multisig.as_ref(), VAULT, &[self.index]])
    }
}

impl Proposal {
    /// Where the vault transaction is: what will be executed.
    pub fn transaction(&self) -> Pubkey {
        let index = self.index.to_le_bytes();
        let multisig = self.vault.multisig;
        derive(&[PREFIX, multisig.as_ref(), TRANSACTION, &index])
    }

    /// Where the proposal is: what members approve.
    pub fn address(&self) -> Pubkey {
        let index = self.index.to_le_bytes();
        let multisig = self.vault.multisig;
        derive(&[PREFIX, multisig.as_ref(), TRANSACTION, &index, PROPOSAL])
    }

    /// The two instructions that put a message of the vault before the members. `creator` is a
    /// member and signs, `rent_payer` pays for both accounts and signs. None where the message is
    /// too large to be written in this form.
    pub fn create(
        &self,
        creator: Pubkey,
        rent_payer: Pubkey,
        message: &Message,
    ) -> Option<[Instruction; 2]> {
        let call = Call::CreateTransaction(CreateTransaction {
            vault_index: self.vault.index,
            ephemeral_signers: 0,
            message: layout::encode(message)?,
            memo: None,
        });
        let transaction = self.instruction(true, self.transaction(), creator, rent_payer, &call);
        let call = Call::CreateProposal {
            transaction_index: self.index,
            draft: false,
        };
        let proposal = self.instruction(false, self.address(), creator, rent_payer, &call);
        Some([transaction, proposal])
    }

    /// Both instructions have the same kinds of accounts; only the first one counts transactions.
    fn instruction(
        &self,
        counts: bool,
        created: Pubkey,
        creator: Pubkey,
        rent_payer: Pubkey,
        call: &Call,
    ) -> Instruction {
        let multisig = AccountMeta {
            pubkey: self.vault.multisig,
            is_signer: false,
            is_writable: counts,
        };
        Instruction {
            program_id: SQUADS_PROGRAM,
            accounts: vec![
                multisig,
                AccountMeta::new(created, false),
                AccountMeta::new_readonly(creator, true),
                AccountMeta::new(rent_payer, true),
                AccountMeta::new_readonly(system_program::ID, false),
            ],
            data: call.to_bytes(),
        }
    }
}

fn derive(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &SQUADS_PROGRAM).0
}
