//! Tables of the file that leave something to a rating.

use serde::Deserialize;
use sluice_client::plan::set::{
    Rules,
    optimise::{Caps, WHOLE},
};
use toml::Spanned;

/// The weight of each of the best, where nothing else gives one.
const WEIGHT: u16 = 100;

/// The best validators of the cluster.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopTable {
    /// How many.
    pub validators: Spanned<usize>,
    /// Validators of the pool stay while they are among so many.
    stay: Option<Spanned<usize>>,
    /// The least score.
    least_score: Option<i64>,
    /// The weight of each.
    weight: Option<u16>,
}

/// How weights are proposed: what is not said is as loose as can be.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimiseTable {
    /// The largest share of a validator.
    max_share_bps: Option<Spanned<u16>>,
    /// The largest share of the superminority together.
    max_superminority_bps: Option<Spanned<u16>>,
    /// The largest share of a validator's whole stake that is the pool's.
    max_share_of_stake_bps: Option<Spanned<u16>>,
    /// How many validators have the least share.
    min_validators: Option<Spanned<u16>>,
    /// The least share.
    least_share_bps: Option<Spanned<u16>>,
}

impl TopTable {
    /// What the choice keeps to.
    pub fn rules(&self) -> Rules {
        let count = *self.validators.get_ref();
        Rules {
            count,
            stay: self.stay.as_ref().map_or(count, |stay| *stay.get_ref()),
            least_score: self.least_score,
        }
    }

    /// The weight of each.
    pub fn weight(&self) -> u16 {
        self.weight.unwrap_or(WEIGHT)
    }

    /// What cannot be meant: where, which key, and why.
    pub fn faults(&self) -> Vec<(usize, &'static str, String)> {
        let mut faults = Vec::new();
        let count = *self.validators.get_ref();
        if count == 0 {
            let why = "at least one validator must be chosen".to_owned();
            faults.push((self.validators.span().start, "top.validators", why));
        }
        if let Some(stay) = self.stay.as_ref().filter(|stay| *stay.get_ref() < count) {
            let why = format!(
                "it is a rank at which a validator of the pool may still stay: {count} or more"
            );
            faults.push((stay.span().start, "top.stay", why));
        }
        faults
    }
}

impl OptimiseTable {
    /// What the weights keep to; `share_cap_bps` is the pool's own cap.
    pub fn caps(&self, share_cap_bps: u16) -> Caps {
        let or = |cap: &Option<Spanned<u16>>, default| {
            cap.as_ref().map_or(default, |cap| *cap.get_ref())
        };
        Caps {
            max_share_bps: or(&self.max_share_bps, share_cap_bps).min(share_cap_bps),
            max_superminority_bps: or(&self.max_superminority_bps, WHOLE),
            min_validators: or(&self.min_validators, 0),
            least_share_bps: or(&self.least_share_bps, 1),
        }
    }

    /// The largest share of the pool that a validator with this stake may have, so that the pool is no
    /// larger a part of it than is said.
    pub fn most_of_stake(&self, stake_lamports: u64, stakeable_lamports: u64) -> u16 {
        let Some(part) = &self.max_share_of_stake_bps else {
            return WHOLE;
        };
        let most = u128::from(stake_lamports).saturating_mul(u128::from(*part.get_ref()));
        let share = most.checked_div(u128::from(stakeable_lamports));
        let share = share.and_then(|share| u16::try_from(share).ok());
        share.unwrap_or(WHOLE).min(WHOLE)
    }

    /// What cannot be meant: where, which key, and why.
    pub fn faults(&self) -> Vec<(usize, &'static str, String)> {
        let shares = [
            (&self.max_share_bps, "optimise.max_share_bps", 1),
            (
                &self.max_superminority_bps,
                "optimise.max_superminority_bps",
                0,
            ),
            (
                &self.max_share_of_stake_bps,
                "optimise.max_share_of_stake_bps",
                1,
            ),
            (&self.least_share_bps, "optimise.least_share_bps", 1),
        ];
        let outside = |(share, key, least): (&Option<Spanned<u16>>, &'static str, u16)| {
            let share = share.as_ref()?;
            let value = *share.get_ref();
            let why = format!("it can be {least} to {WHOLE} basis points, not {value}");
            (value < least || value > WHOLE).then_some((share.span().start, key, why))
        };
        shares.into_iter().filter_map(outside).collect()
    }
}
