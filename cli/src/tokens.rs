//! Token accounts of the pool's LST.

use std::ops::Deref;

use anyhow::{Error, Result, anyhow, bail};
use sluice_client::{ClientError, HoldingError, PoolAddresses, Sum, words::amounts::lst};
use sluice_math::Lst;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use crate::output::known;

/// Somebody's associated token account; what is wrong with it is said with the options that help.
pub struct Holding(sluice_client::Holding);

impl Deref for Holding {
    type Target = sluice_client::Holding;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
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
        let holding = sluice_client::Holding::read(rpc, pool, owner);
        holding.map(Self).map_err(advised)
    }

    /// The tokens that `requester` wants to give back, if they are there and it may move them.
    pub fn take_by(&self, requester: &Pubkey, sum: Sum) -> Result<Lst> {
        if *requester == self.owner {
            return self.take(sum);
        }
        let allowed = self.delegated_to(requester);
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
        self.0.take(sum).map_err(advised)
    }
}

/// The error with the options that help.
fn advised(error: ClientError) -> Error {
    let ClientError::Holding(what) = error else {
        return error.into();
    };
    match what {
        HoldingError::HandedOver { .. } => anyhow!("{what}: pass another --recipient or --keypair"),
        HoldingError::Frozen { .. } => what.into(),
        HoldingError::Nothing { .. } => {
            anyhow!("{what}: `sluice stake` first, or pass another --keypair")
        }
        HoldingError::TooFew { .. } => anyhow!("{what}: take less, or write `all`"),
    }
}
