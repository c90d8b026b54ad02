//! What explorers, wallets and researchers read about a program beside its code: its interface (IDL), and
//! whom to tell about a weakness. Both are accounts of the Program Metadata program, at addresses that
//! follow from the program alone. Only the program's upgrade authority can make them, so they must be
//! there before an upgrade authority is given up.
//!
//! The content is written to a buffer first, in any order, and published by one transaction: readers never
//! see half of it.

mod content;
mod instructions;
mod layout;
mod publication;
#[cfg(test)]
mod tests;

pub use content::{ContentError, MAX_CONTENT_BYTES, pack, require_of, unpack};
pub use instructions::{Target, Write};
pub use layout::{Compression, DataSource, Encoding, Format, HEADER_BYTES, Metadata, UploadBuffer};
pub use publication::{MAX_PACKED_BYTES, Parts, Publication, Standing};
use solana_pubkey::{Pubkey, pubkey};
use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::{AccountSource, ClientError, Result};

/// The Program Metadata program.
pub const PROGRAM_METADATA_PROGRAM: Pubkey = pubkey!("ProgM6JCCvbYkfKqJYHePx4xxSUSqJp7rh8Lyv7nk7S");

/// Bytes of the name that an address is made of.
pub const SEED_BYTES: usize = 16;

/// What is told about a program.
#[derive(Clone, Copy, Debug, Display, EnumIter, EnumString, Eq, Hash, IntoStaticStr, PartialEq)]
#[strum(serialize_all = "lowercase")]
pub enum Kind {
    /// Its interface, as Anchor's tools write it.
    Idl,
    /// Whom to tell about a weakness, and which audits there were.
    Security,
}

impl Kind {
    /// The name as it stands in addresses and accounts, followed by zeros.
    pub fn seed(self) -> [u8; SEED_BYTES] {
        padded(self.into())
    }

    /// The name of the buffer that content of this kind is written to first.
    fn upload_seed(self) -> [u8; SEED_BYTES] {
        padded(match self {
            Self::Idl => "upload-idl",
            Self::Security => "upload-security",
        })
    }

    /// Where this is told about a program by its upgrade authority.
    pub fn address(self, program: &Pubkey) -> Pubkey {
        let seeds: &[&[u8]] = &[program.as_ref(), &self.seed()];
        Pubkey::find_program_address(seeds, &PROGRAM_METADATA_PROGRAM).0
    }

    /// The buffer of `authority` for this: the same one each time, so that an upload that broke off is
    /// found again.
    pub fn upload_address(self, program: &Pubkey, authority: &Pubkey) -> Pubkey {
        let seeds: &[&[u8]] = &[program.as_ref(), authority.as_ref(), &self.upload_seed()];
        Pubkey::find_program_address(seeds, &PROGRAM_METADATA_PROGRAM).0
    }
}

/// A name of at most 16 bytes, filled up with zeros.
fn padded(name: &str) -> [u8; SEED_BYTES] {
    let mut bytes = name.bytes();
    std::array::from_fn(|_| bytes.next().unwrap_or(0))
}

/// Whether the cluster has the Program Metadata program.
///
/// # Errors
///
/// Where the node does not answer.
pub fn is_available(source: &impl AccountSource) -> Result<bool> {
    let account = one(source, PROGRAM_METADATA_PROGRAM)?;
    Ok(account.is_some_and(|account| account.executable))
}

/// Whether the program's interface can be read from the cluster: there is an IDL of its upgrade authority
/// that names this program. To be asked before the upgrade authority is given up, since nobody can
/// write one afterwards.
///
/// # Errors
///
/// Where the node does not answer.
pub fn is_written(source: &impl AccountSource, program: &Pubkey) -> Result<bool> {
    let metadata = match Metadata::load(source, program, Kind::Idl) {
        Ok(Some(metadata)) => metadata,
        Ok(None) | Err(ClientError::Unreadable { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    let text = metadata.text();
    Ok(text.is_ok_and(|text| require_of(&text, Kind::Idl, program).is_ok()))
}

/// What is told about a program, with the lamports of each account: whoever closes the program can close
/// none of them any more.
///
/// # Errors
///
/// Where the node does not answer.
pub fn told_of(source: &impl AccountSource, program: &Pubkey) -> Result<Vec<(Kind, u64)>> {
    let kinds: Vec<Kind> = Kind::iter().collect();
    let addresses: Vec<Pubkey> = kinds.iter().map(|kind| kind.address(program)).collect();
    let accounts = source.accounts(&addresses, None)?.accounts;
    let told = kinds.into_iter().zip(accounts);
    Ok(told
        .filter_map(|(kind, account)| Some((kind, account?)))
        .filter(|(_, account)| account.owner == PROGRAM_METADATA_PROGRAM)
        .map(|(kind, account)| (kind, account.lamports))
        .collect())
}

fn one(source: &impl AccountSource, address: Pubkey) -> Result<Option<solana_account::Account>> {
    let accounts = source.accounts(&[address], None)?.accounts;
    Ok(accounts.into_iter().next().flatten())
}
