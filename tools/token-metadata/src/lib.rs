//! Metaplex's Token Metadata program as published, less every instruction that a pool's token does
//! not use; built alone, by `cargo xtask build token-metadata`.
//!
//! The whole of it does not fit: what it calls for programmable NFTs takes more than a stack frame
//! of 4,096 bytes, and upstream's compiler refuses that. From the decoded arguments on, everything
//! here is the original's code.

use borsh::BorshDeserialize;
use mpl_token_metadata::{
    error::MetadataError,
    instruction::{CreateMetadataAccountArgsV3, UpdateMetadataAccountArgsV2},
    processor::{process_create_metadata_accounts_v3, process_update_metadata_accounts_v2},
    solana_program::{
        account_info::AccountInfo,
        entrypoint,
        entrypoint::ProgramResult,
        program_error::{PrintProgramError, ProgramError},
        pubkey::Pubkey,
    },
};

const UPDATE_METADATA_ACCOUNT_V2: u8 = 15;
const CREATE_METADATA_ACCOUNT_V3: u8 = 33;

entrypoint!(process_instruction);

fn process_instruction<'a>(
    program_id: &'a Pubkey,
    accounts: &'a [AccountInfo<'a>],
    data: &[u8],
) -> ProgramResult {
    dispatch(program_id, accounts, data).inspect_err(|error| error.print::<MetadataError>())
}

fn dispatch<'a>(
    program_id: &'a Pubkey,
    accounts: &'a [AccountInfo<'a>],
    data: &[u8],
) -> ProgramResult {
    let undecodable = |_| ProgramError::InvalidInstructionData;
    match data.split_first() {
        Some((&CREATE_METADATA_ACCOUNT_V3, arguments)) => {
            let arguments =
                CreateMetadataAccountArgsV3::try_from_slice(arguments).map_err(undecodable)?;
            process_create_metadata_accounts_v3(
                program_id,
                accounts,
                arguments.data,
                arguments.is_mutable,
                arguments.collection_details,
            )
        }
        Some((&UPDATE_METADATA_ACCOUNT_V2, arguments)) => {
            let arguments =
                UpdateMetadataAccountArgsV2::try_from_slice(arguments).map_err(undecodable)?;
            process_update_metadata_accounts_v2(
                program_id,
                accounts,
                arguments.data,
                arguments.update_authority,
                arguments.primary_sale_happened,
                arguments.is_mutable,
            )
        }
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
