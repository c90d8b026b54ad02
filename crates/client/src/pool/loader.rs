//! Programs and buffers, by an address that can be of either.

use solana_pubkey::Pubkey;

use super::{buffers::Buffer, deployed::Deployed};
use crate::{AccountSource, ClientError, LoaderError, Result};

/// What a loader keeps at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoaderAccount {
    /// A program, with its code as far as its room goes.
    Program(Deployed, Vec<u8>),
    /// A buffer.
    Buffer(Buffer),
}

impl LoaderAccount {
    /// Reads what is at an address.
    ///
    /// Fails where there is nothing, and where no loader is known that its owner is.
    pub fn load(source: &impl AccountSource, address: &Pubkey) -> Result<Self> {
        let fetched = source.accounts(&[*address], None)?.accounts;
        let account = fetched.into_iter().next().flatten();
        let account = account.ok_or(ClientError::Missing {
            address: *address,
            expected: "program and no buffer",
        })?;
        match Buffer::read(address, &account) {
            Ok(buffer) => Ok(Self::Buffer(buffer)),
            Err(
                ClientError::Loader(LoaderError::NoBuffer { .. })
                | ClientError::ForeignOwner { .. },
            ) => {
                let (deployed, code) = Deployed::load_with_code(source, address)?;
                Ok(Self::Program(deployed, code))
            }
            Err(error) => Err(error),
        }
    }

    /// Who may change it; `None` where nobody can any more.
    pub fn authority(&self) -> Option<Pubkey> {
        match self {
            Self::Program(deployed, _) => deployed.upgrade_authority,
            Self::Buffer(buffer) => buffer.authority,
        }
    }

    /// Its code, and zeros.
    pub fn code(&self) -> &[u8] {
        match self {
            Self::Program(_, code) => code,
            Self::Buffer(buffer) => &buffer.code,
        }
    }

    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Program(..) => "program",
            Self::Buffer(_) => "buffer",
        }
    }
}
