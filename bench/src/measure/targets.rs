//! What the program must not exceed.

use sluice_client::send::packing::MAX_LOG_BYTES;

use super::Figure;

/// A ceiling for the largest value of a measure of Sluice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The measure.
    pub measure: &'static str,
    /// The largest value allowed.
    pub ceiling: u64,
}

/// Every ceiling.
pub const TARGETS: &[Target] = &[
    at_most("deposit_sol", 5_550),
    at_most("request_unstake", 6_250),
    at_most("claim", 5_000),
    at_most("withdraw_sol", 6_050),
    at_most("withdraw_sol_beside_locked_queue", 7_000),
    at_most("deposit_stake", 58_000),
    at_most("withdraw_stake", 56_000),
    at_most("eject_validator", 6_450),
    at_most("observe_per_validator", 605),
    at_most("finalize_under_a_cap", 153_000),
    at_most("finalize_of_the_most_validators", 303_000),
    at_most("price_1000_validators_transactions", 18),
    at_most("price_1000_validators_compute", 736_000),
    at_most("take_back_1000_validators_log_bytes", MAX_LOG_BYTES as u64),
    at_most("return_1000_validators_log_bytes", MAX_LOG_BYTES as u64),
    at_most("router_deposit_sol", 8_350),
    at_most("router_deposit_sol_overhead", 2_750),
    at_most("router_withdraw_sol", 9_900),
    at_most("router_withdraw_sol_overhead", 2_800),
    at_most("router_elf_bytes", 15_250),
    at_most("sol_value_lst_to_sol", 1_590),
    at_most("sol_value_sol_to_lst", 1_380),
    at_most("sol_value_elf_bytes", 24_000),
    at_most("elf_bytes", 548_000),
];

/// What measures in pools of so many validators end with.
const SUFFIXES: [&str; 4] = [
    "_1_validator",
    "_10_validators",
    "_100_validators",
    "_1000_validators",
];

const fn at_most(measure: &'static str, ceiling: u64) -> Target {
    Target { measure, ceiling }
}

impl Target {
    /// The ceiling of this measure of this program, if it has one: the same for every number of
    /// validators.
    pub fn of(figure: &Figure) -> Option<Self> {
        let measure = SUFFIXES
            .iter()
            .find_map(|suffix| figure.measure.strip_suffix(suffix))
            .unwrap_or(&figure.measure);
        let same = |target: &&Self| target.measure == measure;
        let target = TARGETS.iter().find(same).copied();
        target.filter(|_| figure.subject == "sluice")
    }

    /// Whether every value is within the ceiling.
    pub fn is_met_by(&self, figure: &Figure) -> bool {
        figure.max <= self.ceiling
    }
}
