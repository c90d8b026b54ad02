//! Validators that a rating chooses, and weights that the optimiser proposes.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use sluice::state::Parameter;
use sluice_client::{
    PoolAddresses, PoolSnapshot,
    plan::set::{
        Place, Rated, SetView, Wanted, WantedValidator,
        optimise::{Candidate, Caps, Optimum, Prices, WHOLE, optimise, prices},
        select,
    },
    quote::{
        ratings::{Facts, Gathered, Gathering, Rating, rate},
        yields::{LEAST_EPOCH_SECONDS, YEAR_SECONDS},
    },
    words::amounts::{percent, signed_percent_e9},
};
use solana_pubkey::Pubkey;

use super::{
    file::SetFile,
    tables::{OptimiseTable, TopTable},
};
use crate::{progress::Progress, session::Session};

/// Parts of 10^9 in a basis point.
const PARTS_PER_BPS: u64 = 100_000;

/// Weights that were proposed, and what their caps cost.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// Validators with weight.
    validators: usize,
    /// Seconds that the yields and prices are for: a year, or an epoch where epochs are short.
    period_seconds: u64,
    /// What the stake is expected to earn after all commissions.
    yield_parts_e9: u64,
    max_share_bps: u16,
    /// By how much the yield would rise if the cap rose by a percentage point.
    max_share_price_parts_e9: u64,
    max_superminority_bps: u16,
    max_superminority_price_parts_e9: u64,
    min_validators: u16,
    /// By how much it would rise with one validator fewer.
    min_validators_price_parts_e9: u64,
    least_share_bps: u16,
}

/// What yields are for.
struct Period {
    seconds: u64,
    epochs_e3: u64,
}

/// Puts the validators that the file leaves to a rating into the wish, and proposes weights where that
/// is asked for.
pub fn choose(
    session: &Session,
    pool: &PoolAddresses,
    file: &SetFile,
    is_asked: bool,
    wanted: &mut Wanted,
) -> Result<Option<Proposal>> {
    let table = file.optimise.clone();
    let table = table.or(is_asked.then(OptimiseTable::default));
    if table.is_none() && file.top.is_none() {
        return Ok(None);
    }
    let snapshot = PoolSnapshot::load(&session.rpc, pool)?;
    let ratings = ratings(session, file, snapshot.cluster.clock.epoch)?;
    if let Some(top) = &file.top {
        wanted.validators = Some(best(session, pool, (top, &ratings), wanted)?);
    }
    let Some(table) = table else {
        return Ok(None);
    };
    let Some(validators) = wanted.validators.as_mut() else {
        bail!(
            "{}: weights can be proposed only for validators: name some, or ask for the best with [top]",
            file.name()
        );
    };
    let mut parameters = wanted.parameters.iter();
    let wanted_cap = parameters.find(|(parameter, _)| *parameter == Parameter::ShareCapBps);
    let wanted_cap = wanted_cap.map(|(_, value)| *value);
    let period = Period::of(session, &snapshot)?;
    let candidates = candidates(&snapshot, validators, &ratings, (&table, &period))?;
    let caps = table.caps(share_cap(&snapshot, wanted_cap, candidates.len()));
    let in_file = || format!("{}, [optimise]", file.name());
    let optimum = optimise(&candidates, &caps).with_context(in_file)?;
    let prices = prices(&candidates, &caps).with_context(in_file)?;
    for (validator, weight) in validators.iter_mut().zip(&optimum.weights) {
        validator.weight = *weight;
    }
    // Who gets nothing is not added; who is there already keeps its slot.
    validators.retain(|one| one.weight > 0 || snapshot.slot_of(&one.vote).is_some());
    Ok(Some(Proposal::new(&optimum, &prices, &caps, &period)))
}

/// The first epoch in which one has been paid for.
const FIRST_PAID: u64 = 1;

/// All validators of the cluster, the best first.
fn ratings(session: &Session, file: &SetFile, epoch: u64) -> Result<Vec<Rating>> {
    let _progress = Progress::spinner("rating the cluster's validators");
    let gathering = Gathering {
        epochs: file.rating.epochs,
        ..Gathering::default()
    };
    let gathered = Gathered::load(&session.rpc, &gathering, Facts::default())?;
    if gathered.oldest_paid_epoch.is_none() {
        ensure!(
            epoch >= FIRST_PAID,
            "this cluster has not paid for an epoch yet, so that all validators would be rated alike. It is epoch \
             {epoch}: ask again in epoch {FIRST_PAID}, and name validators until then"
        );
        bail!(
            "this node does not tell what any epoch paid, so that all validators would be rated alike: ask another \
             one (--url)"
        );
    }
    Ok(rate(&gathered.facts, &file.rating))
}

/// The best that the pool takes, each with the same weight.
fn best(
    session: &Session,
    pool: &PoolAddresses,
    (top, ratings): (&TopTable, &[Rating]),
    wanted: &Wanted,
) -> Result<Vec<WantedValidator>> {
    let mut not_taken: HashSet<Pubkey> = HashSet::new();
    loop {
        let rated: Vec<Rated> = ratings
            .iter()
            .map(|rating| Rated {
                vote: rating.vote,
                score: rating.score,
                is_excluded: rating.excluded().is_some() || not_taken.contains(&rating.vote),
            })
            .collect();
        let snapshot = PoolSnapshot::load(&session.rpc, pool)?;
        let is_of_pool = |vote: &Pubkey| {
            let placed = snapshot.slot_of(vote);
            placed.is_some_and(|placed| !placed.slot.will_leave())
        };
        let chosen = select(&rated, &top.rules(), is_of_pool)?;
        let validators = chosen.iter().map(|one| WantedValidator {
            vote: one.vote,
            weight: top.weight(),
        });
        let validators: Vec<WantedValidator> = validators.collect();
        let trial = Wanted {
            validators: Some(validators.clone()),
            parameters: wanted.parameters.clone(),
            ..Wanted::default()
        };
        // Who leaves, waits or breaks a rule of the pool makes room for the next one.
        let found = not_taken.len();
        match SetView::load(&session.rpc, pool, &trial)?.plan(&trial) {
            Ok(plan) => not_taken.extend(plan.later.iter().filter_map(|one| vote_of(&one.place))),
            Err(impossible) => {
                not_taken.extend(impossible.iter().filter_map(|one| vote_of(&one.place)));
            }
        }
        if not_taken.len() == found {
            return Ok(validators);
        }
    }
}

fn vote_of(place: &Place) -> Option<Pubkey> {
    match place {
        Place::Validator(vote) => Some(*vote),
        _ => None,
    }
}

/// The largest share that the pool lets one of so many validators have: its cap, or an even share where
/// that is more. Where the cap stays, the even share is one of as many as the pool had at most.
fn share_cap(snapshot: &PoolSnapshot, wanted: Option<u64>, validators: usize) -> u16 {
    let planned = snapshot.pool.planned_value(Parameter::ShareCapBps);
    let cap = wanted.unwrap_or(planned);
    let had = match cap == planned {
        true => usize::try_from(snapshot.pool.most_validators).unwrap_or(usize::MAX),
        false => 0,
    };
    let most = u16::try_from(validators.max(had).max(1)).unwrap_or(WHOLE);
    let cap = u16::try_from(cap).unwrap_or(WHOLE);
    cap.max(WHOLE.div_ceil(most))
}

/// Validators with what their stake is expected to earn.
fn candidates(
    snapshot: &PoolSnapshot,
    validators: &[WantedValidator],
    ratings: &[Rating],
    (table, period): (&OptimiseTable, &Period),
) -> Result<Vec<Candidate>> {
    let rated: HashMap<Pubkey, &Rating> = ratings.iter().map(|one| (one.vote, one)).collect();
    let stakeable = snapshot.flows()?.stakeable().get();
    validators
        .iter()
        .map(|validator| {
            let vote = validator.vote;
            let rating = rated
                .get(&vote)
                .with_context(|| format!("{vote} is no validator of this cluster"))?;
            let per_epoch = rating.net_yield_parts_e9.with_context(|| {
                format!("what {vote} pays is not known, so no weight can be proposed for it")
            })?;
            Ok(Candidate {
                vote,
                yield_parts_e9: period.of_epoch(per_epoch),
                max_share_bps: table.most_of_stake(rating.stake_lamports, stakeable),
                is_superminority: rating.is_superminority,
            })
        })
        .collect()
}

impl Period {
    /// A year of epochs as long as those of the cluster.
    fn of(session: &Session, snapshot: &PoolSnapshot) -> Result<Self> {
        let slots = snapshot
            .next_epoch_start()
            .saturating_sub(snapshot.cluster.epoch_start());
        let seconds = session
            .slot_time()?
            .map_or(0, |time| time.times(slots).as_secs());
        if seconds < LEAST_EPOCH_SECONDS {
            return Ok(Self {
                seconds,
                epochs_e3: 1_000,
            });
        }
        let epochs_e3 = YEAR_SECONDS.saturating_mul(1_000).checked_div(seconds);
        Ok(Self {
            seconds: YEAR_SECONDS,
            epochs_e3: epochs_e3.unwrap_or_default(),
        })
    }

    fn of_epoch(&self, parts_e9: u64) -> u64 {
        parts_e9.saturating_mul(self.epochs_e3) / 1_000
    }
}

impl Proposal {
    fn new(optimum: &Optimum, prices: &Prices, caps: &Caps, period: &Period) -> Self {
        Self {
            validators: optimum.weights.iter().filter(|weight| **weight > 0).count(),
            period_seconds: period.seconds,
            yield_parts_e9: optimum.yield_parts_e9(),
            max_share_bps: caps.max_share_bps,
            max_share_price_parts_e9: prices.share_parts_e9,
            max_superminority_bps: caps.max_superminority_bps,
            max_superminority_price_parts_e9: prices.superminority_parts_e9,
            min_validators: caps.min_validators,
            min_validators_price_parts_e9: prices.count_parts_e9,
            least_share_bps: caps.least_share_bps,
        }
    }
}

/// Parts of 10^9 as `0.200 bps`, rounded down.
fn in_bps(parts_e9: u64) -> String {
    let thousandths = parts_e9 % PARTS_PER_BPS * 1_000 / PARTS_PER_BPS;
    format!("{}.{thousandths:03} bps", parts_e9 / PARTS_PER_BPS)
}

impl fmt::Display for Proposal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let period = match self.period_seconds {
            YEAR_SECONDS => "a year",
            _ => "an epoch",
        };
        let earned = i64::try_from(self.yield_parts_e9).unwrap_or(i64::MAX);
        writeln!(
            formatter,
            "Weights that earn most: {} {period} after commissions, with {} validators.",
            signed_percent_e9(earned),
            self.validators
        )?;
        writeln!(
            formatter,
            "  at most {} each: a percentage point more would bring {} {period}",
            percent(self.max_share_bps),
            in_bps(self.max_share_price_parts_e9)
        )?;
        writeln!(
            formatter,
            "  at most {} in the superminority: a percentage point more would bring {}",
            percent(self.max_superminority_bps),
            in_bps(self.max_superminority_price_parts_e9)
        )?;
        if self.min_validators > 0 {
            writeln!(
                formatter,
                "  at least {} validators with {}: one fewer would bring {}",
                self.min_validators,
                percent(self.least_share_bps),
                in_bps(self.min_validators_price_parts_e9)
            )?;
        }
        writeln!(
            formatter,
            "  What a validator pays is taken as constant: that more stake dilutes it is not counted."
        )
    }
}
