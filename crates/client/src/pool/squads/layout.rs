//! Bytes of Squads v4, as its published interface and its library of version 2.1.4 write them.

use anchor_lang::{AnchorDeserialize, AnchorSerialize};
use solana_hash::Hash;
use solana_message::{Message, MessageHeader, compiled_instruction::CompiledInstruction};
use solana_pubkey::Pubkey;

const VAULT_TRANSACTION_CREATE: [u8; 8] = [48, 250, 78, 168, 208, 226, 218, 211];
const PROPOSAL_CREATE: [u8; 8] = [220, 60, 73, 224, 30, 108, 79, 159];

/// An instruction of the program that Sluice writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// `vault_transaction_create`.
    CreateTransaction(CreateTransaction),
    /// `proposal_create`.
    CreateProposal {
        /// About which transaction.
        transaction_index: u64,
        /// Whether nobody can approve it yet.
        draft: bool,
    },
}

/// Arguments of `vault_transaction_create`.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub(crate) struct CreateTransaction {
    pub(crate) vault_index: u8,
    pub(crate) ephemeral_signers: u8,
    /// As [`encode`] writes it.
    pub(crate) message: Vec<u8>,
    pub(crate) memo: Option<String>,
}

/// A multisig, as far as its layout is the same in all versions.
#[derive(AnchorSerialize, AnchorDeserialize)]
pub(super) struct Account {
    create_key: Pubkey,
    config_authority: Pubkey,
    pub(super) threshold: u16,
    pub(super) time_lock_seconds: u32,
    pub(super) transaction_index: u64,
    stale_transaction_index: u64,
    rent_collector: Option<Pubkey>,
    bump: u8,
    pub(super) members: Vec<Member>,
}

/// Who belongs to a multisig.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The member's key.
    pub key: Pubkey,
    /// What the member may do: 1 proposes, 2 votes, 4 executes, in sum.
    pub permissions: u8,
}

impl Account {
    pub(super) const DISCRIMINATOR: [u8; 8] = [224, 116, 121, 186, 68, 161, 79, 236];
}

impl Call {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let (discriminator, arguments) = match self {
            Self::CreateTransaction(create) => (VAULT_TRANSACTION_CREATE, borsh::to_vec(create)),
            Self::CreateProposal {
                transaction_index,
                draft,
            } => (PROPOSAL_CREATE, borsh::to_vec(&(transaction_index, draft))),
        };
        // Writing into memory cannot fail.
        [&discriminator[..], &arguments.unwrap_or_default()].concat()
    }

    /// Reads an instruction; none where it is another one.
    pub(crate) fn parse(data: &[u8]) -> Option<Self> {
        let (discriminator, mut arguments) = data.split_at_checked(8)?;
        let call = if discriminator == VAULT_TRANSACTION_CREATE {
            Self::CreateTransaction(CreateTransaction::deserialize(&mut arguments).ok()?)
        } else if discriminator == PROPOSAL_CREATE {
            let (transaction_index, draft) = <(u64, bool)>::deserialize(&mut arguments).ok()?;
            Self::CreateProposal {
                transaction_index,
                draft,
            }
        } else {
            return None;
        };
        arguments.is_empty().then_some(call)
    }
}

/// A message as `vault_transaction_create` takes it: counts of accounts by kind, the accounts, the
/// instructions, no lookup tables. Lengths are one byte, those of instruction data two. The
/// blockhash is left out: who executes it brings one.
pub(super) fn encode(message: &Message) -> Option<Vec<u8>> {
    let header = message.header;
    let signers = header.num_required_signatures;
    let keys = u8::try_from(message.account_keys.len()).ok()?;
    let others = keys.checked_sub(signers)?;
    let mut bytes = vec![
        signers,
        signers.checked_sub(header.num_readonly_signed_accounts)?,
        others.checked_sub(header.num_readonly_unsigned_accounts)?,
        keys,
    ];
    for key in &message.account_keys {
        bytes.extend(key.as_ref());
    }
    bytes.push(u8::try_from(message.instructions.len()).ok()?);
    for instruction in &message.instructions {
        bytes.push(instruction.program_id_index);
        bytes.push(u8::try_from(instruction.accounts.len()).ok()?);
        bytes.extend(&instruction.accounts);
        let length = u16::try_from(instruction.data.len()).ok()?;
        bytes.extend(length.to_le_bytes());
        bytes.extend(&instruction.data);
    }
    // No lookup tables.
    bytes.push(0);
    Some(bytes)
}

/// Reads what [`encode`] writes; none where it is something else, or uses lookup tables.
pub(crate) fn decode(bytes: &[u8]) -> Option<Message> {
    let mut reader = Reader(bytes);
    let (signers, writable_signers) = (reader.byte()?, reader.byte()?);
    let writable_others = reader.byte()?;
    let keys = reader.byte()?;
    let account_keys = (0..keys)
        .map(|_| Pubkey::try_from(reader.bytes(32)?).ok())
        .collect::<Option<Vec<_>>>()?;
    let instructions = (0..reader.byte()?)
        .map(|_| reader.instruction())
        .collect::<Option<Vec<_>>>()?;
    let is_complete = reader.byte()? == 0 && reader.0.is_empty();
    let header = MessageHeader {
        num_required_signatures: signers,
        num_readonly_signed_accounts: signers.checked_sub(writable_signers)?,
        num_readonly_unsigned_accounts: keys.checked_sub(signers)?.checked_sub(writable_others)?,
    };
    is_complete.then_some(Message {
        header,
        account_keys,
        recent_blockhash: Hash::default(),
        instructions,
    })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        self.bytes(1)?.first().copied()
    }

    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn instruction(&mut self) -> Option<CompiledInstruction> {
        let program_id_index = self.byte()?;
        let accounts = self.byte()?;
        let accounts = self.bytes(accounts.into())?.to_vec();
        let length = u16::from_le_bytes(self.bytes(2)?.try_into().ok()?);
        let data = self.bytes(length.into())?.to_vec();
        Some(CompiledInstruction {
            program_id_index,
            accounts,
            data,
        })
    }
}

impl CreateTransaction {
    /// The message that the vault signs; none where it cannot be told: it uses lookup tables, or
    /// keys that the program makes up for it.
    pub(crate) fn message(&self) -> Option<Message> {
        decode(&self.message).filter(|_| self.ephemeral_signers == 0)
    }
}
