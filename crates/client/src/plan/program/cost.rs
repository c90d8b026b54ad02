//! What it costs to bring code to the cluster.

use std::ops::RangeInclusive;

use solana_loader_v3_interface::{
    instruction::MINIMUM_EXTEND_PROGRAM_BYTES, state::UpgradeableLoaderState,
};

use crate::pool::rent::Rent;

/// The most bytes that an account can have, and the head of the one with a program's code.
const MAX_ACCOUNT_BYTES: usize = 10 * 1024 * 1024;
const HEAD_BYTES: usize = UpgradeableLoaderState::size_of_programdata_metadata();
/// The most bytes that a program's code can have.
pub const MAX_CODE_BYTES: usize = MAX_ACCOUNT_BYTES - HEAD_BYTES;

/// Rents, in lamports, by the cluster's own rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Of a buffer for the code. It comes back with the deployment, the upgrade or the closing.
    pub buffer_lamports: u64,
    /// Of the program's account: it never comes back.
    pub program_lamports: u64,
    /// Of the account with the code: it comes back where the program is closed for ever.
    pub data_lamports: u64,
}

impl Costs {
    /// The rents for code of so many bytes in a room of `max_bytes`.
    pub fn new(rent: &Rent, code_bytes: usize, max_bytes: usize) -> Self {
        Self {
            buffer_lamports: rent
                .minimum_balance(UpgradeableLoaderState::size_of_buffer(code_bytes)),
            program_lamports: rent.minimum_balance(UpgradeableLoaderState::size_of_program()),
            data_lamports: rent
                .minimum_balance(UpgradeableLoaderState::size_of_programdata(max_bytes)),
        }
    }

    /// What a wallet must hold to deploy, besides fees: the buffer's rent is there again when the code's
    /// is paid.
    pub fn of_deployment(&self) -> u64 {
        let most = self.buffer_lamports.max(self.data_lamports);
        self.program_lamports.saturating_add(most)
    }
}

/// By how many bytes the loader extends a program with room for so many: at least, which is 10,240 but
/// for what is left up to the largest account, and at most. `None` where nothing is left.
pub fn extensions(room_bytes: usize) -> Option<RangeInclusive<u32>> {
    let left = MAX_CODE_BYTES.checked_sub(room_bytes)?;
    let most = u32::try_from(left).ok().filter(|most| *most > 0)?;
    Some(MINIMUM_EXTEND_PROGRAM_BYTES.min(most)..=most)
}

/// By how many bytes a program is to be extended so that code of so many fits. `None` where it fits
/// already, or can never.
pub fn extension(code_bytes: usize, room_bytes: usize) -> Option<u32> {
    let lacking = code_bytes
        .checked_sub(room_bytes)
        .filter(|lacking| *lacking > 0)?;
    let possible = extensions(room_bytes)?;
    let additional = u32::try_from(lacking).ok()?.max(*possible.start());
    possible.contains(&additional).then_some(additional)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_extended_by_what_it_lacks_and_no_less_than_the_loader_gives() {
        assert_eq!(extension(100, 100), None);
        assert_eq!(extension(99, 100), None);
        assert_eq!(extension(101, 100), Some(10_240));
        assert_eq!(extension(100 + 10_241, 100), Some(10_241));
        let largest = MAX_CODE_BYTES;
        assert_eq!(extensions(largest), None);
        assert_eq!(extensions(largest - 5), Some(5..=5));
        assert_eq!(extension(largest, largest - 5), Some(5));
        assert_eq!(extension(largest - 2, largest - 5), Some(5));
        assert_eq!(extension(largest + 1, largest - 5), None);
    }

    #[test]
    fn the_buffers_rent_is_used_again_for_the_code() {
        let rent = Rent::default();
        let costs = Costs::new(&rent, 1_000, 1_000);
        assert_eq!(
            costs.of_deployment(),
            costs.program_lamports + costs.data_lamports
        );
        // The head of the code's account is eight bytes longer than a buffer's.
        assert_eq!(
            costs.data_lamports - costs.buffer_lamports,
            rent.minimum_balance(8) - rent.minimum_balance(0)
        );
    }
}
