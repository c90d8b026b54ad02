//! The program on the chain: its code, and who can replace it.

use sluice_math::Lamports;
use solana_account::Account;
use solana_hash::{HASH_BYTES, Hash};
use solana_loader_v3_interface::{get_program_data_address, state::UpgradeableLoaderState};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader, bpf_loader_upgradeable};

use crate::{AccountSource, ClientError, LoaderError, Result};

/// A program as it is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The account that holds the code.
    pub data_address: Pubkey,
    /// Who can replace the code at once; `None` where nobody can any more.
    pub upgrade_authority: Option<Pubkey>,
    /// The slot in which the code was deployed last; zero where the loader does not note it.
    pub deployed_slot: u64,
    /// SHA-256 of the code, as [`hash_of_elf`] makes it.
    pub hash: Hash,
    /// Bytes of the code, without the zero bytes after its end.
    pub elf_bytes: usize,
    /// Bytes that the code may have: the room that its account has for it.
    pub room_bytes: usize,
    /// What is in the account with the code, its rent.
    pub rent: Lamports,
}

/// SHA-256 of a program's file without the zero bytes after its end: the chain keeps room behind the
/// code for later versions, and how much of it says nothing about the code. Verified builds compare
/// this hash.
pub fn hash_of_elf(elf: &[u8]) -> Hash {
    solana_sha256_hasher::hash(trimmed(elf))
}

/// A hash of code as verified builds write it: 64 hexadecimal digits.
pub fn hash_text(hash: &Hash) -> String {
    hex::encode(hash.as_ref())
}

/// Reads such a hash; `None` where the text is none.
pub fn read_hash(text: &str) -> Option<Hash> {
    let mut bytes = [0; HASH_BYTES];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(Hash::new_from_array(bytes))
}

impl Deployed {
    /// Reads a program: two calls, the second of which brings the whole code.
    ///
    /// Fails where there is no program, and where no loader is known that its owner is.
    pub fn load(source: &impl AccountSource, program: &Pubkey) -> Result<Self> {
        Ok(Self::load_with_code(source, program)?.0)
    }

    /// The same with the code, as far as its room goes.
    pub fn load_with_code(
        source: &impl AccountSource,
        program: &Pubkey,
    ) -> Result<(Self, Vec<u8>)> {
        let at = |address: Pubkey| {
            let accounts = source.accounts(&[address], None)?.accounts;
            Ok::<_, ClientError>(accounts.into_iter().next().flatten())
        };
        let account = at(*program)?.ok_or(ClientError::Missing {
            address: *program,
            expected: "program",
        })?;
        let data = match data_address(program, &account)? {
            Some(address) => at(address)?,
            None => None,
        };
        Self::read(program, &account, data.as_ref())
    }

    /// What a program's account and the account with its code say, and that code. The second is
    /// [`data_address`]'s.
    ///
    /// Fails with [`LoaderError::Closed`] where there is no code any more.
    pub fn read(
        program: &Pubkey,
        account: &Account,
        data: Option<&Account>,
    ) -> Result<(Self, Vec<u8>)> {
        let Some(data_address) = data_address(program, account)? else {
            let rent = Lamports::new(account.lamports);
            let deployed = Self::new(*program, None, 0, &account.data, rent);
            return Ok((deployed, account.data.clone()));
        };
        let unreadable = || ClientError::Unreadable {
            address: data_address,
            expected: "code of the program",
        };
        let data = data.ok_or(LoaderError::Closed { program: *program })?;
        if data.owner != bpf_loader_upgradeable::ID {
            return Err(unreadable());
        }
        let header_bytes = UpgradeableLoaderState::size_of_programdata_metadata();
        let (header, elf) = data
            .data
            .split_at_checked(header_bytes)
            .ok_or_else(unreadable)?;
        match bincode::deserialize(header) {
            Ok(UpgradeableLoaderState::ProgramData {
                slot,
                upgrade_authority_address,
            }) => {
                let (authority, rent) = (upgrade_authority_address, Lamports::new(data.lamports));
                let deployed = Self::new(data_address, authority, slot, elf, rent);
                Ok((deployed, elf.to_vec()))
            }
            _ => Err(unreadable()),
        }
    }

    fn new(
        data_address: Pubkey,
        authority: Option<Pubkey>,
        slot: u64,
        elf: &[u8],
        rent: Lamports,
    ) -> Self {
        Self {
            data_address,
            upgrade_authority: authority,
            deployed_slot: slot,
            hash: hash_of_elf(elf),
            elf_bytes: trimmed(elf).len(),
            room_bytes: elf.len(),
            rent,
        }
    }
}

/// Where the code of a program is, by its account; `None` where it is in that account itself and
/// can never change.
///
/// Fails where the account is no program of a known loader; with [`LoaderError::NoProgram`] where it is
/// something else of the loader.
pub fn data_address(program: &Pubkey, account: &Account) -> Result<Option<Pubkey>> {
    if account.owner == bpf_loader::ID {
        return Ok(None);
    }
    let expected = "program of a known loader";
    if account.owner != bpf_loader_upgradeable::ID {
        return Err(ClientError::ForeignOwner {
            address: *program,
            expected,
            owner: account.owner,
        });
    }
    let other = |what| {
        Err(LoaderError::NoProgram {
            address: *program,
            what,
        }
        .into())
    };
    match bincode::deserialize(&account.data) {
        Ok(UpgradeableLoaderState::Program {
            programdata_address,
        }) if programdata_address == get_program_data_address(program) => {
            Ok(Some(programdata_address))
        }
        Ok(UpgradeableLoaderState::Buffer { .. }) => other("a buffer"),
        Ok(UpgradeableLoaderState::ProgramData { .. }) => {
            other("the account with the code of a program")
        }
        Ok(UpgradeableLoaderState::Uninitialized) => {
            other("an account of the loader without content")
        }
        _ => Err(ClientError::Unreadable {
            address: *program,
            expected,
        }),
    }
}

/// Code without the zero bytes after its end.
pub fn trimmed(elf: &[u8]) -> &[u8] {
    let end = elf.iter().rposition(|byte| *byte != 0);
    end.and_then(|end| elf.get(..=end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use solana_sdk_ids::system_program;

    use super::*;

    const PROGRAM: Pubkey = Pubkey::new_from_array([5; 32]);
    const AUTHORITY: Pubkey = Pubkey::new_from_array([6; 32]);
    const ELF: &[u8] = b"\x7fELF and more";

    fn account(owner: Pubkey, data: Vec<u8>) -> Account {
        Account {
            lamports: 1,
            data,
            owner,
            ..Account::default()
        }
    }

    fn upgradeable(authority: Option<Pubkey>, elf: &[u8]) -> (Account, Account) {
        let program = UpgradeableLoaderState::Program {
            programdata_address: get_program_data_address(&PROGRAM),
        };
        let state = UpgradeableLoaderState::ProgramData {
            slot: 77,
            upgrade_authority_address: authority,
        };
        let mut data = bincode::serialize(&state).unwrap();
        data.resize(UpgradeableLoaderState::size_of_programdata_metadata(), 0);
        data.extend(elf);
        (
            account(
                bpf_loader_upgradeable::ID,
                bincode::serialize(&program).unwrap(),
            ),
            account(bpf_loader_upgradeable::ID, data),
        )
    }

    #[test]
    fn a_program_that_can_be_upgraded_says_by_whom_and_since_when() {
        for authority in [Some(AUTHORITY), None] {
            let padded = [ELF, &[0; 9]].concat();
            let (program, data) = upgradeable(authority, &padded);
            let read = Deployed::read(&PROGRAM, &program, Some(&data)).unwrap();
            let expected = Deployed {
                data_address: get_program_data_address(&PROGRAM),
                upgrade_authority: authority,
                deployed_slot: 77,
                hash: solana_sha256_hasher::hash(ELF),
                elf_bytes: ELF.len(),
                room_bytes: padded.len(),
                rent: Lamports::new(1),
            };
            assert_eq!(read, (expected, padded.clone()));
            assert_eq!(hash_of_elf(&padded), read.0.hash);
        }
    }

    #[test]
    fn a_program_of_the_loader_without_upgrades_is_in_its_own_account() {
        let program = account(bpf_loader::ID, ELF.to_vec());
        let (read, code) = Deployed::read(&PROGRAM, &program, None).unwrap();
        assert_eq!(code, ELF);
        assert_eq!(read.data_address, PROGRAM);
        assert_eq!((read.upgrade_authority, read.deployed_slot), (None, 0));
        assert_eq!(read.hash, hash_of_elf(ELF));
    }

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let hash = hash_of_elf(ELF);
        let text = hash_text(&hash);
        assert_eq!(text.len(), 64);
        assert_eq!(read_hash(&text), Some(hash));
        for wrong in [
            "",
            "00",
            &text[1..],
            &text.replace(&text[..1], "x"),
            &hash.to_string(),
        ] {
            assert_eq!(read_hash(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_program_or_has_no_code_is_refused() {
        let wallet = account(system_program::ID, Vec::new());
        let refused = Deployed::read(&PROGRAM, &wallet, None).unwrap_err();
        assert!(matches!(refused, ClientError::ForeignOwner { .. }));

        let (program, data) = upgradeable(None, ELF);
        let mut short = data.clone();
        short.data.truncate(20);
        let foreign = account(system_program::ID, data.data.clone());
        for data in [&short, &foreign, &program] {
            let refused = Deployed::read(&PROGRAM, &program, Some(data)).unwrap_err();
            assert!(matches!(refused, ClientError::Unreadable { .. }));
        }
        let closed = Deployed::read(&PROGRAM, &program, None).unwrap_err();
        assert!(matches!(
            closed,
            ClientError::Loader(LoaderError::Closed { .. })
        ));
        // The account with the code is at no other address than the program's own.
        let elsewhere = Pubkey::new_unique();
        let refused = Deployed::read(&elsewhere, &program, Some(&data)).unwrap_err();
        assert!(matches!(refused, ClientError::Unreadable { .. }));
    }
}
