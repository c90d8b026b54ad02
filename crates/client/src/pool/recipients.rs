//! Who can be given roles, LST, tickets or stake: somebody who can sign for them again.

use sluice::state::Ticket;
use solana_account::Account;
use solana_program_pack::Pack;
use solana_pubkey::{Pubkey, pubkey};
use solana_sdk_ids::{
    address_lookup_table, bpf_loader, bpf_loader_deprecated, bpf_loader_upgradeable, config,
    incinerator, loader_v4, native_loader, stake, system_program, sysvar, vote,
};
use spl_token_interface::state::{Account as TokenAccount, Mint};

use crate::{AccountSource, ClientError, HeldStake, PoolAddresses, Result, decode};

/// What keeps the code of programs.
const LOADERS: [Pubkey; 4] = [
    bpf_loader::ID,
    bpf_loader_deprecated::ID,
    bpf_loader_upgradeable::ID,
    loader_v4::ID,
];

const TOKEN_2022: Pubkey = pubkey!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// Sysvars of the cluster. Some have no account.
const SYSVARS: [Pubkey; 12] = [
    sysvar::clock::ID,
    sysvar::epoch_rewards::ID,
    sysvar::epoch_schedule::ID,
    sysvar::fees::ID,
    sysvar::instructions::ID,
    sysvar::last_restart_slot::ID,
    sysvar::recent_blockhashes::ID,
    sysvar::rent::ID,
    sysvar::rewards::ID,
    sysvar::slot_hashes::ID,
    sysvar::slot_history::ID,
    sysvar::stake_history::ID,
];

/// Whether accounts of programs, and addresses without a key, are given something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProgramOwned {
    /// They are not: most are no wallets, and only their program could move what they have.
    #[default]
    Refused,
    /// They are: the person knows that the program keeps wallets or vaults.
    Allowed,
}

/// Fails where what is sent to `recipient` would be lost: where [`require_signer`] does, and for
/// accounts of other programs and addresses without a key, unless these are allowed. The reserve of
/// another pool looks like the vault of a multisig: only the person knows which of both it is.
pub fn require_recipient(
    source: &impl AccountSource,
    pool: &PoolAddresses,
    recipient: &Pubkey,
    program_owned: ProgramOwned,
) -> Result<()> {
    let account = examine(source, Some(pool), recipient)?;
    require_wallet(account, recipient, program_owned)
}

/// Fails where [`require_recipient`] does, without a pool at hand: for whom the rent of programs and
/// buffers is paid to.
pub fn require_recipient_anywhere(
    source: &impl AccountSource,
    recipient: &Pubkey,
    program_owned: ProgramOwned,
) -> Result<()> {
    let account = examine(source, None, recipient)?;
    require_wallet(account, recipient, program_owned)
}

/// Fails for accounts of programs and addresses without a key, unless they are allowed.
fn require_wallet(
    account: Option<Account>,
    address: &Pubkey,
    program_owned: ProgramOwned,
) -> Result<()> {
    if program_owned == ProgramOwned::Allowed {
        return Ok(());
    }
    let address = *address;
    match account.filter(|account| account.owner != system_program::ID) {
        Some(Account { owner, .. }) => Err(ClientError::ProgramsAddress {
            address,
            program: owner,
        }),
        None if !address.is_on_curve() => Err(ClientError::KeylessAddress { address }),
        None => Ok(()),
    }
}

/// Fails where `key` is known to sign nothing, ever: an account of the pool or of Sluice, a mint, a
/// token account, a stake or vote account, a sysvar, a program or the incinerator. An address without
/// an account is taken for a wallet or for the vault of a multisig.
pub fn require_signer(
    source: &impl AccountSource,
    pool: &PoolAddresses,
    key: &Pubkey,
) -> Result<()> {
    examine(source, Some(pool), key).map(|_| ())
}

/// Fails where [`require_signer`] does, without a pool at hand: for whom programs and buffers are given
/// to.
pub fn require_signer_anywhere(source: &impl AccountSource, key: &Pubkey) -> Result<()> {
    examine(source, None, key).map(|_| ())
}

/// The account of somebody who may sign, if there is one.
fn examine(
    source: &impl AccountSource,
    pool: Option<&PoolAddresses>,
    key: &Pubkey,
) -> Result<Option<Account>> {
    let account = source.accounts(&[*key], None)?.accounts;
    let account = account.into_iter().next().flatten();
    let known = pool
        .and_then(|pool| Nobody::in_pool(pool, key))
        .or_else(|| Nobody::in_cluster(key))
        .or_else(|| Nobody::at(key, account.as_ref()?));
    match known {
        None => Ok(account),
        Some(Nobody { what, owner }) => Err(ClientError::NobodysAddress {
            address: *key,
            what,
            owner,
        }),
    }
}

/// What an account is that nobody can sign for, and who owns what is in it.
struct Nobody {
    what: &'static str,
    owner: Option<Pubkey>,
}

impl Nobody {
    fn unowned(what: &'static str) -> Self {
        Self { what, owner: None }
    }

    /// What an address of a pool is, whether or not there is an account.
    fn in_pool(pool: &PoolAddresses, address: &Pubkey) -> Option<Self> {
        let what = if *address == pool.mint {
            "the mint of the pool's token"
        } else if pool.all().contains(address) {
            "an address of the pool"
        } else if *address == pool.metadata() {
            "the account of the pool token's name"
        } else {
            return None;
        };
        Some(Self::unowned(what))
    }

    /// What an address of every cluster is, whether or not there is an account.
    fn in_cluster(address: &Pubkey) -> Option<Self> {
        let what = if *address == system_program::ID {
            "a program"
        } else if *address == incinerator::ID {
            "the incinerator"
        } else if SYSVARS.contains(address) {
            "a sysvar of the cluster"
        } else {
            return None;
        };
        Some(Self::unowned(what))
    }

    fn at(address: &Pubkey, account: &Account) -> Option<Self> {
        if account.executable || account.owner == native_loader::ID {
            Some(Self::unowned("a program"))
        } else if LOADERS.contains(&account.owner) {
            Some(Self::unowned("the code of a program"))
        } else if account.owner == address_lookup_table::ID {
            Some(Self::unowned("a lookup table"))
        } else if account.owner == config::ID {
            Some(Self::unowned("a configuration of the cluster"))
        } else if account.owner == sluice::ID {
            Some(match decode::<Ticket>(address, account) {
                Ok(ticket) => Self {
                    what: "a ticket",
                    owner: Some(ticket.owner),
                },
                Err(_) => Self::unowned("an account of Sluice"),
            })
        } else if account.owner == stake::ID {
            Some(Self {
                what: "a stake account",
                owner: HeldStake::read(*address, account).map(|held| held.stake.withdrawer),
            })
        } else if account.owner == vote::ID {
            Some(Self::unowned("a vote account"))
        } else if account.owner == sysvar::ID {
            Some(Self::unowned("a sysvar of the cluster"))
        } else if [spl_token_interface::ID, TOKEN_2022].contains(&account.owner) {
            Some(Self::of_token_program(&account.data))
        } else {
            None
        }
    }

    fn of_token_program(data: &[u8]) -> Self {
        // Extensions of Token-2022 stand behind the length of a token account, also those of mints.
        let kind = data.get(TokenAccount::LEN);
        if data.len() == Mint::LEN || kind == Some(&1) {
            return Self::unowned("the mint of a token");
        }
        let base = data.get(..TokenAccount::LEN);
        let token = base.and_then(|base| TokenAccount::unpack(base).ok());
        Self {
            what: "a token account",
            owner: token.map(|token| token.owner),
        }
    }
}

#[cfg(test)]
mod tests {
    use spl_token_interface::state::AccountState;

    use super::*;
    use crate::fixture::{Fixture, SOL};

    fn refused(fixture: &Fixture, recipient: &Pubkey) -> Option<&'static str> {
        match require_signer(fixture, &fixture.addresses, recipient) {
            Ok(()) => None,
            Err(ClientError::NobodysAddress { address, what, .. }) => {
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
        let mint = fixture.addresses.mint;
        let token = Some("the mint of the pool's token");
        assert_eq!(refused(&fixture, &mint), token);
        for own in fixture.addresses.all().into_iter().skip(1) {
            assert_eq!(refused(&fixture, &own), Some("an address of the pool"));
        }
        let page = fixture.addresses.page(0);
        assert_eq!(refused(&fixture, &page), Some("an account of Sluice"));
        let main = fixture.slot(0).main;
        assert_eq!(refused(&fixture, &main), Some("a stake account"));
    }

    #[test]
    fn an_account_of_a_program_has_a_role_but_is_given_nothing_unless_that_is_allowed() {
        let mut fixture = Fixture::new(1, SOL, 0);
        let [address, program] = [Pubkey::new_unique(), Pubkey::new_unique()];
        let account = fixture.account(SOL, program, vec![1; 40]);
        fixture.others.insert(address, account);
        assert_eq!(refused(&fixture, &address), None);
        let given = |how| require_recipient(&fixture, &fixture.addresses, &address, how);
        assert!(given(ProgramOwned::Allowed).is_ok());
        let Err(ClientError::ProgramsAddress { program: owner, .. }) = given(ProgramOwned::Refused)
        else {
            panic!("it is not given to an account of {program}");
        };
        assert_eq!(owner, program);
    }

    #[test]
    fn an_address_without_a_key_has_a_role_but_is_given_nothing_unless_that_is_allowed() {
        let mut fixture = Fixture::new(1, SOL, 0);
        let reserve = PoolAddresses::of_mint(Pubkey::new_unique()).reserve;
        let given =
            |fixture: &Fixture, how| require_recipient(fixture, &fixture.addresses, &reserve, how);
        for account in [
            None,
            Some(fixture.account(SOL, system_program::ID, Vec::new())),
        ] {
            if let Some(account) = account {
                fixture.others.insert(reserve, account);
            }
            assert_eq!(refused(&fixture, &reserve), None);
            assert!(given(&fixture, ProgramOwned::Allowed).is_ok());
            let Err(ClientError::KeylessAddress { address }) =
                given(&fixture, ProgramOwned::Refused)
            else {
                panic!("it is not given to the reserve of another pool");
            };
            assert_eq!(address, reserve);
        }
    }

    #[test]
    fn a_sysvar_without_an_account_is_given_nothing_either() {
        let fixture = Fixture::new(1, SOL, 0);
        for sysvar in SYSVARS {
            assert_eq!(refused(&fixture, &sysvar), Some("a sysvar of the cluster"));
        }
    }

    #[test]
    fn who_names_a_token_account_or_a_stake_account_is_told_its_owner() {
        let mut fixture = Fixture::new(1, SOL, 0);
        let [wallet, address] = [Pubkey::new_unique(), Pubkey::new_unique()];
        let token = TokenAccount {
            owner: wallet,
            state: AccountState::Initialized,
            ..TokenAccount::default()
        };
        let mut data = vec![0; TokenAccount::LEN];
        TokenAccount::pack(token, &mut data).unwrap();
        let account = fixture.account(SOL, spl_token_interface::ID, data);
        fixture.others.insert(address, account);
        let main = fixture.slot(0).main;
        let owner_of = |key| match require_signer(&fixture, &fixture.addresses, &key) {
            Err(ClientError::NobodysAddress { owner, .. }) => owner,
            other => panic!("{other:?}"),
        };
        assert_eq!(owner_of(address), Some(wallet));
        assert_eq!(owner_of(main), Some(fixture.addresses.stake_authority));
    }

    #[test]
    fn nothing_is_given_to_the_incinerator_the_tokens_name_and_accounts_of_the_cluster() {
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
            (vote::ID, "a vote account"),
            (sysvar::ID, "a sysvar of the cluster"),
            (native_loader::ID, "a program"),
            (bpf_loader_upgradeable::ID, "the code of a program"),
            (address_lookup_table::ID, "a lookup table"),
            (config::ID, "a configuration of the cluster"),
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
