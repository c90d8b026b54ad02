//! What of a pool the admin can change, as numbers: bounds, and which way a change can cost.

use super::{Pool, PoolConfig, PoolLimits};
use crate::{
    ensure,
    error::{SluiceError, refuse},
};
use anchor_lang::prelude::*;
use sluice_math::BPS;

/// Number of parameters.
pub const PARAMETERS: usize = 17;
/// Those of [`PoolConfig`]; they come first, in the order of its fields.
const RATES: usize = size_of::<PoolConfig>() / size_of::<u16>();
/// Epochs from a change that can cost holders to the finalize that applies it, at least.
pub const COSTLY_CHANGE_EPOCHS: u64 = 2;
/// Epochs from any other change to the finalize that applies it, at least: within an epoch all
/// parameters stay as they are.
pub const CHANGE_EPOCHS: u64 = 1;

/// A parameter of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub enum Parameter {
    /// [`PoolConfig::reward_fee_bps`].
    RewardFeeBps,
    /// [`PoolConfig::deposit_fee_bps`].
    DepositFeeBps,
    /// [`PoolConfig::instant_fee_max_bps`].
    InstantFeeMaxBps,
    /// [`PoolConfig::instant_fee_min_bps`].
    InstantFeeMinBps,
    /// [`PoolConfig::stake_exit_fee_bps`].
    StakeExitFeeBps,
    /// [`PoolConfig::reserve_target_bps`].
    ReserveTargetBps,
    /// [`PoolConfig::window_bps`].
    WindowBps,
    /// [`PoolConfig::tolerance_bps`].
    ToleranceBps,
    /// [`PoolConfig::movement_cap_bps`].
    MovementCapBps,
    /// [`PoolConfig::drip_bound_bps`].
    DripBoundBps,
    /// [`PoolConfig::breaker_bound_bps`].
    BreakerBoundBps,
    /// [`PoolConfig::max_commission_bps`].
    MaxCommissionBps,
    /// [`PoolConfig::max_block_commission_bps`].
    MaxBlockCommissionBps,
    /// [`PoolConfig::share_cap_bps`].
    ShareCapBps,
    /// [`PoolConfig::holder_share_bps`].
    HolderShareBps,
    /// [`PoolLimits::deposit_cap_lamports`].
    DepositCapLamports,
    /// [`PoolLimits::minimum_deposit_lamports`].
    MinimumDepositLamports,
}

/// Which way a change of a parameter can cost holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Costs {
    Raised,
    Lowered,
    EitherWay,
}

/// The bounds that no pool can leave, and which way a change can cost.
struct Rule {
    least: u64,
    most: u64,
    costs: Costs,
}

const fn rule(least: u64, most: u64, costs: Costs) -> Rule {
    Rule { least, most, costs }
}

/// In the order of [`Parameter`].
const RULES: [Rule; PARAMETERS] = [
    rule(0, 1_000, Costs::Raised),
    rule(0, 20, Costs::Raised),
    rule(1, 300, Costs::Raised),
    rule(1, 300, Costs::Raised),
    rule(0, 20, Costs::Raised),
    // More idle lamports earn less, fewer make instant exits dearer.
    rule(0, 2_000, Costs::EitherWay),
    // When batches lock and stake moves: either way somebody's plans change.
    rule(5_000, 9_000, Costs::EitherWay),
    rule(10, 5_000, Costs::EitherWay),
    rule(10, 5_000, Costs::EitherWay),
    rule(1, 10_000, Costs::EitherWay),
    rule(10, 10_000, Costs::EitherWay),
    // A lower maximum lets validators be ejected, and stake on its way earns nothing.
    rule(0, 2_000, Costs::EitherWay),
    rule(0, 10_000, Costs::EitherWay),
    rule(1, 10_000, Costs::EitherWay),
    rule(0, 10_000, Costs::Lowered),
    // Deposits may be closed by announcement only, never for an afternoon that suits the admin.
    rule(0, u64::MAX, Costs::Lowered),
    rule(0, 100_000_000_000, Costs::Raised),
];

impl Parameter {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; PARAMETERS] = [
        Self::RewardFeeBps,
        Self::DepositFeeBps,
        Self::InstantFeeMaxBps,
        Self::InstantFeeMinBps,
        Self::StakeExitFeeBps,
        Self::ReserveTargetBps,
        Self::WindowBps,
        Self::ToleranceBps,
        Self::MovementCapBps,
        Self::DripBoundBps,
        Self::BreakerBoundBps,
        Self::MaxCommissionBps,
        Self::MaxBlockCommissionBps,
        Self::ShareCapBps,
        Self::HolderShareBps,
        Self::DepositCapLamports,
        Self::MinimumDepositLamports,
    ];

    /// The parameter's number: its place among the pool's pending changes.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Lowest and highest value that any pool can have.
    pub const fn bounds(self) -> (u64, u64) {
        let rule = &RULES[self.index()];
        (rule.least, rule.most)
    }

    /// Whether a change from `before` to `value` can cost holders.
    pub fn can_cost(self, before: u64, value: u64) -> bool {
        match RULES[self.index()].costs {
            Costs::Raised => value > before,
            Costs::Lowered => value < before,
            Costs::EitherWay => value != before,
        }
    }
}

/// The values of all parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters([u64; PARAMETERS]);

impl Parameters {
    /// The values of a configuration and its limits.
    #[inline(never)]
    pub fn of(config: &PoolConfig, limits: &PoolLimits) -> Self {
        let mut values = [0; PARAMETERS];
        let rates: &[u16; RATES] = bytemuck::cast_ref(config);
        for (value, rate) in values.iter_mut().zip(rates) {
            *value = u64::from(*rate);
        }
        values[RATES] = limits.deposit_cap_lamports;
        values[RATES + 1] = limits.minimum_deposit_lamports;
        Self(values)
    }

    /// The value of one parameter.
    pub fn get(&self, parameter: Parameter) -> u64 {
        self.0[parameter.index()]
    }

    /// The same with another value for one parameter, whatever its bounds.
    pub fn with(mut self, parameter: Parameter, value: u64) -> Self {
        self.0[parameter.index()] = value;
        self
    }

    /// Whether one parameter is within its bounds, and fits the others.
    #[inline(never)]
    pub fn holds(&self, parameter: Parameter) -> bool {
        let (least, most) = parameter.bounds();
        let value = self.get(parameter);
        let fees_are_ordered =
            self.get(Parameter::InstantFeeMinBps) <= self.get(Parameter::InstantFeeMaxBps);
        let is_instant_fee = matches!(
            parameter,
            Parameter::InstantFeeMinBps | Parameter::InstantFeeMaxBps
        );
        value >= least && value <= most && (fees_are_ordered || !is_instant_fee)
    }

    /// Fails unless every parameter is within the bounds that no pool can leave.
    pub fn validate(&self) -> Result<()> {
        let all_hold = Parameter::ALL.iter().all(|each| self.holds(*each));
        ensure!(all_hold, SluiceError::ParameterOutOfBounds);
        Ok(())
    }
}

impl Pool {
    /// The values of all parameters in this epoch.
    pub fn parameters(&self) -> Parameters {
        Parameters::of(&self.config, &self.governance.limits)
    }

    /// Puts new values in force.
    pub(super) fn set_parameters(&mut self, parameters: &Parameters) -> Result<()> {
        let (rates, limits) = parameters.0.split_at(RATES);
        let fields: &mut [u16; RATES] = bytemuck::cast_mut(&mut self.config);
        for (field, rate) in fields.iter_mut().zip(rates) {
            *field = u16::try_from(*rate).map_err(|_| refuse(SluiceError::ParameterOutOfBounds))?;
        }
        self.governance.limits = PoolLimits {
            deposit_cap_lamports: limits[0],
            minimum_deposit_lamports: limits[1],
        };
        Ok(())
    }

    /// Whether the parameters could be in force in this pool: within the bounds, and with room
    /// for all stake under the validators' cap.
    pub(super) fn admits(&self, parameters: &Parameters, changed: Parameter) -> bool {
        let validators = u64::from(self.validator_count).max(1);
        let room = parameters
            .get(Parameter::ShareCapBps)
            .saturating_mul(validators);
        let has_room = changed != Parameter::ShareCapBps || room >= u64::from(BPS);
        parameters.holds(changed) && has_room
    }
}
