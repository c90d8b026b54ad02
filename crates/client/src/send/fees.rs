//! What a transaction may use, and what it pays for it.

use anchor_lang::Discriminator;
use sluice::instruction::RequestUnstake;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;

use super::simulation::Simulated;

/// What simulations may use: the runtime's largest limits.
pub const MOST: Budget = Budget {
    compute_units: 1_400_000,
    loaded_data_bytes: 64 * 1024 * 1024,
    compute_unit_price: 0,
};
/// Parts of a hundred that are asked for beyond what was measured.
const COMPUTE_MARGIN_PERCENT: u64 = 20;
const DATA_MARGIN_PERCENT: u64 = 10;
/// Compute units added on top: a bump search may take a try more, an account be new.
const COMPUTE_MARGIN: u64 = 3_000;
/// What a request in the queue takes more where it opens its batch. A batch can lock between a simulation and the
/// execution: whoever comes first then opens the next one. That takes up to 2,700 units, and 1,500 for each
/// address that is tried until one is on no curve. This is enough for 15 of them: one batch of 32,768 takes more.
const BATCH_OPENING_UNITS: u64 = 26_000;
/// Bytes added on top: accounts may grow meanwhile.
const DATA_MARGIN: u64 = 64 * 1024;
/// Random bits in a limit of compute units, and in one of bytes.
const OWN_UNIT_BITS: u32 = 8;
const OWN_BYTE_BITS: u32 = 15;

/// What a transaction asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Compute units.
    pub compute_units: u32,
    /// Bytes of all accounts that it loads.
    pub loaded_data_bytes: u32,
    /// Priority fee in millionths of a lamport per compute unit.
    pub compute_unit_price: u64,
}

impl Budget {
    /// Limits for instructions that were simulated, with what that does not show.
    pub(super) fn of(instructions: &[Instruction], simulated: &Simulated) -> Self {
        let is_request = |one: &&Instruction| {
            one.program_id == sluice::ID && one.data.starts_with(RequestUnstake::DISCRIMINATOR)
        };
        let requests = instructions.iter().filter(is_request);
        let units = requests.fold(simulated.compute_units, |units, _| {
            units.saturating_add(BATCH_OPENING_UNITS)
        });
        Self::measured(units, simulated.loaded_data_bytes)
    }

    /// Limits a little above what a simulation measured; the largest where it did not say.
    pub(super) fn measured(compute_units: u64, loaded_data_bytes: Option<u32>) -> Self {
        let units = with_margin(compute_units, COMPUTE_MARGIN_PERCENT, COMPUTE_MARGIN);
        let bytes = loaded_data_bytes
            .map(|bytes| with_margin(bytes.into(), DATA_MARGIN_PERCENT, DATA_MARGIN));
        let at_most = |amount: u64, most: u32| u32::try_from(amount).unwrap_or(most).min(most);
        Self {
            compute_units: at_most(units, MOST.compute_units),
            loaded_data_bytes: at_most(bytes.unwrap_or(u64::MAX), MOST.loaded_data_bytes),
            compute_unit_price: 0,
        }
    }

    /// The most compute units that [`Self::own`] asks for: what a priority fee is paid for.
    pub(super) fn most_own_units(&self) -> u32 {
        let random = (1 << OWN_UNIT_BITS) - 1;
        self.compute_units
            .saturating_add(random)
            .min(MOST.compute_units)
    }

    /// The same with limits that hardly any other transaction has.
    ///
    /// Equal messages on one blockhash are one transaction: without this, a command that is
    /// repeated within a slot would be carried out once and reported twice. A random part of the
    /// limits tells them apart for nothing: it is not used, not logged and no larger message. At
    /// most it asks for 255 compute units more, and for one page of data, which a block counts as
    /// 8. Two equal transactions still collide once in eight million times.
    pub(super) fn own(self) -> Self {
        let varied = |limit: u32, most: u32, bits: u32| {
            let random = rand::random::<u32>() >> (u32::BITS - bits);
            limit
                .min(most.saturating_sub(1 << bits))
                .saturating_add(random)
        };
        Self {
            compute_units: varied(self.compute_units, MOST.compute_units, OWN_UNIT_BITS),
            loaded_data_bytes: varied(
                self.loaded_data_bytes,
                MOST.loaded_data_bytes,
                OWN_BYTE_BITS,
            ),
            ..self
        }
    }
}

fn with_margin(measured: u64, percent: u64, extra: u64) -> u64 {
    measured
        .saturating_add(measured.saturating_mul(percent) / 100)
        .saturating_add(extra)
}

/// The instructions with the compute budget in front.
pub(crate) fn with_budget(instructions: &[Instruction], budget: &Budget) -> Vec<Instruction> {
    [
        ComputeBudgetInstruction::set_compute_unit_limit(budget.compute_units),
        ComputeBudgetInstruction::set_loaded_accounts_data_size_limit(budget.loaded_data_bytes),
        ComputeBudgetInstruction::set_compute_unit_price(budget.compute_unit_price),
    ]
    .into_iter()
    .chain(instructions.iter().cloned())
    .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn equal_transactions_ask_for_different_limits_and_hardly_more() {
        let measured = Budget {
            compute_unit_price: 7,
            ..Budget::measured(100_000, Some(1_000_000))
        };
        let all: HashSet<(u32, u32)> = (0..100)
            .map(|_| measured.own())
            .inspect(|own| {
                let (units, bytes) = (measured.compute_units, measured.loaded_data_bytes);
                assert!((units..units + 256).contains(&own.compute_units));
                assert!((bytes..bytes + 32 * 1024).contains(&own.loaded_data_bytes));
                assert!(own.compute_units <= measured.most_own_units());
                assert_eq!(own.compute_unit_price, 7);
            })
            .map(|own| (own.compute_units, own.loaded_data_bytes))
            .collect();
        assert!(all.len() >= 99, "{}", all.len());
    }

    #[test]
    fn no_limit_is_beyond_the_largest() {
        let largest = Budget::measured(u64::MAX, None);
        assert_eq!(largest, MOST);
        let own = largest.own();
        assert!(own.compute_units < MOST.compute_units);
        assert_eq!(largest.most_own_units(), MOST.compute_units);
        assert!(own.loaded_data_bytes < MOST.loaded_data_bytes);
    }
}
