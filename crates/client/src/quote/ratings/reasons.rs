//! Why a score is what it is, and why a validator is left out, in sentences.

use std::fmt;

use super::{Basis, Release, Take};
use crate::words::amounts::{counted, percent};

/// A part of a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScorePart {
    /// What it adds, in parts of 10,000 of what average stake earns.
    pub points: i64,
    /// Why.
    pub reason: Reason,
}

/// Why a part of a score is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// Its credits against those of the cluster.
    Votes {
        /// In parts of 10,000; `None` where no finished epoch is known.
        votes_bps: Option<u64>,
        /// Epochs that this is of.
        epochs: u64,
    },
    /// It never took more than it says.
    Says {
        /// What it says.
        bps: u16,
    },
    /// It took more than it says now.
    Took {
        /// The worst epoch.
        take: Take,
        /// What it says now.
        says: Option<u16>,
    },
    /// Nobody knows what it took, or what it says.
    Unknown {
        /// The latest epoch of which it is not known; `None` where it is known of none.
        epoch: Option<u64>,
        /// What it says now.
        says: Option<u16>,
        /// What is assumed.
        assumed_bps: u16,
    },
    /// It took more than it had said.
    BrokeWord {
        /// What it took.
        take: Take,
        /// The most that it said before.
        said: u16,
    },
    /// Nobody knows whether it took more than it had said.
    MayHaveBrokenWord {
        /// In this epoch.
        epoch: u64,
        /// What is assumed.
        assumed_bps: u16,
        /// The most that it said before.
        said: u16,
    },
    /// It raised its commission.
    Raised {
        /// In this epoch.
        epoch: u64,
        /// From this.
        from_bps: u16,
        /// To this; `None` where what it says now cannot be read.
        to_bps: Option<u16>,
    },
    /// The part of block revenue that it keeps.
    BlockRevenue {
        /// `None` where that is not known.
        bps: Option<u16>,
    },
    /// Epochs with less than half of the cluster's credits.
    Missed {
        /// How many.
        epochs: u64,
    },
    /// It is among the largest that could halt the cluster together.
    Superminority,
}

/// Why a validator is left out.
#[derive(Clone, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Exclusion {
    /// A node calls it delinquent now, or none says how it is.
    Delinquent,
    /// It shows no BLS key, without which it is not admitted.
    NoBlsKey,
    /// It says a commission that is too high.
    Says {
        /// What it says.
        says_bps: u16,
        /// The threshold.
        most_bps: u16,
    },
    /// It took too much.
    Took {
        /// The worst epoch.
        take: Take,
        /// The threshold.
        most_bps: u16,
    },
    /// It hardly voted in too many epochs.
    Missed {
        /// In so many.
        missed: u64,
        /// The threshold.
        most: u64,
    },
    /// It is too young.
    Young {
        /// Epochs since its first credits; `None` where there were none.
        age: Option<u64>,
        /// The threshold.
        least: u64,
    },
    /// It has too large a share of all stake.
    Large {
        /// Its share.
        share_bps: u16,
        /// The threshold.
        most_bps: u16,
    },
    /// It is among the largest that could halt the cluster together.
    Superminority,
    /// Its software is too old, or not known.
    OldVersion {
        /// What its node says.
        version: Option<Release>,
        /// The threshold.
        least: Release,
    },
}

impl ScorePart {
    /// The reason in one word, for scripts.
    pub fn code(&self) -> &'static str {
        self.reason.into()
    }
}

impl Exclusion {
    /// The reason in one word, for scripts.
    pub fn code(&self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for ScorePart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:+}: {}", self.points, self.reason)
    }
}

impl fmt::Display for Take {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bps, epoch) = (percent(self.bps), self.epoch);
        match self.basis {
            Basis::Estimated => {
                write!(formatter, "seems to have taken {bps} in epoch {epoch}")
            }
            _ => write!(formatter, "took {bps} in epoch {epoch}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match *self {
            Self::Votes { votes_bps, epochs } => of_votes(votes_bps, epochs),
            Self::Says { bps } => {
                format!("keeps {} of rewards; no payment shows more", percent(bps))
            }
            Self::Took { take, says } => match says {
                Some(says) => format!("{take}, and says {} now", percent(says)),
                None => format!("{take}, and says nothing that can be read now"),
            },
            Self::Unknown {
                epoch,
                says,
                assumed_bps,
            } => of_unknown(epoch, says, assumed_bps),
            Self::BrokeWord { take, said } => format!("{take} after saying {}", percent(said)),
            Self::MayHaveBrokenWord {
                epoch,
                assumed_bps,
                said,
            } => {
                let (assumed, said) = (percent(assumed_bps), percent(said));
                format!("may have taken {assumed} in epoch {epoch} after saying {said}")
            }
            Self::Raised {
                epoch,
                from_bps,
                to_bps,
            } => of_raise(epoch, from_bps, to_bps),
            Self::BlockRevenue { bps } => match bps {
                Some(bps) => format!("keeps {} of block revenue", percent(bps)),
                None => "what it keeps of block revenue is unknown".to_owned(),
            },
            Self::Missed { epochs } => format!(
                "had less than half of the cluster's credits in {}",
                counted(epochs, "epoch")
            ),
            Self::Superminority => "is one of those that could halt the cluster".to_owned(),
        })
    }
}

fn of_votes(votes_bps: Option<u64>, epochs: u64) -> String {
    let Some(bps) = votes_bps else {
        return "no finished epoch shows how it votes".to_owned();
    };
    let (whole, part) = (bps / 100, bps % 100);
    let epochs = counted(epochs, "epoch");
    format!("earned {whole}.{part:02}% of the cluster's credits over {epochs}")
}

fn of_unknown(epoch: Option<u64>, says: Option<u16>, assumed_bps: u16) -> String {
    let of_epoch = epoch.map_or_else(String::new, |epoch| format!(" in epoch {epoch}"));
    let says = says.map_or_else(String::new, |says| {
        format!(", and it says {}", percent(says))
    });
    let assumed = percent(assumed_bps);
    format!("what it took{of_epoch} is unknown{says}; {assumed} are assumed")
}

fn of_raise(epoch: u64, from_bps: u16, to_bps: Option<u16>) -> String {
    let from = percent(from_bps);
    match to_bps {
        Some(to) => {
            let to = percent(to);
            format!("raised its commission from {from} to {to} in epoch {epoch}")
        }
        None => format!("said {from} before, and nothing that can be read now"),
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delinquent => write!(formatter, "no node says that it votes now"),
            Self::NoBlsKey => write!(formatter, "it shows no BLS key"),
            Self::Says { says_bps, most_bps } => write!(
                formatter,
                "it says {}, more than {}",
                percent(*says_bps),
                percent(*most_bps)
            ),
            Self::Took { take, most_bps } => {
                write!(formatter, "it {take}, more than {}", percent(*most_bps))
            }
            Self::Missed { missed, most } => write!(
                formatter,
                "it hardly voted in {}, more than {most}",
                counted(*missed, "epoch")
            ),
            Self::Young { age, least } => write!(
                formatter,
                "it is {} old, less than {least}",
                counted(age.unwrap_or(0), "epoch")
            ),
            Self::Large {
                share_bps,
                most_bps,
            } => write!(
                formatter,
                "it has {} of all stake, more than {}",
                percent(*share_bps),
                percent(*most_bps)
            ),
            Self::Superminority => {
                write!(formatter, "it is one of those that could halt the cluster")
            }
            Self::OldVersion { version, least } => match version {
                Some(version) => write!(formatter, "its software {version} is older than {least}"),
                None => write!(formatter, "its software is unknown; {least} is asked for"),
            },
        }
    }
}
