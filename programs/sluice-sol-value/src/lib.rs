//! What Sluice's LST are worth in SOL, for Sanctum's Infinity: a pool of many LST, which asks a
//! program like this one for every token that it holds.
//!
//! It answers two questions, `lst_to_sol` and `sol_to_lst`, for the LST of every Sluice pool, with the
//! least and the most that the amount is worth. It answers only while the pool's price is that of this
//! epoch, the pool pays, and Sluice is the program that was confirmed: after an upgrade it fails until
//! its own upgrade authority confirms the new one.
//!
//! It is written without Anchor: Infinity calls it up to four times in one swap.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used
)]
#![warn(missing_docs)]

mod confirm;
mod error;
pub mod instruction;
mod known;
pub mod price;
pub mod process;

pub use error::ValueError;
use solana_pubkey::{Pubkey, pubkey};

/// The calculator's address.
pub const ID: Pubkey = pubkey!("CfGW8EYCFWZfyv56rV4yLhK2apk5mSBsi22gkhb8UGyq");
/// The account with the slot of the confirmed deployment of Sluice: a u64, little endian.
pub const STATE: Pubkey = pubkey!("6Uuox6m5PbUYzg5Z9F88StBVEcFKPYUqs9JQ7VHZ5LJk");
/// The seed of [`STATE`].
pub const STATE_SEED: &[u8] = b"state";
/// The bump of [`STATE`].
pub const STATE_BUMP: u8 = 254;
/// Bytes of [`STATE`].
pub const STATE_BYTES: usize = 8;

/// Sluice.
pub const SLUICE: Pubkey = pubkey!("SLUdUoFDhA3hx66we6ts8oqmeiLVPrrYTzdKWTSACCb");
/// The account that holds Sluice's code, the slot of its deployment, and its upgrade authority.
pub const SLUICE_DATA: Pubkey = pubkey!("6YWnP2cf7tivjRwd8ee8isLDvriHGKZWYmRKHWaQmmXz");
/// The same of this program: its upgrade authority confirms deployments of Sluice.
pub const OWN_DATA: Pubkey = pubkey!("DiydboSKZTVY29GYwu8Sr49Q8vpXUBWXsN2ghWiPKoLB");
/// The loader that owns both.
pub const LOADER: Pubkey = pubkey!("BPFLoaderUpgradeab1e11111111111111111111111");
/// The system program.
pub const SYSTEM: Pubkey = pubkey!("11111111111111111111111111111111");

#[cfg(target_os = "solana")]
pinocchio::entrypoint!(process::process, 16);

#[cfg(test)]
mod tests {
    use solana_loader_v3_interface::get_program_data_address;

    use super::*;

    #[test]
    fn addresses_are_those_that_seeds_and_loader_derive() {
        let state = Pubkey::find_program_address(&[STATE_SEED], &ID);
        assert_eq!(state, (STATE, STATE_BUMP));
        assert_eq!(SLUICE, sluice::ID);
        assert_eq!(SLUICE.to_bytes(), sluice_rate::PROGRAM_ID);
        assert_eq!(SLUICE_DATA, get_program_data_address(&SLUICE));
        assert_eq!(OWN_DATA, get_program_data_address(&ID));
        assert_eq!(LOADER, solana_sdk_ids::bpf_loader_upgradeable::ID);
        assert_eq!(SYSTEM, solana_sdk_ids::system_program::ID);
    }
}
