//! Confirming a deployment of Sluice, which only the upgrade authority of this program can: who could
//! replace the calculator needs no more trust for it.

use pinocchio::{
    AccountView, ProgramResult,
    cpi::{Seed, Signer, invoke, invoke_signed},
    instruction::{InstructionAccount, InstructionView},
    sysvars::{Sysvar, rent::Rent},
};

use crate::{
    ID, SLUICE, STATE, STATE_BUMP, STATE_BYTES, STATE_SEED, SYSTEM,
    error::{ValueError, ensure},
    known,
};

/// The first bytes of instructions of the system program.
const ASSIGN: u32 = 1;
const TRANSFER: u32 = 2;
const ALLOCATE: u32 = 8;

/// Writes the slot in which Sluice was deployed to the state, which the first call makes. The slot is
/// the one that was reviewed: a deployment that came after the review is not confirmed with it.
pub fn confirm(accounts: &mut [AccountView], slot: u64) -> ProgramResult {
    let [
        authority,
        state,
        program,
        program_data,
        own_data,
        system,
        ..,
    ] = accounts
    else {
        return Err(ValueError::MissingAccounts.into());
    };
    known::require_authority(own_data, authority)?;
    ensure(*state.address() == STATE, ValueError::WrongState)?;
    ensure(*program.address() == SLUICE, ValueError::WrongProgram)?;
    let deployed = known::deployed_slot(program_data)?;
    ensure(deployed == slot, ValueError::WrongSlot)?;
    if !state.owned_by(&ID) {
        create(state, authority, system)?;
    }
    let mut data = state.try_borrow_mut()?;
    let confirmed = data.first_chunk_mut().ok_or(ValueError::WrongState)?;
    *confirmed = slot.to_le_bytes();
    Ok(())
}

/// Makes the state, also where somebody has given its address lamports before.
fn create(state: &AccountView, payer: &AccountView, system: &AccountView) -> ProgramResult {
    ensure(*system.address() == SYSTEM, ValueError::WrongProgram)?;
    let rent = Rent::get()?.try_minimum_balance(STATE_BYTES)?;
    let missing = rent.saturating_sub(state.lamports());
    if missing > 0 {
        let metas = [
            InstructionAccount::writable_signer(payer.address()),
            InstructionAccount::writable(state.address()),
        ];
        let data = system_data(TRANSFER, &missing.to_le_bytes());
        invoke(&system_call(&metas, &data), &[payer, state])?;
    }
    let metas = [InstructionAccount::writable_signer(state.address())];
    let seeds = [Seed::from(STATE_SEED), Seed::from(&[STATE_BUMP])];
    let bytes = system_data(ALLOCATE, &(STATE_BYTES as u64).to_le_bytes());
    let owner = system_data(ASSIGN, ID.as_array());
    for data in [bytes.as_slice(), owner.as_slice()] {
        let signers = [Signer::from(&seeds)];
        invoke_signed(&system_call(&metas, data), &[state], &signers)?;
    }
    Ok(())
}

fn system_call<'a>(
    accounts: &'a [InstructionAccount<'a>],
    data: &'a [u8],
) -> InstructionView<'a, 'a, 'a, 'a> {
    InstructionView {
        program_id: &SYSTEM,
        accounts,
        data,
    }
}

fn system_data(tag: u32, argument: &[u8]) -> Vec<u8> {
    [tag.to_le_bytes().as_slice(), argument].concat()
}

#[cfg(test)]
mod tests {
    use solana_system_interface::instruction::SystemInstruction;

    use super::*;

    #[test]
    fn data_is_that_of_the_system_programs_instructions() {
        let data = |instruction: SystemInstruction| bincode::serialize(&instruction).unwrap();
        let lamports = 1_234_567_u64;
        assert_eq!(
            system_data(TRANSFER, &lamports.to_le_bytes()),
            data(SystemInstruction::Transfer { lamports })
        );
        assert_eq!(
            system_data(ALLOCATE, &8_u64.to_le_bytes()),
            data(SystemInstruction::Allocate { space: 8 })
        );
        assert_eq!(
            system_data(ASSIGN, ID.as_array()),
            data(SystemInstruction::Assign { owner: ID })
        );
    }
}
