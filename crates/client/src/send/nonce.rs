//! Nonce accounts: a transaction that names what one of them holds lives until that is used.

use solana_account::Account;
use solana_hash::Hash;
use solana_nonce::{state::State, versions::Versions};
use solana_sdk_ids::system_program;

/// Reads a nonce account; `None` where it is none.
pub fn read(account: &Account) -> Option<State> {
    let is_owned = account.owner == system_program::ID;
    let versions = is_owned.then(|| bincode::deserialize::<Versions>(&account.data).ok());
    Some(versions??.state().clone())
}

/// What a nonce account holds; `None` where it holds nothing.
pub(super) fn value(account: &Account) -> Option<Hash> {
    match read(account)? {
        State::Initialized(data) => Some(data.blockhash()),
        State::Uninitialized => None,
    }
}
