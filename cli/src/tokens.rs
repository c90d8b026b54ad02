//! Token accounts of the pool's LST.

use anyhow::{Result, bail};
use sluice::{SluiceError, error::refuse};
use sluice_client::{AccountSource, ClientError, PoolAddresses, words::amounts::lst};
use sluice_math::Lst;
use solana_instruction::Instruction;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::{
    ID as TOKEN_PROGRAM,
    state::{Account, AccountState},
};

use crate::{args::Sum, output::known};

/// Somebody's associated token account.
pub struct Holding {
    /// Its address.
    pub address: Pubkey,
    /// Its owner.
    pub owner: Pubkey,
    mint: Pubkey,
    account: Option<Account>,
}

/// A balance as a line of a list of facts: whose it is where it is not the signer's.
pub fn balance_fact(balance_lst: Option<u64>, owner: &str, is_own: bool) -> (&'static str, String) {
    let balance = known(balance_lst, lst);
    match is_own {
        true => ("You hold", balance),
        false => ("Balance", format!("{balance}, held by {owner}")),
    }
}

impl Holding {
    /// What `owner` holds of a pool's LST. Fails where the account belongs to somebody else by
    /// now, who would have what is sent there.
    pub fn read(rpc: &RpcClient, pool: &PoolAddresses, owner: Pubkey) -> Result<Self> {
        let address = get_associated_token_address(&owner, &pool.mint);
        let fetched = rpc.accounts(&[address], None)?;
        let account = fetched
            .accounts
            .into_iter()
            .flatten()
            .find(|account| account.owner == TOKEN_PROGRAM)
            .and_then(|account| Account::unpack(&account.data).ok());
        if let Some(account) = &account
            && account.owner != owner
        {
            bail!(
                "{address}, where {owner} holds tokens of this pool, was handed to {}: pass another \
                 --recipient or --keypair",
                account.owner
            );
        }
        Ok(Self {
            address,
            owner,
            mint: pool.mint,
            account,
        })
    }

    /// What is in it at this slot or later, in smallest units; none where no node says so in time.
    pub fn balance_at(&self, rpc: &RpcClient, slot: u64) -> Option<u64> {
        let fetched = rpc.accounts(&[self.address], Some(slot)).ok()?;
        let account = fetched.accounts.into_iter().next()?;
        account.map_or(Some(0), |account| {
            let account = Account::unpack(&account.data).ok()?;
            Some(account.amount)
        })
    }

    /// The tokens in it.
    pub fn balance(&self) -> Lst {
        Lst::new(self.account.as_ref().map_or(0, |account| account.amount))
    }

    /// Whether there is an account.
    pub fn exists(&self) -> bool {
        self.account.is_some()
    }

    /// The instruction that creates the account where it is missing, and fails where it was handed to
    /// another owner: it comes before everything that mints or pays to the account, since that may
    /// happen after [`Self::read`].
    pub fn ensured(&self, payer: &Pubkey) -> Instruction {
        create_associated_token_account_idempotent(payer, &self.owner, &self.mint, &TOKEN_PROGRAM)
    }

    /// The tokens that `requester` wants to give back, if they are there and it may move them.
    pub fn take_by(&self, requester: &Pubkey, sum: Sum) -> Result<Lst> {
        if *requester == self.owner {
            return self.take(sum);
        }
        let delegated = self
            .account
            .as_ref()
            .filter(|account| account.delegate.contains(requester));
        let allowed = Lst::new(delegated.map_or(0, |account| account.delegated_amount));
        let wanted = match sum {
            Sum::All => allowed.min(self.balance()),
            Sum::Exactly(wanted) => wanted,
        };
        if allowed.is_zero() || wanted > allowed {
            bail!(
                "{requester} may move {} of {}: let its owner {} approve more, or take less",
                lst(allowed.get()),
                self.address,
                self.owner
            );
        }
        self.take(Sum::Exactly(wanted))
    }

    /// The tokens that somebody wants to give back, if they are there.
    pub fn take(&self, sum: Sum) -> Result<Lst> {
        let balance = self.balance();
        let wanted = match sum {
            Sum::All => balance,
            Sum::Exactly(wanted) => wanted,
        };
        if self
            .account
            .as_ref()
            .is_some_and(|account| account.state == AccountState::Frozen)
        {
            bail!("the token account {} is frozen", self.address);
        }
        if balance.is_zero() {
            bail!(
                "{} holds no tokens of this pool: `sluice stake` first, or pass another --keypair",
                self.owner
            );
        }
        if wanted.is_zero() {
            return Err(ClientError::from(refuse(SluiceError::ZeroAmount)).into());
        }
        if wanted > balance {
            bail!(
                "{} holds {}, less than {}: take less, or write `all`",
                self.owner,
                lst(balance.get()),
                lst(wanted.get())
            );
        }
        Ok(wanted)
    }
}
