//! Buffers: code that is on the cluster, and not deployed yet.

use std::collections::BTreeSet;

use sluice_math::Lamports;
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccountEncoding, UiDataSliceConfig};
use solana_hash::Hash;
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};
use solana_sdk_ids::{bpf_loader_upgradeable, system_program};

use super::{
    deployed::{hash_of_elf, trimmed},
    source::to_account,
};
use crate::{AccountSource, ClientError, LoaderError, MAX_ADDRESSES, Result};

/// The state of a buffer with an authority: tag u32, the authority's tag at 4 and its key at 5.
const STATE_BUFFER: [u8; 5] = [1, 0, 0, 0, 1];
const AUTHORITY_AT: usize = 5;
/// Bytes of the seed of a buffer's address: more than 16 of a hash nobody can find twice.
const SEED_BYTES: usize = 16;
/// Buffers that are read, however many an index lists.
const MAX_LISTED: usize = 1_000;

/// A buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// Where it is.
    pub address: Pubkey,
    /// Who may write to it, deploy and close it; `None` where nobody can any more.
    pub authority: Option<Pubkey>,
    /// Its rent, which goes to who deploys it or closes it.
    pub rent: Lamports,
    /// What was written so far, and zeros.
    pub code: Vec<u8>,
}

impl Buffer {
    /// What an account says.
    ///
    /// Fails with [`ClientError::ForeignOwner`] where it is of another program, and with
    /// [`LoaderError::NoBuffer`] where it is something else of the loader.
    pub fn read(address: &Pubkey, account: &Account) -> Result<Self> {
        if account.owner != bpf_loader_upgradeable::ID {
            return Err(ClientError::ForeignOwner {
                address: *address,
                expected: "buffer",
                owner: account.owner,
            });
        }
        let no_buffer = ClientError::from(LoaderError::NoBuffer { address: *address });
        let header_bytes = UpgradeableLoaderState::size_of_buffer_metadata();
        let Some((header, code)) = account.data.split_at_checked(header_bytes) else {
            return Err(no_buffer);
        };
        match bincode::deserialize(header) {
            Ok(UpgradeableLoaderState::Buffer { authority_address }) => Ok(Self {
                address: *address,
                authority: authority_address,
                rent: Lamports::new(account.lamports),
                code: code.to_vec(),
            }),
            _ => Err(no_buffer),
        }
    }

    /// Reads the buffer at an address, not before `min_slot`; `None` where there is nothing, or only
    /// lamports that somebody left there.
    pub fn load(
        source: &impl AccountSource,
        address: &Pubkey,
        min_slot: Option<u64>,
    ) -> Result<Option<Self>> {
        let fetched = source.accounts(&[*address], min_slot)?.accounts;
        let account = fetched.into_iter().next().flatten();
        let account = account.filter(|account| !is_plain(account));
        account
            .map(|account| Self::read(address, &account))
            .transpose()
    }

    /// SHA-256 of its code, as of a deployed program.
    pub fn hash(&self) -> Hash {
        hash_of_elf(&self.code)
    }

    /// Bytes of its code, without the zero bytes after its end.
    pub fn elf_bytes(&self) -> usize {
        trimmed(&self.code).len()
    }
}

/// Whether an account is none but for its lamports, which everybody can leave at every address.
pub fn is_plain(account: &Account) -> bool {
    account.owner == system_program::ID && account.data.is_empty()
}

/// Where a key's buffer with this code is: who writes the same again finds what is written already,
/// without a file on its machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnBuffer {
    /// The key that the address is derived from, which signs its creation.
    pub base: Pubkey,
    /// What it is derived with.
    pub seed: String,
    /// The address.
    pub address: Pubkey,
}

impl OwnBuffer {
    /// The buffer of `base` with this code.
    pub fn of(base: Pubkey, elf: &[u8]) -> Self {
        let hash = solana_sha256_hasher::hash(elf).to_bytes();
        let seed = hex::encode(hash.split_at(SEED_BYTES).0);
        // As the system program derives it: this seed and this owner are none that it refuses.
        let owner = bpf_loader_upgradeable::ID;
        let derived =
            solana_sha256_hasher::hashv(&[base.as_ref(), seed.as_bytes(), owner.as_ref()]);
        let address = Pubkey::new_from_array(derived.to_bytes());
        Self {
            base,
            seed,
            address,
        }
    }
}

/// A buffer in a list, without its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedBuffer {
    /// Where it is.
    pub address: Pubkey,
    /// Bytes that it has for code.
    pub room_bytes: usize,
    /// Its rent.
    pub rent: Lamports,
}

/// The buffers of an authority, by address. An index can lag, so that each is read anew.
pub fn buffers_of(rpc: &RpcClient, authority: &Pubkey) -> Result<Vec<ListedBuffer>> {
    let memcmp = |offset: usize, bytes: &[u8]| {
        RpcFilterType::Memcmp(Memcmp::new_base58_encoded(offset, bytes))
    };
    let config = RpcProgramAccountsConfig {
        filters: Some(vec![
            memcmp(0, &STATE_BUFFER),
            memcmp(AUTHORITY_AT, authority.as_ref()),
        ]),
        account_config: head_only(rpc),
        ..RpcProgramAccountsConfig::default()
    };
    let found = rpc.get_program_ui_accounts_with_config(&bpf_loader_upgradeable::ID, config)?;
    let addresses: BTreeSet<Pubkey> = found.into_iter().map(|(address, _)| address).collect();
    let addresses: Vec<Pubkey> = addresses.into_iter().take(MAX_LISTED).collect();
    let mut buffers = Vec::with_capacity(addresses.len());
    for part in addresses.chunks(MAX_ADDRESSES) {
        let accounts = rpc.get_multiple_ui_accounts_with_config(part, head_only(rpc))?;
        for (address, account) in part.iter().zip(accounts.value) {
            let Some(account) = account else { continue };
            let bytes = account.space.and_then(|bytes| usize::try_from(bytes).ok());
            let head = to_account(address, &account)?;
            // It may be deployed or given away by now.
            let Ok(buffer) = Buffer::read(address, &head) else {
                continue;
            };
            if buffer.authority == Some(*authority) {
                let header_bytes = UpgradeableLoaderState::size_of_buffer_metadata();
                buffers.push(ListedBuffer {
                    address: *address,
                    room_bytes: bytes.unwrap_or_default().saturating_sub(header_bytes),
                    rent: buffer.rent,
                });
            }
        }
    }
    Ok(buffers)
}

/// A buffer's head, and no code: that may be megabytes.
fn head_only(rpc: &RpcClient) -> RpcAccountInfoConfig {
    RpcAccountInfoConfig {
        encoding: Some(UiAccountEncoding::Base64),
        data_slice: Some(UiDataSliceConfig {
            offset: 0,
            length: UpgradeableLoaderState::size_of_buffer_metadata(),
        }),
        commitment: Some(rpc.commitment()),
        ..RpcAccountInfoConfig::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: Pubkey = Pubkey::new_from_array([5; 32]);
    const AUTHORITY: Pubkey = Pubkey::new_from_array([6; 32]);

    fn account(authority: Option<Pubkey>) -> Account {
        let state = UpgradeableLoaderState::Buffer {
            authority_address: authority,
        };
        let mut data = bincode::serialize(&state).unwrap();
        data.resize(UpgradeableLoaderState::size_of_buffer_metadata(), 0);
        data.extend(b"code\0\0");
        Account {
            lamports: 7,
            data,
            owner: bpf_loader_upgradeable::ID,
            ..Account::default()
        }
    }

    #[test]
    fn a_buffer_says_who_may_decide_on_it_and_what_is_written() {
        for authority in [Some(AUTHORITY), None] {
            let buffer = Buffer::read(&ADDRESS, &account(authority)).unwrap();
            assert_eq!(buffer.authority, authority);
            assert_eq!(buffer.code, b"code\0\0");
            assert_eq!((buffer.elf_bytes(), buffer.rent), (4, Lamports::new(7)));
            assert_eq!(buffer.hash(), hash_of_elf(b"code"));
        }
        let head = account(Some(AUTHORITY)).data;
        assert_eq!(head[..AUTHORITY_AT], STATE_BUFFER);
        assert_eq!(head[AUTHORITY_AT..][..32], AUTHORITY.to_bytes());
    }

    #[test]
    fn what_is_no_buffer_is_refused() {
        let mut foreign = account(None);
        foreign.owner = system_program::ID;
        let refused = Buffer::read(&ADDRESS, &foreign).unwrap_err();
        assert!(matches!(refused, ClientError::ForeignOwner { .. }));
        let mut short = account(None);
        short.data.truncate(20);
        let mut program = account(None);
        program.data[0] = 2;
        for other in [short, program] {
            let refused = Buffer::read(&ADDRESS, &other).unwrap_err();
            assert!(matches!(
                refused,
                ClientError::Loader(LoaderError::NoBuffer { .. })
            ));
        }
    }

    #[test]
    fn the_address_of_ones_own_buffer_follows_from_key_and_code() {
        let own = OwnBuffer::of(AUTHORITY, b"code");
        assert_eq!(own, OwnBuffer::of(AUTHORITY, b"code"));
        assert_eq!(own.seed.len(), 32);
        let derived = Pubkey::create_with_seed(&AUTHORITY, &own.seed, &bpf_loader_upgradeable::ID);
        assert_eq!(derived.unwrap(), own.address);
        for other in [
            OwnBuffer::of(ADDRESS, b"code"),
            OwnBuffer::of(AUTHORITY, b"coda"),
        ] {
            assert_ne!(other.address, own.address);
        }
    }
}
