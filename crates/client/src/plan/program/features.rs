//! Which versions of SBPF a cluster takes.

use solana_pubkey::{Pubkey, pubkey};

use super::{Elf, LoaderError};
use crate::{AccountSource, Result};

/// The program that owns the accounts of features.
const FEATURES: Pubkey = pubkey!("Feature111111111111111111111111111111111111");
/// The feature that lets programs of version 3 be deployed (SIMD-0178, 0189 and 0377).
const TAKES_V3: Pubkey = pubkey!("5cC3foj77CWun58pC51ebHFUWavHWKarWyR5UUik7dnC");
/// The feature that lets no program of an older version be deployed any more (SIMD-0500).
const REFUSES_OLDER: Pubkey = pubkey!("B8JJXCy5amZyWG9r7EnUYLwzXSXTxG7GZ1qZ1qggo83g");
/// The newest version that a cluster of today takes.
const NEWEST: u32 = 3;

/// Fails with [`LoaderError::SbpfVersion`] where the cluster would refuse a program because of the
/// version that it is compiled for.
pub fn require_accepted(source: &impl AccountSource, elf: &Elf) -> Result<()> {
    let fetched = source.accounts(&[TAKES_V3, REFUSES_OLDER], None)?.accounts;
    let is_active = |index: usize| {
        let account = fetched.get(index).and_then(Option::as_ref);
        account.is_some_and(|account| {
            account.owner == FEATURES && account.data.first().is_some_and(|tag| *tag == 1)
        })
    };
    let version = elf.version();
    let is_accepted = match version {
        NEWEST => is_active(0),
        0..NEWEST => !is_active(1),
        _ => false,
    };
    if is_accepted {
        Ok(())
    } else {
        Err(LoaderError::SbpfVersion { version }.into())
    }
}
