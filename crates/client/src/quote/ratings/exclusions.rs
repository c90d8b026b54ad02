//! The rules that leave a validator out.

use super::{Exclusion, Rating, Release, Take, Thresholds, ValidatorEpoch};

/// All reasons for which a validator is left out. `certain` is the worst that it took without doubt: an
/// estimate lowers its score, and leaves nobody out.
pub(super) fn exclusions(
    rating: &Rating,
    certain: Option<Take>,
    now: &ValidatorEpoch,
    rules: &Thresholds,
) -> Vec<Exclusion> {
    let mut exclusions = Vec::new();
    let mut exclude = |is_out: bool, why: Exclusion| {
        if is_out {
            exclusions.push(why);
        }
    };
    exclude(rating.is_delinquent, Exclusion::Delinquent);
    exclude(now.has_bls_key != Some(true), Exclusion::NoBlsKey);
    let most_bps = rules.max_commission_bps;
    let says_bps = now.commission_bps.unwrap_or(0);
    exclude(says_bps > most_bps, Exclusion::Says { says_bps, most_bps });
    if let Some(take) = certain {
        exclude(take.bps > most_bps, Exclusion::Took { take, most_bps });
    }
    let (missed, most) = (rating.delinquent_epochs, rules.max_delinquent_epochs);
    exclude(missed > most, Exclusion::Missed { missed, most });
    let (age, least) = (rating.age_epochs, rules.min_age_epochs);
    exclude(age.unwrap_or(0) < least, Exclusion::Young { age, least });
    let (share_bps, most_bps) = (rating.stake_share_bps, rules.max_stake_share_bps);
    let large = Exclusion::Large {
        share_bps,
        most_bps,
    };
    exclude(share_bps > most_bps, large);
    let is_halting = rating.is_superminority && rules.exclude_superminority;
    exclude(is_halting, Exclusion::Superminority);
    exclusions.extend(too_old(now, rules));
    exclusions
}

fn too_old(now: &ValidatorEpoch, rules: &Thresholds) -> Option<Exclusion> {
    let told = now.version.as_deref();
    let release: Option<Release> = told.and_then(|told| told.parse().ok());
    let least = rules.min_version_for(release.as_ref())?;
    let is_old = release.as_ref().is_none_or(|release| release < least);
    is_old.then(|| Exclusion::OldVersion {
        version: release,
        least: least.clone(),
    })
}
