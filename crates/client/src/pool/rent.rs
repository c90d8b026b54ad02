//! What the cluster asks for the space of accounts. It is paid out of wallets, and from some accounts
//! it never comes back: so a node that asks for far more than is known is not believed.

pub use anchor_lang::prelude::Rent;
use solana_sdk_ids::sysvar;

use super::snapshot::sysvars;
use crate::{AccountSource, ClientError, Result};

/// Lamports for a byte, in rent that is exempt for good, as this client was built with.
pub const KNOWN_LAMPORTS_PER_BYTE: u64 = 6_960;
/// How many times that a cluster may ask for.
const MOST_TIMES_KNOWN: u64 = 2;

/// The cluster's rent.
///
/// Fails with [`ClientError::ImplausibleRent`] where it is more than twice what is known.
pub fn read(source: &impl AccountSource) -> Result<Rent> {
    let address = sysvar::rent::ID;
    let fetched = source.accounts(&[address], None)?.accounts;
    let account = fetched.into_iter().next().flatten();
    believed(sysvars::decode(&address, account.as_ref())?)
}

/// The same rent, unless it is implausible.
#[expect(
    deprecated,
    reason = "the sysvar still has the fields, and the runtime's formula reads them"
)]
pub(super) fn believed(rent: Rent) -> Result<Rent> {
    let most = KNOWN_LAMPORTS_PER_BYTE * MOST_TIMES_KNOWN;
    // Only a rate that is no more can be multiplied without an overflow.
    let is_plausible = rent.lamports_per_byte_year <= most
        && rent.minimum_balance(0) <= Rent::default().minimum_balance(0) * MOST_TIMES_KNOWN;
    is_plausible
        .then_some(rent)
        .ok_or(ClientError::ImplausibleRent)
}

#[cfg(test)]
#[expect(deprecated, reason = "the sysvar still has the fields")]
mod tests {
    use super::*;

    fn rent(lamports_per_byte_year: u64, exemption_threshold: f64) -> Rent {
        Rent {
            lamports_per_byte_year,
            exemption_threshold,
            ..Rent::default()
        }
    }

    #[test]
    fn what_is_known_is_what_the_library_says() {
        let of_bytes = |bytes| Rent::default().minimum_balance(bytes);
        assert_eq!(of_bytes(1) - of_bytes(0), KNOWN_LAMPORTS_PER_BYTE);
    }

    #[test]
    fn rent_is_believed_up_to_twice_what_is_known() {
        for (rate, threshold) in [(0, 2.0), (6_960, 2.0), (13_920, 1.0), (3_480, 4.0)] {
            let given = rent(rate, threshold);
            assert_eq!(believed(given.clone()).unwrap(), given);
        }
        for (rate, threshold) in [
            (6_961, 2.0),
            (13_921, 1.0),
            (13_921, 0.0),
            (u64::MAX, 2.0),
            (u64::MAX, f64::NAN),
            (3_480, f64::INFINITY),
            (3_480, f64::MAX),
        ] {
            let refused = believed(rent(rate, threshold)).unwrap_err();
            assert!(matches!(refused, ClientError::ImplausibleRent));
        }
    }
}
