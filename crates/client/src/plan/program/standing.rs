//! What stands at a program's address before something is deployed there.

use solana_loader_v3_interface::get_program_data_address;
use solana_pubkey::Pubkey;
use solana_sdk_ids::bpf_loader_upgradeable;

use super::LoaderError;
use crate::{AccountSource, ClientError, Deployed, Result, pool::buffers::is_plain};

/// What stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// Nothing but lamports: everybody can leave some at every address.
    Free {
        /// How many.
        lamports: u64,
    },
    /// A program.
    Taken {
        /// What it is.
        deployed: Deployed,
        /// Its code, and zeros.
        code: Vec<u8>,
    },
}

impl Site {
    /// Looks at a program's address.
    ///
    /// Fails where it is no program's and none can be deployed there; with
    /// [`LoaderError::Closed`] where one was, and with [`LoaderError::Prefunded`] where somebody has
    /// spoilt the address.
    pub fn read(source: &impl AccountSource, program: &Pubkey) -> Result<Self> {
        let data_address = get_program_data_address(program);
        let fetched = source.accounts(&[*program, data_address], None)?.accounts;
        let mut accounts = fetched.into_iter();
        let (account, data) = (accounts.next().flatten(), accounts.next().flatten());
        let lamports = account.as_ref().map_or(0, |account| account.lamports);
        let Some(account) = account.filter(|account| !is_plain(account)) else {
            return match data {
                Some(_) => Err(LoaderError::Prefunded {
                    program: *program,
                    data_address,
                }
                .into()),
                None => Ok(Self::Free { lamports }),
            };
        };
        if account.owner != bpf_loader_upgradeable::ID {
            return Err(ClientError::ForeignOwner {
                address: *program,
                expected: "free address or program that can be upgraded",
                owner: account.owner,
            });
        }
        let (deployed, code) = Deployed::read(program, &account, data.as_ref())?;
        Ok(Self::Taken { deployed, code })
    }
}
