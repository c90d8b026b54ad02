//! The loader's instructions, and what must go with them in one transaction.

use solana_instruction::Instruction;
use solana_loader_v3_interface::{
    get_program_data_address,
    instruction::{self as loader, UpgradeableLoaderInstruction},
    state::UpgradeableLoaderState,
};
use solana_pubkey::Pubkey;
use solana_sdk_ids::bpf_loader_upgradeable;
use solana_system_interface::instruction::{allocate, allocate_with_seed, assign, transfer};

use crate::pool::buffers::OwnBuffer;

/// Where a new buffer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BufferPlace {
    /// At the address that follows from a key and the code; that key signs.
    Own(OwnBuffer),
    /// At the address of a key that signs.
    Key(Pubkey),
}

impl BufferPlace {
    /// The address.
    pub fn address(&self) -> Pubkey {
        match self {
            Self::Own(own) => own.address,
            Self::Key(address) => *address,
        }
    }
}

/// A deployment of what is in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Who pays, and gets what the buffer held.
    pub payer: Pubkey,
    /// The program's address, which signs.
    pub program: Pubkey,
    /// The buffer, whose authority is the program's from now on.
    pub buffer: Pubkey,
    /// That authority, which signs.
    pub authority: Pubkey,
    /// Room for code, in bytes.
    pub max_bytes: usize,
    /// Lamports that the program's account lacks for its rent.
    pub lacking_lamports: u64,
    /// Whether nobody can ever replace the code.
    pub is_final: bool,
}

/// Makes a buffer for so many bytes of code, of this authority. `lacking_lamports` are what its account
/// lacks for its rent.
///
/// What somebody has left at the address is no obstacle: `CreateAccount` would fail there.
pub fn buffer_creation(
    payer: &Pubkey,
    place: &BufferPlace,
    authority: &Pubkey,
    lacking_lamports: u64,
    code_bytes: usize,
) -> Vec<Instruction> {
    let (address, owner) = (place.address(), bpf_loader_upgradeable::ID);
    let space = UpgradeableLoaderState::size_of_buffer(code_bytes) as u64;
    let mut instructions = funding(payer, &address, lacking_lamports);
    match place {
        BufferPlace::Own(own) => instructions.push(allocate_with_seed(
            &address, &own.base, &own.seed, space, &owner,
        )),
        BufferPlace::Key(_) => {
            instructions.extend([allocate(&address, space), assign(&address, &owner)]);
        }
    }
    instructions.push(Instruction::new_with_bincode(
        owner,
        &UpgradeableLoaderInstruction::InitializeBuffer,
        vec![
            solana_instruction::AccountMeta::new(address, false),
            solana_instruction::AccountMeta::new_readonly(*authority, false),
        ],
    ));
    instructions
}

/// Writes bytes to a buffer.
pub fn write(buffer: &Pubkey, authority: &Pubkey, offset: u32, bytes: Vec<u8>) -> Instruction {
    loader::write(buffer, authority, offset, bytes)
}

/// Makes a program of a buffer.
pub fn deploy(deployment: &Deployment) -> Vec<Instruction> {
    let Deployment {
        payer,
        program,
        buffer,
        authority,
        ..
    } = deployment;
    let space = UpgradeableLoaderState::size_of_program() as u64;
    let mut instructions = funding(payer, program, deployment.lacking_lamports);
    instructions.extend([
        allocate(program, space),
        assign(program, &bpf_loader_upgradeable::ID),
    ]);
    // The library's first instruction would create the account: it is there.
    let built = loader::deploy_with_max_program_len(
        payer,
        program,
        buffer,
        authority,
        0,
        deployment.max_bytes,
    );
    instructions.extend(built.into_iter().flatten().skip(1));
    if deployment.is_final {
        instructions.push(set_authority(program, true, authority, None, false));
    }
    instructions
}

fn funding(payer: &Pubkey, address: &Pubkey, lacking_lamports: u64) -> Vec<Instruction> {
    match lacking_lamports {
        0 => Vec::new(),
        lamports => vec![transfer(payer, address, lamports)],
    }
}

/// Replaces a program's code by what is in a buffer. Its rent goes to `recipient`.
pub fn upgrade(
    program: &Pubkey,
    buffer: &Pubkey,
    authority: &Pubkey,
    recipient: &Pubkey,
) -> Instruction {
    loader::upgrade(program, buffer, authority, recipient)
}

/// Gives a program, or a buffer, to another authority, which signs where `is_checked`; a program to
/// nobody where there is none.
pub fn set_authority(
    address: &Pubkey,
    is_program: bool,
    authority: &Pubkey,
    new: Option<&Pubkey>,
    is_checked: bool,
) -> Instruction {
    match (is_program, new) {
        (true, Some(new)) if is_checked => {
            loader::set_upgrade_authority_checked(address, authority, new)
        }
        (true, new) => loader::set_upgrade_authority(address, authority, new),
        (false, Some(new)) if is_checked => {
            loader::set_buffer_authority_checked(address, authority, new)
        }
        (false, new) => {
            loader::set_buffer_authority(address, authority, new.unwrap_or(&Pubkey::default()))
        }
    }
}

/// Gives a program more room.
pub fn extend(program: &Pubkey, payer: &Pubkey, additional_bytes: u32) -> Instruction {
    loader::extend_program(program, Some(payer), additional_bytes)
}

/// What is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// A buffer.
    Buffer(Pubkey),
    /// A program, for ever.
    Program(Pubkey),
}

/// Closes it. Its rent goes to `recipient`.
pub fn close(closing: Closing, authority: &Pubkey, recipient: &Pubkey) -> Instruction {
    let (account, program) = match closing {
        Closing::Buffer(buffer) => (buffer, None),
        Closing::Program(program) => (get_program_data_address(&program), Some(program)),
    };
    loader::close_any(&account, recipient, Some(authority), program.as_ref())
}
