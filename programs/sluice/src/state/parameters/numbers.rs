//! The values of all parameters of a pool, as numbers.

use anchor_lang::prelude::*;

use super::{PARAMETERS, Parameter, PoolConfig, PoolLimits};
use crate::{
    ensure,
    error::{SluiceError, refuse},
    state::Pool,
};

/// Parameters of [`PoolConfig`]; they come first.
#[expect(clippy::integer_division, reason = "all fields are of this size")]
const RATES: usize = size_of::<PoolConfig>() / size_of::<u16>();
/// Parameters of [`PoolLimits`].
#[expect(clippy::integer_division, reason = "all fields are of this size")]
const LIMITS: usize = size_of::<PoolLimits>() / size_of::<u64>();

/// The values of all parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters([u64; PARAMETERS]);

impl Parameters {
    /// The values of a configuration and its limits.
    #[inline(never)]
    pub fn of(config: &PoolConfig, limits: &PoolLimits) -> Self {
        let rates: &[u16; RATES] = bytemuck::cast_ref(config);
        let limits: &[u64; LIMITS] = bytemuck::cast_ref(limits);
        let fields = rates.iter().map(|rate| u64::from(*rate)).chain(*limits);
        let mut values = [0; PARAMETERS];
        for (value, field) in values.iter_mut().zip(fields) {
            *value = field;
        }
        Self(values)
    }

    /// The configuration and the limits with these values. Fails with `ParameterOutOfBounds` where
    /// a value does not fit into its field.
    pub fn split(&self) -> Result<(PoolConfig, PoolLimits)> {
        let (rates, limits) = self.0.split_at(RATES);
        let mut config = PoolConfig::RECOMMENDED;
        let fields: &mut [u16; RATES] = bytemuck::cast_mut(&mut config);
        for (field, rate) in fields.iter_mut().zip(rates) {
            *field = u16::try_from(*rate).map_err(|_| refuse(SluiceError::ParameterOutOfBounds))?;
        }
        let mut rest = PoolLimits::RECOMMENDED;
        let fields: &mut [u64; LIMITS] = bytemuck::cast_mut(&mut rest);
        fields.copy_from_slice(limits);
        Ok((config, rest))
    }

    /// The value of one parameter.
    #[allow(
        clippy::indexing_slicing,
        reason = "there is a value for every parameter"
    )]
    pub fn get(&self, parameter: Parameter) -> u64 {
        self.0[parameter.index()]
    }

    /// The same with another value for one parameter, whatever its bounds.
    #[allow(
        clippy::indexing_slicing,
        reason = "there is a value for every parameter"
    )]
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
    pub(in crate::state) fn set_parameters(&mut self, parameters: &Parameters) -> Result<()> {
        (self.config, self.governance.limits) = parameters.split()?;
        Ok(())
    }
}
