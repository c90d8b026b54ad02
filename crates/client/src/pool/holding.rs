//! What a wallet holds of a pool's token, in its associated token account.

use std::str::FromStr;

use sluice::{SluiceError, error::refuse};
use sluice_math::{Lamports, Lst, ParseAmountError};
use solana_instruction::Instruction;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::{
    ID as TOKEN_PROGRAM,
    state::{Account, AccountState},
};
use thiserror::Error;

use crate::{AccountSource, ClientError, PoolAddresses, Result, words::amounts::lst};

/// Somebody's associated token account.
#[derive(Clone, Debug)]
pub struct Holding {
    /// Its address.
    pub address: Pubkey,
    /// Its owner.
    pub owner: Pubkey,
    mint: Pubkey,
    account: Option<Account>,
    /// What is at its address, whatever is there.
    lamports: Lamports,
}

/// An amount of tokens, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// All that are there.
    All,
    /// So many.
    Exactly(Lst),
}

/// Why tokens cannot be taken from a wallet.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum HoldingError {
    /// The account belongs to somebody else by now, who would have what is sent there.
    #[error("{address}, where {owner} holds tokens of this pool, was handed to {holder}")]
    HandedOver {
        /// The associated token account.
        address: Pubkey,
        /// Whose it is by its address.
        owner: Pubkey,
        /// Who has it.
        holder: Pubkey,
    },
    /// The account is frozen.
    #[error("The token account {address} is frozen")]
    Frozen {
        /// The associated token account.
        address: Pubkey,
    },
    /// There are no tokens.
    #[error("{owner} holds no tokens of this pool")]
    Nothing {
        /// Whose account it is.
        owner: Pubkey,
    },
    /// There are fewer tokens.
    #[error("{owner} holds {}, less than {}", lst(.has.get()), lst(.wanted.get()))]
    TooFew {
        /// Whose account it is.
        owner: Pubkey,
        /// What is in it.
        has: Lst,
        /// What was to be taken.
        wanted: Lst,
    },
}

impl FromStr for Sum {
    type Err = ParseAmountError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self::All),
            amount => amount.parse().map(Self::Exactly),
        }
    }
}

impl Holding {
    /// What `owner` holds of a pool's LST.
    ///
    /// # Errors
    ///
    /// With [`HoldingError::HandedOver`] where the account belongs to somebody else by now.
    pub fn read(source: &impl AccountSource, pool: &PoolAddresses, owner: Pubkey) -> Result<Self> {
        let address = get_associated_token_address(&owner, &pool.mint);
        let fetched = source.accounts(&[address], None)?;
        let found = fetched.accounts.into_iter().flatten().next();
        let lamports = found.as_ref().map_or(0, |found| found.lamports);
        let account = found
            .filter(|found| found.owner == TOKEN_PROGRAM)
            .and_then(|found| Account::unpack(&found.data).ok());
        let holder = account.as_ref().map_or(owner, |account| account.owner);
        if holder != owner {
            return Err(HoldingError::HandedOver {
                address,
                owner,
                holder,
            }
            .into());
        }
        Ok(Self {
            address,
            owner,
            mint: pool.mint,
            account,
            lamports: Lamports::new(lamports),
        })
    }

    /// What is in it at this slot or later, in smallest units; none where no node says so in time.
    pub fn balance_at(&self, source: &impl AccountSource, slot: u64) -> Option<u64> {
        let fetched = source.accounts(&[self.address], Some(slot)).ok()?;
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

    /// The tokens that its owner has allowed `delegate` to move.
    pub fn delegated_to(&self, delegate: &Pubkey) -> Lst {
        let account = self.account.as_ref();
        let delegated = account.filter(|account| account.delegate.contains(delegate));
        Lst::new(delegated.map_or(0, |account| account.delegated_amount))
    }

    /// Whether there is an account.
    pub fn exists(&self) -> bool {
        self.account.is_some()
    }

    /// Lamports that whoever creates the account pays, of the rent of a token account: nothing where it is
    /// there, and less where somebody has sent lamports to its address.
    pub fn missing_rent(&self, rent: Lamports) -> Lamports {
        match self.exists() {
            true => Lamports::ZERO,
            false => rent.saturating_sub(self.lamports),
        }
    }

    /// The instruction that creates the account where it is missing, and fails where it was handed to
    /// another owner: it comes before everything that mints or pays to the account, since that may
    /// happen after [`Self::read`].
    pub fn ensured(&self, payer: &Pubkey) -> Instruction {
        create_associated_token_account_idempotent(payer, &self.owner, &self.mint, &TOKEN_PROGRAM)
    }

    /// The tokens that its owner wants to give back, if they are there.
    ///
    /// # Errors
    ///
    /// With a [`HoldingError`] where they are not or cannot be moved, and as the program does where
    /// nothing is to be taken.
    pub fn take(&self, sum: Sum) -> Result<Lst> {
        let (owner, has) = (self.owner, self.balance());
        let wanted = match sum {
            Sum::All => has,
            Sum::Exactly(wanted) => wanted,
        };
        let state = self.account.as_ref().map(|account| account.state);
        if state == Some(AccountState::Frozen) {
            let address = self.address;
            return Err(HoldingError::Frozen { address }.into());
        }
        if has.is_zero() {
            return Err(HoldingError::Nothing { owner }.into());
        }
        if wanted.is_zero() {
            return Err(ClientError::from(refuse(SluiceError::ZeroAmount)));
        }
        if wanted > has {
            return Err(HoldingError::TooFew { owner, has, wanted }.into());
        }
        Ok(wanted)
    }
}
