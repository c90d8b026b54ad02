//! What a vote account says, and which of the pool's rules it breaks.

use sluice::{
    foreign::{VoteTerms, VoteView},
    state::{Breach, PoolConfig},
};
use solana_account::Account;

use crate::plan::crank::breach_of;

/// Reads a vote account; `None` where it is none, or of an unknown version.
pub(super) fn read(account: &Account) -> Option<VoteTerms> {
    match VoteView::read(&account.owner, &account.data) {
        VoteView::Known(vote) => Some(vote.terms),
        VoteView::Gone | VoteView::Unknown => None,
    }
}

/// The rules that a vote account breaks, as sentences without their full stops.
pub(crate) fn breaches(account: Option<&Account>, config: &PoolConfig, epoch: u64) -> Vec<String> {
    let view = account.map_or(VoteView::Gone, |account| {
        VoteView::read(&account.owner, &account.data)
    });
    let vote = match view {
        VoteView::Gone => return vec!["there is no vote account at this address".to_owned()],
        VoteView::Unknown => {
            let unknown = "its vote account has a version that the program does not know";
            return vec![unknown.to_owned()];
        }
        VoteView::Known(vote) => vote,
    };
    let terms = &vote.terms;
    let mut breaches = Vec::new();
    if terms.exceeds_commission(config) {
        breaches.push(format!(
            "its commission of {} basis points is above the pool's maximum of {}",
            terms.commission_bps, config.max_commission_bps
        ));
    }
    if terms.exceeds_block_commission(config) {
        breaches.push(format!(
            "its block-revenue commission of {} basis points is above the pool's maximum of {}",
            terms.block_commission_bps, config.max_block_commission_bps
        ));
    }
    if !terms.has_bls_key {
        breaches.push("it has no BLS key, so its stake earns nothing once the cluster admits validators by it".to_owned());
    }
    if vote.is_delinquent(epoch) {
        breaches.push(breach_of(Breach::Delinquent).to_owned());
    }
    breaches
}
