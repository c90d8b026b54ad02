//! All validators of the cluster by what they paid.

mod line;
mod words;

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use sluice_client::{
    Facts, Gathered, Gathering, Rating, Thresholds, rate as rate_validators, send::files::read_text,
};
use solana_pubkey::Pubkey;

use self::line::RatingLine;
use crate::{
    args::RateArgs, config::complaint, failure::misuse, progress::Progress, session::Session,
    signers::shown,
};

/// The validators of a cluster, the best first.
#[derive(Debug, Serialize)]
pub struct RateReport {
    /// The epoch that is not over.
    epoch: u64,
    /// The oldest epoch whose payments the node told.
    oldest_paid_epoch: Option<u64>,
    versions_known: bool,
    /// Validators whose take stays in doubt, since no stake account was looked at.
    doubtful_validators: usize,
    /// Validators that are too many to read.
    unread_validators: usize,
    rated_validators: usize,
    excluded_validators: usize,
    thresholds: Thresholds,
    validators: Vec<RatingLine>,
    /// How often each reason excludes a validator, as people read it.
    #[serde(skip)]
    reasons: Vec<(usize, &'static str)>,
    #[serde(skip)]
    explains: bool,
    #[serde(skip)]
    limit: Option<usize>,
}

/// Rates the validators of the cluster.
pub fn rate(session: &Session, arguments: &RateArgs) -> Result<RateReport> {
    let mut thresholds = thresholds(arguments.thresholds.as_deref())?;
    if let Some(epochs) = arguments.epochs {
        thresholds.epochs = epochs;
    }
    let gathering = Gathering {
        epochs: thresholds.epochs,
        samples: arguments.samples,
    };
    let gathered = {
        let _progress = Progress::spinner("reading all validators of the cluster");
        Gathered::load(&session.rpc, &gathering, Facts::default())?
    };
    let ratings = rate_validators(&gathered.facts, &thresholds);
    let reasons = reasons(&ratings);
    let excluded = ratings.iter().filter(|one| one.excluded().is_some());
    Ok(RateReport {
        epoch: gathered.epoch,
        oldest_paid_epoch: gathered.oldest_paid_epoch,
        versions_known: gathered.has_versions,
        doubtful_validators: gathered.unsampled,
        unread_validators: gathered.left_out,
        rated_validators: ratings.len(),
        excluded_validators: excluded.count(),
        thresholds,
        validators: lines(&ratings, arguments)?,
        reasons,
        explains: arguments.explain.is_some(),
        limit: arguments.limit,
    })
}

impl RateReport {
    /// The validators as comma-separated values, with a line of names. Of what is known of all of them
    /// together, each line has from which epoch on payments are known: none where they are not.
    pub fn csv(&self) -> Result<String> {
        #[derive(Serialize)]
        struct Known {
            oldest_paid_epoch: Option<u64>,
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        for line in &self.validators {
            let known = Known {
                oldest_paid_epoch: self.oldest_paid_epoch,
            };
            writer.serialize((&line.facts, known))?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }
}

/// The validators that are asked for. People see the best, scripts see all.
fn lines(ratings: &[Rating], arguments: &RateArgs) -> Result<Vec<RatingLine>> {
    let mut lines = (1..)
        .zip(ratings)
        .map(|(rank, rating)| RatingLine::new(rank, rating));
    if let Some(vote) = &arguments.explain {
        let only = lines.find(|line| line.is_of(vote));
        return Ok(vec![only.with_context(|| unlisted(vote, ratings))?]);
    }
    Ok(lines.take(arguments.limit.unwrap_or(usize::MAX)).collect())
}

fn unlisted(vote: &Pubkey, ratings: &[Rating]) -> String {
    format!(
        "{vote} is none of the {} vote accounts that the node lists: only those with stake, or that \
         vote, are",
        ratings.len()
    )
}

/// How often each reason excludes a validator, the most frequent first.
fn reasons(ratings: &[Rating]) -> Vec<(usize, &'static str)> {
    let codes = ratings.iter().flat_map(|rating| &rating.exclusions);
    let mut counts = std::collections::BTreeMap::<&'static str, usize>::new();
    for exclusion in codes {
        let count = counts.entry(exclusion.code()).or_default();
        *count = count.saturating_add(1);
    }
    let mut reasons: Vec<_> = counts
        .into_iter()
        .map(|(code, count)| (count, code))
        .collect();
    reasons.sort_by_key(|(count, code)| (std::cmp::Reverse(*count), *code));
    reasons
}

/// What a file of thresholds says; without one, what is usual.
fn thresholds(path: Option<&Path>) -> Result<Thresholds> {
    let Some(path) = path else {
        return Ok(Thresholds::default());
    };
    let wrong = |why: String| misuse(format!("the thresholds in {} {why}", shown(path)));
    let text = read_text(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    toml::from_str(&text)
        .map_err(|error| wrong(format!("cannot be read: {}", complaint(&text, &error))))
}
