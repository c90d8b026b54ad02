//! The rules by which a validator is rated, and left out.

use std::{fmt, str::FromStr};

use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// What a validator must be to be taken. Each line of the file may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// The last finished epochs that count.
    #[serde(deserialize_with = "epochs")]
    pub epochs: u64,
    /// The highest commission on inflation rewards, said or taken in any epoch that counts, in basis
    /// points. What nobody knows is rated as if it were this.
    #[serde(deserialize_with = "share_bps")]
    pub max_commission_bps: u16,
    /// The fewest epochs since the first credits.
    pub min_age_epochs: u64,
    /// The largest share of all stake, in basis points.
    #[serde(deserialize_with = "share_bps")]
    pub max_stake_share_bps: u16,
    /// Whether the largest validators are left out that could halt the cluster together.
    pub exclude_superminority: bool,
    /// The most epochs with less than half of the cluster's credits.
    pub max_delinquent_epochs: u64,
    /// The oldest software, of all but Firedancer; none asks for none.
    pub min_version: Option<Release>,
    /// The oldest software of Firedancer, whose numbers begin with 0 or 1.
    pub min_firedancer_version: Option<Release>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            epochs: 10,
            max_commission_bps: 1_000,
            min_age_epochs: 10,
            max_stake_share_bps: 200,
            exclude_superminority: true,
            max_delinquent_epochs: 1,
            min_version: None,
            min_firedancer_version: None,
        }
    }
}

/// Epochs of which a vote account keeps its credits.
const KEPT_EPOCHS: u64 = 64;
/// The whole, in basis points.
const ALL_BPS: u16 = 10_000;

fn epochs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let epochs = u64::deserialize(deserializer)?;
    match (1..=KEPT_EPOCHS).contains(&epochs) {
        true => Ok(epochs),
        false => Err(D::Error::custom(format_args!(
            "epochs must be 1 to {KEPT_EPOCHS}, and {epochs} stands there"
        ))),
    }
}

fn share_bps<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let bps = u16::deserialize(deserializer)?;
    match bps <= ALL_BPS {
        true => Ok(bps),
        false => Err(D::Error::custom(format_args!(
            "all is {ALL_BPS} basis points, and {bps} stands there"
        ))),
    }
}

/// Numbers of Firedancer's releases begin with these.
const FIREDANCER_MAJORS: u64 = 1;

/// A release of a node's software, as `4.2.1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Release(Version);

/// What is no number of a release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a version must be three numbers with points, as 4.2.1")]
pub struct NoRelease;

impl Release {
    fn is_of_firedancer(&self) -> bool {
        self.0.major <= FIREDANCER_MAJORS
    }
}

impl FromStr for Release {
    type Err = NoRelease;

    fn from_str(text: &str) -> Result<Self, NoRelease> {
        // Some nodes say more behind a space.
        let number = text.split_whitespace().next().unwrap_or_default();
        let version = Version::parse(number).map_err(|_| NoRelease)?;
        Ok(Self(version))
    }
}

impl TryFrom<String> for Release {
    type Error = NoRelease;

    fn try_from(text: String) -> Result<Self, NoRelease> {
        text.parse()
    }
}

impl From<Release> for String {
    fn from(release: Release) -> Self {
        release.to_string()
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Thresholds {
    /// The oldest software that is taken, of the kind that this one is of; of a node that does not say
    /// its software, whichever is asked for.
    pub(super) fn min_version_for(&self, told: Option<&Release>) -> Option<&Release> {
        match told {
            Some(release) if release.is_of_firedancer() => self.min_firedancer_version.as_ref(),
            Some(_) => self.min_version.as_ref(),
            None => self
                .min_version
                .as_ref()
                .or(self.min_firedancer_version.as_ref()),
        }
    }
}
