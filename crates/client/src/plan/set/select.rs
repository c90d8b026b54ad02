//! The best validators of a rating, under rules.

use solana_pubkey::Pubkey;
use thiserror::Error;

/// What a rating says of a validator, as far as a choice needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    /// Its vote account.
    pub vote: Pubkey,
    /// How good it is.
    pub score: i64,
    /// Whether the rating leaves it out.
    pub is_excluded: bool,
}

/// Which validators are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How many.
    pub count: usize,
    /// Validators of the pool stay as long as they are among so many of the best, so that small
    /// differences move no stake. At least `count`.
    pub stay: usize,
    /// The least score.
    pub least_score: Option<i64>,
}

/// Fewer validators keep the rules than are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "only {found} validators of the cluster keep these rules, and {wanted} are wanted: ask for fewer, or \
     loosen a rule"
)]
pub struct TooFew {
    /// How many keep them.
    pub found: usize,
    /// How many are wanted.
    pub wanted: usize,
}

/// The best of `rated`, which come best first: those of the pool that are good enough to stay, then the
/// best others. They are returned best first.
///
/// # Errors
///
/// Where too few keep the rules.
pub fn select<'a>(
    rated: &'a [Rated],
    rules: &Rules,
    is_of_pool: impl Fn(&Pubkey) -> bool,
) -> Result<Vec<&'a Rated>, TooFew> {
    let able: Vec<&Rated> = rated
        .iter()
        .filter(|one| {
            let least = rules.least_score;
            !one.is_excluded && least.is_none_or(|least| one.score >= least)
        })
        .collect();
    if able.len() < rules.count {
        return Err(TooFew {
            found: able.len(),
            wanted: rules.count,
        });
    }
    let stay = rules.stay.max(rules.count);
    let staying = |(rank, one): (usize, &&Rated)| rank < stay && is_of_pool(&one.vote);
    let mut chosen: Vec<usize> = (0..able.len())
        .filter(|rank| able.get(*rank).is_some_and(|one| staying((*rank, one))))
        .take(rules.count)
        .collect();
    let others = (0..able.len()).filter(|rank| !chosen.contains(rank));
    let missing = rules.count.saturating_sub(chosen.len());
    let others: Vec<usize> = others.take(missing).collect();
    chosen.extend(others);
    chosen.sort_unstable();
    Ok(chosen
        .into_iter()
        .filter_map(|rank| able.get(rank).copied())
        .collect())
}
