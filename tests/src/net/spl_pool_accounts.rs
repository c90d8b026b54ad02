//! A pool of SPL Stake Pool as a set of accounts, for any bank that runs its ELF.

use borsh::BorshSerialize;
use solana_account::Account;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_stake_interface::{
    program::ID as STAKE_PROGRAM,
    state::{Authorized, Meta, StakeStateV2},
};
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_stake_pool::{
    ID, find_deposit_authority_program_address, find_stake_program_address,
    find_withdraw_authority_program_address,
    state::{AccountType, Fee, StakePool, ValidatorList, ValidatorStakeInfo},
};
use spl_token_interface::{
    ID as TOKEN_PROGRAM,
    state::{Account as TokenAccount, AccountState, Mint},
};

use crate::cluster::active_stake_account;

/// Its manager's part of what is withdrawn: a tenth of a percent.
pub const WITHDRAWAL_FEE: Fee = Fee {
    numerator: 1,
    denominator: 1_000,
};

/// A pool whose tokens are worth 1.25 SOL each.
#[derive(Clone, Debug)]
pub struct SplPoolAccounts {
    /// Vote accounts with the active lamports of the pool.
    pub validators: Vec<(Pubkey, u64)>,
    /// Who holds its tokens, in the smallest unit. What is left of the supply nobody holds.
    pub holders: Vec<(Pubkey, u64)>,
    /// The validator whose stake is given first.
    pub preferred: Option<Pubkey>,
}

impl SplPoolAccounts {
    /// The pool's address.
    pub fn pool() -> Pubkey {
        named("pool")
    }

    /// The mint of its tokens.
    pub fn mint() -> Pubkey {
        named("mint")
    }

    /// Where its manager gets the fee.
    pub fn fees() -> Pubkey {
        get_associated_token_address(&named("manager"), &Self::mint())
    }

    /// Everything that belongs to it, as of epoch 0.
    pub fn accounts(&self, rent: &Rent) -> Vec<(Pubkey, Account)> {
        let mut accounts = vec![
            (Self::pool(), self.pool_account(rent)),
            (named("list"), self.list(rent)),
            (named("reserve"), reserve(rent)),
            (Self::mint(), self.mint_account(rent)),
            (Self::fees(), token_account(named("manager"), 0, rent)),
        ];
        for (vote, lamports) in &self.validators {
            let stake = find_stake_program_address(&ID, vote, &Self::pool(), None).0;
            let account = active_stake_account(&authority().0, vote, *lamports, rent);
            accounts.push((stake, account));
        }
        for (holder, tokens) in &self.holders {
            let address = get_associated_token_address(holder, &Self::mint());
            accounts.push((address, token_account(*holder, *tokens, rent)));
        }
        accounts
    }

    fn total_lamports(&self, rent: &Rent) -> u64 {
        let stakes = self.validators.iter();
        stakes
            .map(|(_, lamports)| lamports + rent.minimum_balance(StakeStateV2::size_of()))
            .sum()
    }

    fn supply(&self, rent: &Rent) -> u64 {
        self.total_lamports(rent) / 5 * 4
    }

    fn pool_account(&self, rent: &Rent) -> Account {
        let pool = StakePool {
            account_type: AccountType::StakePool,
            manager: named("manager"),
            staker: named("manager"),
            stake_deposit_authority: find_deposit_authority_program_address(&ID, &Self::pool()).0,
            stake_withdraw_bump_seed: authority().1,
            validator_list: named("list"),
            reserve_stake: named("reserve"),
            pool_mint: Self::mint(),
            manager_fee_account: Self::fees(),
            token_program_id: TOKEN_PROGRAM,
            total_lamports: self.total_lamports(rent),
            pool_token_supply: self.supply(rent),
            preferred_withdraw_validator_vote_address: self.preferred,
            stake_withdrawal_fee: WITHDRAWAL_FEE,
            ..StakePool::default()
        };
        let bytes = borsh::max_serialized_size::<StakePool>().expect("it has a size");
        serialized(&pool, bytes, rent)
    }

    fn list(&self, rent: &Rent) -> Account {
        let stake_rent = rent.minimum_balance(StakeStateV2::size_of());
        let validators = self.validators.iter();
        let mut list = ValidatorList::new(u32::try_from(self.validators.len()).expect("a few"));
        list.validators = validators
            .map(|(vote, lamports)| ValidatorStakeInfo {
                active_stake_lamports: (lamports + stake_rent).into(),
                vote_account_address: *vote,
                ..ValidatorStakeInfo::default()
            })
            .collect();
        serialized(&list, 0, rent)
    }

    fn mint_account(&self, rent: &Rent) -> Account {
        let mint = Mint {
            mint_authority: Some(authority().0).into(),
            supply: self.supply(rent),
            decimals: 9,
            is_initialized: true,
            ..Mint::default()
        };
        packed(mint, rent)
    }
}

fn reserve(rent: &Rent) -> Account {
    let authorized = Authorized::auto(&authority().0);
    let meta = Meta {
        authorized,
        ..Meta::default()
    };
    let mut data = bincode::serialize(&StakeStateV2::Initialized(meta)).expect("it serializes");
    data.resize(StakeStateV2::size_of(), 0);
    owned_by(STAKE_PROGRAM, data, rent)
}

fn token_account(owner: Pubkey, amount: u64, rent: &Rent) -> Account {
    let account = TokenAccount {
        mint: SplPoolAccounts::mint(),
        owner,
        amount,
        state: AccountState::Initialized,
        ..TokenAccount::default()
    };
    packed(account, rent)
}

fn packed<T: Pack>(content: T, rent: &Rent) -> Account {
    let mut data = vec![0; T::LEN];
    T::pack(content, &mut data).expect("it packs");
    owned_by(TOKEN_PROGRAM, data, rent)
}

fn serialized(content: &impl BorshSerialize, bytes: usize, rent: &Rent) -> Account {
    let mut data = borsh::to_vec(content).expect("it serializes");
    data.resize(bytes.max(data.len()), 0);
    owned_by(ID, data, rent)
}

fn owned_by(owner: Pubkey, data: Vec<u8>, rent: &Rent) -> Account {
    Account {
        lamports: rent.minimum_balance(data.len()),
        data,
        owner,
        rent_epoch: u64::MAX,
        executable: false,
    }
}

fn authority() -> (Pubkey, u8) {
    find_withdraw_authority_program_address(&ID, &SplPoolAccounts::pool())
}

/// An address that nobody has a key for.
fn named(name: &str) -> Pubkey {
    Pubkey::find_program_address(&[b"spl pool", name.as_bytes()], &ID).0
}
