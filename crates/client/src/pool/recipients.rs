//! Who can be given LST, tickets or stake: somebody who can sign for them again.

use solana_account::Account;
use solana_program_pack::Pack;
use solana_pubkey::{Pubkey, pubkey};
use solana_sdk_ids::incinerator;
use spl_token_interface::state::{Account as TokenAccount, Mint};

use crate::{AccountSource, ClientError, PoolAddresses, Result};

const TOKEN_2022: Pubkey = pubkey!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// Fails where `recipient` is known to be nobody's: an account of the pool or of Sluice, a mint, a
/// token account, a stake or vote account, a sysvar, the incinerator or a program. An address without an account is taken for a
/// wallet or for the vault of a multisig.
pub fn require_recipient(
    source: &impl AccountSource,
    pool: &PoolAddresses,
    recipient: &Pubkey,
) -> Result<()> {
    let account = source.accounts(&[*recipient], None)?.accounts;
    let account = account.into_iter().next().flatten();
    let own = pool
        .all()
        .contains(recipient)
        .then_some("an address of the pool");
    let by_address = own.or_else(|| what_address(pool, recipient));
    match by_address.or_else(|| what_it_is(&account?)) {
        None => Ok(()),
        Some(what) => Err(ClientError::NobodysAddress {
            address: *recipient,
            what,
        }),
    }
}

/// What an address is that nobody can sign for, whether or not there is an account.
fn what_address(pool: &PoolAddresses, address: &Pubkey) -> Option<&'static str> {
    if *address == incinerator::ID {
        Some("the incinerator")
    } else if *address == pool.metadata() {
        Some("the account of the pool token's name")
    } else {
        None
    }
}

/// What an account is that nobody can sign for.
fn what_it_is(account: &Account) -> Option<&'static str> {
    if account.executable {
        Some("a program")
    } else if account.owner == sluice::ID {
        Some("an account of Sluice")
    } else if account.owner == solana_sdk_ids::stake::ID {
        Some("a stake account")
    } else if account.owner == solana_sdk_ids::vote::ID {
        Some("a vote account")
    } else if account.owner == solana_sdk_ids::sysvar::ID {
        Some("a sysvar of the cluster")
    } else if [spl_token_interface::ID, TOKEN_2022].contains(&account.owner) {
        Some(of_token_program(&account.data))
    } else {
        None
    }
}

fn of_token_program(data: &[u8]) -> &'static str {
    // Extensions of Token-2022 stand behind the length of a token account, also those of mints.
    let kind = data.get(TokenAccount::LEN);
    if data.len() == Mint::LEN || kind == Some(&1) {
        "the mint of a token"
    } else {
        "a token account"
    }
}

#[cfg(test)]
mod tests {
    use solana_sdk_ids::{bpf_loader_upgradeable, system_program};

    use super::*;
    use crate::fixture::{Fixture, SOL};

    fn refused(fixture: &Fixture, recipient: &Pubkey) -> Option<&'static str> {
        match require_recipient(fixture, &fixture.addresses, recipient) {
            Ok(()) => None,
            Err(ClientError::NobodysAddress { address, what }) => {
                assert_eq!(address, *recipient);
                Some(what)
            }
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn wallets_and_addresses_without_an_account_are_given_what_they_are_given() {
        let mut fixture = Fixture::new(1, SOL, 0);
        let (wallet, vault) = (Pubkey::new_unique(), fixture.addresses.batch(7));
        let account = fixture.account(SOL, system_program::ID, Vec::new());
        fixture.others.insert(wallet, account);
        for recipient in [wallet, vault, Pubkey::new_unique()] {
            assert_eq!(refused(&fixture, &recipient), None);
        }
    }

    #[test]
    fn nothing_is_given_to_the_pool_and_what_belongs_to_it() {
        let mut fixture = Fixture::new(1, SOL, 0);
        for own in fixture.addresses.all() {
            assert_eq!(refused(&fixture, &own), Some("an address of the pool"));
        }
        let page = fixture.addresses.page(0);
        assert_eq!(refused(&fixture, &page), Some("an account of Sluice"));
        let main = fixture.slot(0).main;
        assert_eq!(refused(&fixture, &main), Some("a stake account"));
    }

    #[test]
    fn nothing_is_given_to_the_incinerator_the_tokens_name_vote_accounts_and_sysvars() {
        let mut fixture = Fixture::new(1, SOL, 0);
        let metadata = fixture.addresses.metadata();
        let incinerator = incinerator::ID;
        assert!(fixture.addresses.all().iter().all(|own| *own != metadata));
        assert_eq!(refused(&fixture, &incinerator), Some("the incinerator"));
        assert_eq!(
            refused(&fixture, &metadata),
            Some("the account of the pool token's name")
        );
        for (owner, what) in [
            (solana_sdk_ids::vote::ID, "a vote account"),
            (solana_sdk_ids::sysvar::ID, "a sysvar of the cluster"),
        ] {
            let address = Pubkey::new_unique();
            let account = fixture.account(SOL, owner, vec![0; 9]);
            fixture.others.insert(address, account);
            assert_eq!(refused(&fixture, &address), Some(what));
        }
    }

    #[test]
    fn nothing_is_given_to_tokens_and_programs() {
        let mut fixture = Fixture::new(1, SOL, 0);
        let mut put = |account| {
            let address = Pubkey::new_unique();
            fixture.others.insert(address, account);
            address
        };
        let of = |owner, bytes: usize| Account {
            lamports: SOL,
            data: vec![0; bytes],
            owner,
            ..Account::default()
        };
        let (mint, token) = ("the mint of a token", "a token account");
        let mut extended = of(TOKEN_2022, 300);
        let of_somebody = put(extended.clone());
        extended.data[TokenAccount::LEN] = 1;
        let program = Account {
            executable: true,
            ..of(bpf_loader_upgradeable::ID, 36)
        };
        let cases = [
            (put(of(spl_token_interface::ID, Mint::LEN)), mint),
            (put(of(spl_token_interface::ID, TokenAccount::LEN)), token),
            (put(of(TOKEN_2022, Mint::LEN)), mint),
            (put(extended), mint),
            (of_somebody, token),
            (put(program), "a program"),
        ];
        for (address, what) in cases {
            assert_eq!(refused(&fixture, &address), Some(what));
        }
    }
}
