//! What a life begins with, drawn from its seed.

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sluice::state::{Parameter, Parameters, PoolConfig, PoolLimits};

use crate::SOL;

/// Users beside the treasury.
pub const USERS: usize = 4;
/// Vote accounts that can join the pool.
pub const VALIDATORS: usize = 8;

/// What kind of pool a life has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Character {
    /// Deposits so large that the cluster cannot activate or deactivate them in an epoch.
    pub giant: bool,
    /// Stake accounts lose lamports now and then.
    pub losses: bool,
    /// Strangers interfere.
    pub adversary: bool,
}

/// What a life begins with.
pub struct Founding {
    /// What it is like.
    pub character: Character,
    /// Epochs before the pool is created.
    pub epochs: u64,
    /// Commissions of the validators.
    pub commissions_bps: Vec<u16>,
    /// The pool's parameters.
    pub config: PoolConfig,
    /// All that is random afterwards.
    pub rng: StdRng,
}

impl Founding {
    /// That of a seed.
    pub fn of_seed(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let character = Character {
            giant: rng.random_ratio(1, 8),
            losses: rng.random_ratio(1, 4),
            adversary: rng.random_ratio(3, 4),
        };
        let epochs = *[1, 2, 3, 4].choose(&mut rng).expect("there are some");
        let commission = |rng: &mut StdRng| *[0, 100, 500, 1_000].choose(rng).expect("some");
        let commissions_bps = (0..VALIDATORS).map(|_| commission(&mut rng)).collect();
        let config = random_config(&mut rng);
        Self {
            character,
            epochs,
            commissions_bps,
            config,
            rng,
        }
    }

    /// Lamports in each user's wallet.
    pub fn wealth_lamports(&self) -> u64 {
        let wealth = if self.character.giant {
            400_000
        } else {
            20_000
        };
        wealth * SOL
    }
}

/// The parameters that differ between worlds. The lowest fee comes before the highest.
const VARIED: [Parameter; 12] = [
    Parameter::RewardFeeBps,
    Parameter::DepositFeeBps,
    Parameter::InstantFeeMinBps,
    Parameter::InstantFeeMaxBps,
    Parameter::ReserveTargetBps,
    Parameter::WindowBps,
    Parameter::ToleranceBps,
    Parameter::MovementCapBps,
    Parameter::DripBoundBps,
    Parameter::BreakerBoundBps,
    Parameter::HolderShareBps,
    Parameter::EntryChargeBps,
];

/// Rates anywhere within the program's bounds, often at them.
fn random_config(rng: &mut StdRng) -> PoolConfig {
    let mut values = Parameters::of(&PoolConfig::RECOMMENDED, &PoolLimits::RECOMMENDED);
    for parameter in VARIED {
        let (mut least, most) = parameter.bounds();
        if parameter == Parameter::InstantFeeMaxBps {
            least = values.get(Parameter::InstantFeeMinBps);
        }
        let value = match rng.random_range(0..6) {
            0 => least,
            1 => most,
            2 => rng.random_range(least..=most),
            _ => values.get(parameter).max(least),
        };
        values = values.with(parameter, value);
    }
    let share_caps = [10_000, 10_000, 5_000, 3_000, 1_500, 1];
    let share_cap = *share_caps.choose(rng).expect("some");
    let values = values.with(Parameter::ShareCapBps, share_cap);
    let (config, _) = values.split().expect("values within the bounds");
    config
}
