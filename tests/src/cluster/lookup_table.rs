//! Address lookup tables, ready to use.

use std::borrow::Cow;

use solana_account::Account;
use solana_address_lookup_table_interface::{
    program,
    state::{AddressLookupTable, LookupTableMeta},
};
use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;

use super::Cluster;

impl Cluster {
    /// Stores a lookup table of these addresses (256 at most), extended long ago.
    pub async fn lookup_table(
        &mut self,
        name: &str,
        addresses: &[Pubkey],
    ) -> AddressLookupTableAccount {
        let table = AddressLookupTable {
            meta: LookupTableMeta::default(),
            addresses: Cow::Borrowed(addresses),
        };
        let data = table
            .serialize_for_tests()
            .expect("a lookup table serializes");
        let key = self.address(name);
        let lamports = self.rent().await.minimum_balance(data.len());
        let owner = program::ID;
        self.set_account(
            &key,
            Account {
                lamports,
                data,
                owner,
                ..Account::default()
            },
        );
        AddressLookupTableAccount {
            key,
            addresses: addresses.to_vec(),
        }
    }
}
