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
    #[serde(default)]
    least_score: u16,
    /// Whether the superminority may be chosen.
    #[serde(default)]
    superminority: bool,
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
    pub max_share_of_stake_bps: Option<Spanned<u16>>,
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
            takes_superminority: self.superminority,
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
            let why = format!("it is a rank at which a validator of the pool may still stay: {count} or more");
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

    /// What cannot be meant: where, which key, and why.
    pub fn faults(&self) -> Vec<(usize, &'static str, String)> {
        let shares = [
            (&self.max_share_bps, "optimise.max_share_bps", 1),
            (&self.max_superminority_bps, "optimise.max_superminority_bps", 0),
            (&self.max_share_of_stake_bps, "optimise.max_share_of_stake_bps", 1),
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
