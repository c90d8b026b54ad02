//! The instructions of the Program Metadata program, by hand: its published clients are in TypeScript. A test
//! compares every byte and every account with what that client makes.

use solana_instruction::{AccountMeta, Instruction};
use solana_loader_v3_interface::get_program_data_address;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{system_program, sysvar};

use super::{
    Compression, DataSource, Encoding, Format, Kind, PROGRAM_METADATA_PROGRAM, SEED_BYTES,
};

/// Which instruction it is: the first byte of its data.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Call {
    Write = 0,
    Initialize = 1,
    SetAuthority = 2,
    SetData = 3,
    Trim = 5,
    Close = 6,
    Allocate = 7,
    Extend = 8,
}

/// An account of the program, and who acts on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Target {
    /// The metadata, or a buffer.
    pub account: Pubkey,
    /// Who may. It signs.
    pub authority: Pubkey,
    /// The program that it is about.
    pub program: Pubkey,
    /// Whether the authority acts as the program's upgrade authority: the account with the program's code
    /// is then shown as proof.
    pub canonical: bool,
}

/// Where what is written comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Write<'a> {
    /// These bytes, from this offset on.
    Bytes(u32, &'a [u8]),
    /// Another buffer, as a whole.
    Buffer(Pubkey),
}

impl Target {
    /// The metadata of a program, with its upgrade authority.
    pub fn metadata(program: Pubkey, kind: Kind, authority: Pubkey) -> Self {
        Self {
            account: kind.address(&program),
            authority,
            program,
            canonical: true,
        }
    }

    /// The buffer of `authority` for what it will tell about a program.
    pub fn upload(program: Pubkey, kind: Kind, authority: Pubkey) -> Self {
        Self {
            account: kind.upload_address(&program, &authority),
            authority,
            program,
            canonical: false,
        }
    }

    /// Makes a buffer without data at an address of the program's own. The rent must be there.
    pub fn allocate(&self, seed: [u8; SEED_BYTES]) -> Instruction {
        let accounts = self.with([AccountMeta::new_readonly(system_program::ID, false)]);
        call(Call::Allocate, accounts, &seed)
    }

    /// Makes room for `bytes` more: at most 10,240 of them. The rent must be there.
    pub fn extend(&self, bytes: u16) -> Instruction {
        call(Call::Extend, self.with([]), &bytes.to_le_bytes())
    }

    /// Writes to a buffer.
    pub fn write(&self, write: Write<'_>) -> Instruction {
        let (offset, bytes, source) = match write {
            Write::Bytes(offset, bytes) => (offset, bytes, PROGRAM_METADATA_PROGRAM),
            Write::Buffer(source) => (0, [].as_slice(), source),
        };
        let accounts = vec![
            AccountMeta::new(self.account, false),
            AccountMeta::new_readonly(self.authority, true),
            AccountMeta::new_readonly(source, false),
        ];
        call(
            Call::Write,
            accounts,
            &[&offset.to_le_bytes(), bytes].concat(),
        )
    }

    /// Makes metadata of a buffer at the same address, or of `data` where there is nothing yet.
    pub fn initialize(&self, kind: Kind, data: Option<&[u8]>) -> Instruction {
        // With a buffer there is nothing that the system program would do.
        let system = match data {
            Some(_) => system_program::ID,
            None => PROGRAM_METADATA_PROGRAM,
        };
        let accounts = self.with([AccountMeta::new_readonly(system, false)]);
        let seed = kind.seed();
        let described = [seed.as_slice(), &DESCRIPTION, data.unwrap_or_default()];
        call(Call::Initialize, accounts, &described.concat())
    }

    /// Replaces the content by that of a buffer.
    pub fn set_data_of_buffer(&self, buffer: Pubkey) -> Instruction {
        self.set_data(AccountMeta::new(buffer, false), &[])
    }

    /// Replaces the content by this one.
    pub fn set_data_of_bytes(&self, data: &[u8]) -> Instruction {
        self.set_data(
            AccountMeta::new_readonly(PROGRAM_METADATA_PROGRAM, false),
            data,
        )
    }

    fn set_data(&self, buffer: AccountMeta, data: &[u8]) -> Instruction {
        let [account, authority, program, code] = self.accounts();
        let accounts = vec![account, authority, buffer, program, code];
        call(Call::SetData, accounts, &[&DESCRIPTION, data].concat())
    }

    /// Lets another key change the metadata besides the upgrade authority; nobody else with `None`.
    pub fn set_authority(&self, new: Option<Pubkey>) -> Instruction {
        let data = match new {
            Some(new) => [&[1], new.as_ref()].concat(),
            None => vec![0],
        };
        call(Call::SetAuthority, self.with([]), &data)
    }

    /// Gives up room that the content does not need, and pays out the rent of it.
    pub fn trim(&self, recipient: Pubkey) -> Instruction {
        let accounts = self.with([
            AccountMeta::new(recipient, false),
            AccountMeta::new_readonly(sysvar::rent::ID, false),
        ]);
        call(Call::Trim, accounts, &[])
    }

    /// Closes the account and pays out its rent.
    pub fn close(&self, recipient: Pubkey) -> Instruction {
        call(
            Call::Close,
            self.with([AccountMeta::new(recipient, false)]),
            &[],
        )
    }

    fn with<const N: usize>(&self, more: [AccountMeta; N]) -> Vec<AccountMeta> {
        self.accounts().into_iter().chain(more).collect()
    }

    fn accounts(&self) -> [AccountMeta; 4] {
        let code = if self.canonical {
            get_program_data_address(&self.program)
        } else {
            PROGRAM_METADATA_PROGRAM
        };
        [
            AccountMeta::new(self.account, false),
            AccountMeta::new_readonly(self.authority, true),
            AccountMeta::new_readonly(self.program, false),
            AccountMeta::new_readonly(code, false),
        ]
    }
}

/// What we write is always the same: JSON in UTF-8, compressed by zlib, in the account itself.
const DESCRIPTION: [u8; 4] = [
    Encoding::Utf8 as u8,
    Compression::Zlib as u8,
    Format::Json as u8,
    DataSource::Direct as u8,
];

fn call(call: Call, accounts: Vec<AccountMeta>, data: &[u8]) -> Instruction {
    Instruction {
        program_id: PROGRAM_METADATA_PROGRAM,
        accounts,
        data: [&[call as u8], data].concat(),
    }
}
