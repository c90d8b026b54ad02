//! A pool of SPL Stake Pool, as its accounts say.

use std::num::NonZeroU32;

use borsh::BorshDeserialize;
use solana_account::Account;
use solana_instruction::Instruction;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use spl_associated_token_account_interface::address::get_associated_token_address_with_program_id;
use spl_stake_pool::{
    devnet, find_stake_program_address, find_withdraw_authority_program_address, instruction,
    state::{AccountType, StakePool, StakeStatus, ValidatorList, ValidatorStakeInfo},
};
use spl_token_interface::state::{Account as TokenAccount, AccountState, Mint};

use crate::{AccountSource, ClientError, Result};

/// The deployments of SPL Stake Pool that are known. The holder of a pool's tokens signs for
/// everything that the program does with them, so no other program is trusted unasked.
pub const SPL_POOL_PROGRAMS: [Pubkey; 2] = [spl_stake_pool::ID, devnet::ID];
/// What such a pool is called in sentences.
const STAKE_POOL: &str = "pool of SPL Stake Pool";

/// A stake pool that is left.
#[derive(Clone, Debug)]
pub struct SplPool {
    /// Where it is.
    pub address: Pubkey,
    /// Its program.
    pub program: Pubkey,
    /// Its books.
    pub account: StakePool,
    /// Its validators.
    pub list: ValidatorList,
    /// Decimals of its token.
    pub decimals: u8,
    /// Whether its manager's account can take the fee; where not, no fee is taken.
    pub takes_fee: bool,
}

impl SplPool {
    /// Decimals that nearly every such token has, and SOL.
    pub const DECIMALS: u8 = 9;

    /// Reads a pool of a known deployment, or of `trusted`.
    pub fn load(
        source: &impl AccountSource,
        address: &Pubkey,
        trusted: Option<&Pubkey>,
    ) -> Result<Self> {
        let pool = one(source, address)?;
        let program = pool.owner;
        if !SPL_POOL_PROGRAMS.contains(&program) && trusted != Some(&program) {
            return Err(ClientError::ForeignOwner {
                address: *address,
                expected: STAKE_POOL,
                owner: program,
            });
        }
        let account = StakePool::deserialize(&mut pool.data.as_slice())
            .ok()
            .filter(|pool| pool.account_type == AccountType::StakePool)
            .ok_or_else(|| unreadable(address))?;
        let list = one(source, &account.validator_list)?;
        let list = ValidatorList::deserialize(&mut list.data.as_slice())
            .ok()
            .filter(|_| list.owner == program)
            .ok_or_else(|| unreadable(&account.validator_list))?;
        let addresses = [account.pool_mint, account.manager_fee_account];
        let mut others = source.accounts(&addresses, None)?.accounts.into_iter();
        let (mint, fee_account) = (others.next().flatten(), others.next().flatten());
        let decimals = mint
            .as_ref()
            .and_then(|mint| Mint::unpack_from_slice(mint.data.get(..Mint::LEN)?).ok())
            .map(|mint| mint.decimals)
            .ok_or_else(|| unreadable(&account.pool_mint))?;
        let takes_fee = fee_account.is_some_and(|fees| {
            holding(&account, &fees).is_some_and(|token| token.state == AccountState::Initialized)
        });
        Ok(Self {
            address: *address,
            program,
            account,
            list,
            decimals,
            takes_fee,
        })
    }

    /// Whether its books are those of `epoch`: nothing can be withdrawn before.
    pub fn is_updated(&self, epoch: u64) -> bool {
        self.account.last_update_epoch >= epoch
    }

    /// The instructions that bring its books to `epoch`, one for each transaction, in order.
    pub fn updates(&self, epoch: u64) -> Vec<Vec<Instruction>> {
        if self.is_updated(epoch) {
            return Vec::new();
        }
        let (lists, last) = instruction::update_stale_stake_pool(
            &self.program,
            &self.account,
            &self.list,
            &self.address,
            false,
            epoch,
        );
        lists
            .into_iter()
            .map(|update| vec![update])
            .chain([last])
            .collect()
    }

    /// Where `owner` holds its tokens.
    pub fn token_account_of(&self, owner: &Pubkey) -> Pubkey {
        get_associated_token_address_with_program_id(
            owner,
            &self.account.pool_mint,
            &self.account.token_program_id,
        )
    }

    /// How many of its tokens `owner` holds, in the smallest unit.
    pub fn tokens_of(&self, source: &impl AccountSource, owner: &Pubkey) -> Result<u64> {
        let fetched = source.accounts(&[self.token_account_of(owner)], None)?;
        let account = fetched.accounts.into_iter().next().flatten();
        let token = account.and_then(|account| holding(&self.account, &account));
        Ok(token.map_or(0, |token| token.amount))
    }

    /// The signer for all its stake accounts.
    pub fn withdraw_authority(&self) -> Pubkey {
        find_withdraw_authority_program_address(&self.program, &self.address).0
    }

    /// The stake account of one of its validators.
    pub fn stake_of(&self, validator: &ValidatorStakeInfo) -> Pubkey {
        let seed = NonZeroU32::new(validator.validator_seed_suffix.into());
        let vote = &validator.vote_account_address;
        find_stake_program_address(&self.program, vote, &self.address, seed).0
    }

    /// The part of `tokens` that its manager takes.
    pub fn fee(&self, tokens: u64) -> Option<u64> {
        if self.takes_fee {
            self.account.calc_pool_tokens_stake_withdrawal_fee(tokens)
        } else {
            Some(0)
        }
    }
}

/// Whether a validator of such a pool takes part in everything.
pub(super) fn is_active(validator: &ValidatorStakeInfo) -> bool {
    StakeStatus::try_from(validator.status).is_ok_and(|status| status == StakeStatus::Active)
}

/// A token account of the pool's mint, also where the token program has given it extensions.
fn holding(pool: &StakePool, account: &Account) -> Option<TokenAccount> {
    let base = account.data.get(..TokenAccount::LEN)?;
    TokenAccount::unpack_from_slice(base)
        .ok()
        .filter(|token| account.owner == pool.token_program_id && token.mint == pool.pool_mint)
}

fn one(source: &impl AccountSource, address: &Pubkey) -> Result<Account> {
    let fetched = source.accounts(&[*address], None)?;
    fetched
        .accounts
        .into_iter()
        .next()
        .flatten()
        .ok_or(ClientError::Missing {
            address: *address,
            expected: STAKE_POOL,
        })
}

fn unreadable(address: &Pubkey) -> ClientError {
    ClientError::Unreadable {
        address: *address,
        expected: STAKE_POOL,
    }
}
