//! Readers of the accounts whose addresses are known: the state, and the code of two programs.

use pinocchio::{AccountView, Address};

use crate::{
    LOADER, OWN_DATA, SLUICE_DATA, STATE,
    error::{ValueError, ensure},
};

/// How the loader marks an account with code.
const PROGRAM_DATA: [u8; 4] = [3, 0, 0, 0];
/// Where the slot of the deployment stands in it.
const SLOT_AT: usize = 4;
/// Where the upgrade authority stands: 1 and a key, or 0.
const AUTHORITY_AT: usize = 12;

/// The slot of the deployment of Sluice that was confirmed.
pub fn confirmed_slot(state: &AccountView) -> Result<u64, ValueError> {
    ensure(*state.address() == STATE, ValueError::WrongState)?;
    ensure(state.owned_by(&crate::ID), ValueError::NotConfirmed)?;
    let data = state.try_borrow().map_err(|_| ValueError::WrongState)?;
    let slot = data.first_chunk().ok_or(ValueError::NotConfirmed)?;
    Ok(u64::from_le_bytes(*slot))
}

/// The slot in which Sluice was deployed last.
pub fn deployed_slot(account: &AccountView) -> Result<u64, ValueError> {
    let error = ValueError::WrongProgramData;
    let bytes = program_data(account, &SLUICE_DATA, SLOT_AT, error)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Fails unless `signer` signed and is the upgrade authority of this program.
pub fn require_authority(own_data: &AccountView, signer: &AccountView) -> Result<(), ValueError> {
    let error = ValueError::WrongOwnData;
    let authority: [u8; 33] = program_data(own_data, &OWN_DATA, AUTHORITY_AT, error)?;
    let (is_some, key) = authority.split_at(1);
    let is_authority = is_some == [1] && key == signer.address().as_array();
    let holds = is_authority && signer.is_signer();
    ensure(holds, ValueError::NotAuthority)
}

/// Some bytes of the account with the code of a program.
fn program_data<const N: usize>(
    account: &AccountView,
    address: &Address,
    offset: usize,
    error: ValueError,
) -> Result<[u8; N], ValueError> {
    let is_it = account.address() == address && account.owned_by(&LOADER);
    ensure(is_it, error)?;
    let data = account.try_borrow().map_err(|_| error)?;
    ensure(data.starts_with(&PROGRAM_DATA), error)?;
    let rest = data.get(offset..).ok_or(error)?;
    rest.first_chunk().copied().ok_or(error)
}

#[cfg(test)]
mod tests {
    use solana_loader_v3_interface::state::UpgradeableLoaderState;
    use solana_pubkey::Pubkey;

    use super::*;

    #[test]
    fn slot_and_authority_stand_where_the_loader_writes_them() {
        let (slot, key) = (0x0102_0304_0506_0708_u64, [9; 32]);
        let state = UpgradeableLoaderState::ProgramData {
            slot,
            upgrade_authority_address: Some(Pubkey::new_from_array(key)),
        };
        let expected = [
            PROGRAM_DATA.as_slice(),
            &slot.to_le_bytes(),
            &[1],
            key.as_slice(),
        ];
        assert_eq!(bincode::serialize(&state).unwrap(), expected.concat());
        assert_eq!((SLOT_AT, AUTHORITY_AT), (4, 4 + 8));
    }
}
