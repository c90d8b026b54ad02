//! Who is hostile, and to what kind of pool.

use std::fmt;

use sluice::state::PoolConfig;
use sluice_math::BPS;

/// Somebody hostile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A validator of the pool, with commission and votes at will, and stake of its own.
    Validator,
    /// The pool's curator, with friends who hide commissions.
    Curator,
    /// Somebody with as much SOL as the pool.
    Whale,
    /// Somebody with a hundredth of the pool, who turns every crank in every slot.
    Stranger,
    /// Somebody who gives SOL and LST away.
    Donor,
}

/// The parameters of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// What is recommended.
    Recommended,
    /// What is recommended, but each parameter that restrains the role at the bound of the code at
    /// which it restrains it least.
    Bounds,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Validator,
        Self::Curator,
        Self::Whale,
        Self::Stranger,
        Self::Donor,
    ];

    /// The parameters of a pool that meets this role.
    pub fn config(self, setting: Setting) -> PoolConfig {
        let config = PoolConfig::RECOMMENDED;
        match (setting, self) {
            (Setting::Recommended, _) => config,
            (Setting::Bounds, Self::Validator) => PoolConfig {
                max_commission_bps: 2_000,
                least_credits_bps: 0,
                share_cap_bps: BPS,
                tolerance_bps: 5_000,
                stake_exit_fee_bps: 0,
                ..config
            },
            (Setting::Bounds, Self::Curator) => PoolConfig {
                max_commission_bps: 2_000,
                least_credits_bps: 0,
                share_cap_bps: BPS,
                movement_cap_bps: 5_000,
                tolerance_bps: 10,
                ..config
            },
            (Setting::Bounds, Self::Whale) => PoolConfig {
                instant_fee_min_bps: 1,
                instant_fee_max_bps: 1,
                stake_exit_fee_bps: 0,
                entry_charge_bps: 0,
                reserve_target_bps: 2_000,
                tolerance_bps: 5_000,
                drip_bound_bps: BPS,
                breaker_bound_bps: BPS,
                share_cap_bps: BPS,
                ..config
            },
            (Setting::Bounds, Self::Stranger) => PoolConfig {
                instant_fee_min_bps: 1,
                instant_fee_max_bps: 1,
                entry_charge_bps: 0,
                reserve_target_bps: 2_000,
                movement_cap_bps: 5_000,
                tolerance_bps: 10,
                ..config
            },
            (Setting::Bounds, Self::Donor) => PoolConfig {
                instant_fee_min_bps: 1,
                instant_fee_max_bps: 1,
                entry_charge_bps: 0,
                drip_bound_bps: BPS,
                breaker_bound_bps: 10,
                ..config
            },
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Validator => "validator",
            Self::Curator => "curator",
            Self::Whale => "whale",
            Self::Stranger => "stranger",
            Self::Donor => "donor",
        })
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Recommended => "recommended",
            Self::Bounds => "the code's bounds",
        })
    }
}
