//! A validator as scripts read it.

use serde::Serialize;
use sluice_client::{Rating, quote::ratings::Exclusion};
use solana_pubkey::Pubkey;

/// A validator with everything that its score is made of.
#[derive(Clone, Debug, Serialize)]
pub struct RatingLine {
    #[serde(flatten)]
    pub(super) facts: Row,
    pub(super) parts: Vec<PartLine>,
    pub(super) exclusions: Vec<ExclusionLine>,
}

/// What it is rated by; a line of comma-separated values, too.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub(super) rank: usize,
    pub(super) vote: String,
    identity: String,
    pub(super) score: i64,
    /// The reasons for which it is left out, in codes; empty where it is not.
    pub(super) excluded_by: String,
    /// What it may be expected to pay for an epoch, as a part of its stake.
    pub(super) net_yield_parts_e9: Option<u64>,
    pub(super) commission_bps: Option<u16>,
    /// What its score counts as kept.
    pub(super) kept_bps: u16,
    last_take_bps: Option<u16>,
    last_take_epoch: Option<u64>,
    last_take_basis: Option<&'static str>,
    worst_take_bps: Option<u16>,
    worst_take_epoch: Option<u64>,
    worst_take_basis: Option<&'static str>,
    block_revenue_commission_bps: Option<u16>,
    pub(super) votes_bps: Option<u64>,
    voted_epochs: u64,
    delinquent: bool,
    delinquent_epochs: u64,
    pub(super) age_epochs: Option<u64>,
    pub(super) stake_lamports: u64,
    pub(super) stake_share_bps: u16,
    superminority: bool,
    pub(super) version: Option<String>,
}

/// A part of a score.
#[derive(Clone, Debug, Serialize)]
pub struct PartLine {
    pub(super) points: i64,
    code: &'static str,
    pub(super) reason: String,
}

/// Why it is left out.
#[derive(Clone, Debug, Serialize)]
pub struct ExclusionLine {
    code: &'static str,
    pub(super) reason: String,
}

impl RatingLine {
    pub fn new(rank: usize, rating: &Rating) -> Self {
        let (last, worst) = (rating.last_take, rating.worst_take);
        Self {
            facts: Row {
                rank,
                vote: rating.vote.to_string(),
                identity: rating.identity.to_string(),
                score: rating.score,
                excluded_by: codes(rating),
                net_yield_parts_e9: rating.net_yield_parts_e9,
                commission_bps: rating.commission_bps,
                kept_bps: rating.kept_bps,
                last_take_bps: last.map(|take| take.bps),
                last_take_epoch: last.map(|take| take.epoch),
                last_take_basis: last.map(|take| take.basis.code()),
                worst_take_bps: worst.map(|take| take.bps),
                worst_take_epoch: worst.map(|take| take.epoch),
                worst_take_basis: worst.map(|take| take.basis.code()),
                block_revenue_commission_bps: rating.block_revenue_commission_bps,
                votes_bps: rating.votes_bps,
                voted_epochs: rating.voted_epochs,
                delinquent: rating.is_delinquent,
                delinquent_epochs: rating.delinquent_epochs,
                age_epochs: rating.age_epochs,
                stake_lamports: rating.stake_lamports,
                stake_share_bps: rating.stake_share_bps,
                superminority: rating.is_superminority,
                version: rating.version.clone(),
            },
            parts: rating
                .parts
                .iter()
                .map(|part| PartLine {
                    points: part.points,
                    code: part.code(),
                    reason: part.reason.to_string(),
                })
                .collect(),
            exclusions: rating
                .exclusions
                .iter()
                .map(|exclusion| ExclusionLine {
                    code: exclusion.code(),
                    reason: exclusion.to_string(),
                })
                .collect(),
        }
    }

    pub fn is_of(&self, vote: &Pubkey) -> bool {
        self.facts.vote == vote.to_string()
    }
}

fn codes(rating: &Rating) -> String {
    let codes: Vec<&str> = rating.exclusions.iter().map(Exclusion::code).collect();
    codes.join(" ")
}
