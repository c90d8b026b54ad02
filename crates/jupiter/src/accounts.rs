//! Reading the two accounts.

use anchor_lang::{Discriminator, prelude::Rent};
use anyhow::{Context, Result, bail, ensure};
use sluice::state::{Pool, VERSION};
use solana_account::Account;
use solana_pubkey::Pubkey;

/// The highest price of a byte that is believed: more than a thousand times what it was ever. What
/// follows from it fits 64 bits.
const MOST_LAMPORTS_PER_BYTE: u64 = 10_000_000;

/// The pool. Says which account is none, and why.
pub fn pool(address: &Pubkey, account: &Account) -> Result<Pool> {
    ensure!(
        account.owner == sluice::ID,
        "the account {address} belongs to the program {}, not to Sluice",
        account.owner
    );
    let Some(fields) = account.data.strip_prefix(Pool::DISCRIMINATOR) else {
        bail!("the account {address} of Sluice is no pool");
    };
    match fields.first() {
        Some(version) if *version < VERSION => {
            bail!("the pool {address} has layout version {version}: it must be migrated first")
        }
        Some(version) if *version > VERSION => {
            bail!("the pool {address} has layout version {version}, which is newer than this crate")
        }
        _ => {}
    }
    let pool = fields
        .get(..size_of::<Pool>())
        .and_then(|fields| bytemuck::try_pod_read_unaligned(fields).ok());
    pool.with_context(|| {
        let bytes = account.data.len();
        format!("the pool {address} is cut off: it has {bytes} bytes")
    })
}

/// The cluster's rent.
#[expect(
    deprecated,
    reason = "the sysvar still has the field, and the runtime's formula reads it"
)]
pub fn rent(account: &Account) -> Result<Rent> {
    let rent: Rent = bincode::deserialize(&account.data).context("the rent cannot be read")?;
    ensure!(
        rent.lamports_per_byte_year <= MOST_LAMPORTS_PER_BYTE,
        "the rent cannot be: {} lamports for a byte",
        rent.lamports_per_byte_year
    );
    Ok(rent)
}
