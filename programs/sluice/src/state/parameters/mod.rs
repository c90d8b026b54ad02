//! The parameters of a pool: each is declared once, in the table below, and the command line, the
//! book and the tests take it from there.

mod declare;
mod numbers;

use anchor_lang::prelude::*;
use declare::declare_parameters;
pub use numbers::Parameters;

declare_parameters! {
    /// Rates of a pool, in basis points.
    PoolConfig, u16, in Bps {
        /// Share of rewards that is charged as a fee.
        reward_fee_bps RewardFeeBps: 0..=1_000, recommended 500, costs Raised;

        /// Share of a deposit that drips to all holders.
        deposit_fee_bps DepositFeeBps: 0..=20, recommended 0, costs Raised;

        /// Instant-exit fee where the reserve is empty.
        instant_fee_max_bps InstantFeeMaxBps: 1..=300, recommended 100, costs Raised;

        /// Instant-exit fee where the reserve holds its target.
        instant_fee_min_bps InstantFeeMinBps: 1..=300, recommended 5, costs Raised;

        /// Least fee of an exit as a stake account.
        stake_exit_fee_bps StakeExitFeeBps: 0..=20, recommended 5, costs Raised;

        // More idle lamports earn less, fewer make instant exits dearer.
        /// Share of the pool kept in the reserve for instant exits.
        reserve_target_bps ReserveTargetBps: 0..=2_000, recommended 100, costs EitherWay;

        // When batches lock and stake moves: either way somebody's plans change.
        /// Part of the epoch after which stake moves and the queue locks.
        window_bps WindowBps: 5_000..=9_000, recommended 8_000, costs EitherWay;

        /// Excess of a validator over its target, as a share of it, that is left alone.
        tolerance_bps ToleranceBps: 10..=5_000, recommended 500, costs EitherWay;

        /// Share of the pool that weights and retirements may move per epoch.
        movement_cap_bps MovementCapBps: 10..=5_000, recommended 1_000, costs EitherWay;

        /// Share of the value that rewards may add per epoch; more drips longer.
        drip_bound_bps DripBoundBps: 1..=10_000, recommended 50, costs EitherWay;

        /// A fall of the value beyond this share closes deposits and instant exits.
        breaker_bound_bps BreakerBoundBps: 10..=10_000, recommended 100, costs EitherWay;

        // A lower maximum lets validators be ejected, and stake on its way earns nothing.
        /// Highest inflation commission of a validator.
        max_commission_bps MaxCommissionBps: 0..=2_000, recommended 1_000, costs EitherWay;

        /// Highest block-revenue commission of a validator; 10,000 turns the limit off.
        max_block_commission_bps MaxBlockCommissionBps: 0..=10_000, recommended 10_000, costs EitherWay;

        // Announcing it forgets how many validators there were, so that fewer may hold all.
        /// Largest share of the pool with one validator.
        share_cap_bps ShareCapBps: 1..=10_000, recommended 1_000, costs Announced;

        /// Share of the reward fee that stays with all holders; the rest is the treasury's.
        holder_share_bps HolderShareBps: 0..=10_000, recommended 0, costs Lowered;

        // A higher share lets validators be ejected, a lower one lets them be idle.
        /// Credits of a validator below this share of the cluster's mean are a breach.
        least_credits_bps LeastCreditsBps: 0..=9_000, recommended 5_000, costs EitherWay;

        // What came late shares the epoch's reward, which it did not earn: this gives it back.
        /// Part of one epoch's reward that a deposit of SOL leaves to all holders.
        entry_charge_bps EntryChargeBps: 0..=10_000, recommended 10_000, costs Raised;
    }

    /// Limits on deposits, in lamports; the largest cap is none.
    PoolLimits, u64, in Lamports {
        // Deposits may be closed by announcement only, never for an afternoon that suits the admin.
        /// No deposit may let the pool own more than this.
        deposit_cap_lamports DepositCapLamports: 0..=u64::MAX, recommended u64::MAX, costs Lowered;

        /// The smallest deposit.
        minimum_deposit_lamports MinimumDepositLamports: 0..=100_000_000_000, recommended 0, costs Raised;
    }
}

impl PoolLimits {
    /// No limits.
    pub const NONE: Self = Self {
        deposit_cap_lamports: u64::MAX,
        minimum_deposit_lamports: 0,
    };
}

/// Epochs from a change that can cost holders to the finalize that applies it, at least.
pub const COSTLY_CHANGE_EPOCHS: u64 = 2;
/// Epochs from any other change to the finalize that applies it, at least: within an epoch all
/// parameters stay as they are.
pub const CHANGE_EPOCHS: u64 = 1;

/// What the number of a parameter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Parts of 10,000.
    Bps,
    /// Lamports.
    Lamports,
}

/// Which way a change of a parameter can cost holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Costs {
    /// A higher value can.
    Raised,
    /// A lower value can.
    Lowered,
    /// Every other value can.
    EitherWay,
    /// Every announcement can, of the same value too.
    Announced,
}

/// The bounds that no pool can leave, and which way a change can cost.
struct Rule {
    least: u64,
    most: u64,
    costs: Costs,
}

impl Parameter {
    /// The parameter's number: its place among the pool's pending changes.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Lowest and highest value that any pool can have.
    pub const fn bounds(self) -> (u64, u64) {
        let rule = self.rule();
        (rule.least, rule.most)
    }

    /// Which way a change can cost holders.
    pub const fn costs(self) -> Costs {
        self.rule().costs
    }

    /// Whether a change from `before` to `value` can cost holders.
    pub fn can_cost(self, before: u64, value: u64) -> bool {
        match self.costs() {
            Costs::Raised => value > before,
            Costs::Lowered => value < before,
            Costs::EitherWay => value != before,
            Costs::Announced => true,
        }
    }

    #[allow(
        clippy::indexing_slicing,
        reason = "there is a rule for every parameter"
    )]
    const fn rule(self) -> &'static Rule {
        &RULES[self.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_called_as_its_field() {
        for parameter in Parameter::ALL {
            let words = parameter.field().split('_');
            let name: String = words
                .map(|word| word[..1].to_uppercase() + &word[1..])
                .collect();
            assert_eq!(format!("{parameter:?}"), name);
        }
    }

    #[test]
    fn a_field_ends_with_its_unit() {
        for parameter in Parameter::ALL {
            let unit = match parameter.unit() {
                Unit::Bps => "_bps",
                Unit::Lamports => "_lamports",
            };
            assert!(parameter.field().ends_with(unit), "{parameter:?}");
        }
    }

    #[test]
    fn a_meaning_is_a_sentence() {
        for parameter in Parameter::ALL {
            let meaning = parameter.meaning();
            assert!(meaning.ends_with('.'), "{parameter:?}");
            assert_eq!(meaning.trim(), meaning, "{parameter:?}");
        }
    }

    #[test]
    fn what_is_recommended_is_within_the_bounds() {
        let recommended = Parameters::of(&PoolConfig::RECOMMENDED, &PoolLimits::RECOMMENDED);
        assert!(recommended.validate().is_ok());
    }

    #[test]
    fn every_parameter_can_cost_the_way_its_rule_says() {
        assert_eq!(Parameter::RewardFeeBps.costs(), Costs::Raised);
        assert_eq!(Parameter::HolderShareBps.costs(), Costs::Lowered);
        assert_eq!(Parameter::WindowBps.costs(), Costs::EitherWay);
        for parameter in Parameter::ALL {
            let (raised, lowered) = match parameter.costs() {
                Costs::Announced => (true, true),
                Costs::Raised => (true, false),
                Costs::Lowered => (false, true),
                Costs::EitherWay => (true, true),
            };
            assert_eq!(parameter.can_cost(100, 200), raised, "{parameter:?}");
            assert_eq!(parameter.can_cost(200, 100), lowered, "{parameter:?}");
            let anew = parameter.costs() == Costs::Announced;
            assert_eq!(parameter.can_cost(100, 100), anew, "{parameter:?}");
        }
    }
}
