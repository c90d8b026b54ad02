//! Ratings as people read them.

use std::fmt::{self, Display};

use sluice_client::words::amounts::{counted, percent, percent_e9, sol};

use super::{RateReport, line::RatingLine};
use crate::output::{Facts, table};

/// How many validators a person wants to see.
const SHOWN: usize = 20;

impl Display for RateReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rated_validators == 0 {
            return writeln!(formatter, "The node lists no vote account.");
        }
        match self.validators.first() {
            Some(line) if self.explains => self.explain(line, formatter)?,
            _ => self.list(formatter)?,
        }
        self.note_unknown(formatter)
    }
}

impl RateReport {
    fn list(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.limit.unwrap_or(SHOWN);
        let taken = self.validators.iter().filter(|line| !line.is_out());
        let taken: Vec<&RatingLine> = taken.take(shown).collect();
        let mut validators = table(["vote account", "score", "keeps", "votes"], 1);
        for line in &taken {
            validators.add_row([
                line.facts.vote.clone(),
                line.facts.score.to_string(),
                percent(line.facts.kept_bps),
                line.votes(),
            ]);
        }
        if !taken.is_empty() {
            writeln!(formatter, "{validators}")?;
        }
        writeln!(
            formatter,
            "These are {} of {}, rated by the {} before epoch {}.",
            taken.len(),
            counted(self.rated_validators as u64, "validator"),
            counted(self.thresholds.epochs.min(self.epoch), "epoch"),
            self.epoch
        )?;
        if !taken.is_empty() {
            writeln!(
                formatter,
                "A score of 10000 is what average stake earns before any commission. `--explain VOTE` \
                 says what a score is made of."
            )?;
        }
        self.tell_excluded(formatter)
    }

    fn tell_excluded(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.excluded_validators == 0 {
            return Ok(());
        }
        let reasons: Vec<String> = self
            .reasons
            .iter()
            .map(|(count, code)| format!("{} {count}", code.replace('_', " ")))
            .collect();
        writeln!(
            formatter,
            "Left out by the thresholds: {}. By reason: {}.",
            counted(self.excluded_validators as u64, "validator"),
            reasons.join(", ")
        )?;
        match self.excluded_validators == self.rated_validators {
            true => writeln!(
                formatter,
                "That is everybody. `--thresholds FILE` names others."
            ),
            false => Ok(()),
        }
    }

    fn explain(&self, line: &RatingLine, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &line.facts;
        let unknown = || "unknown".to_owned();
        let told = |bps: Option<u16>| bps.map_or_else(unknown, percent);
        let net = facts.net_yield_parts_e9.map_or_else(unknown, |parts| {
            u32::try_from(parts).map_or_else(|_| unknown(), percent_e9)
        });
        let rank = format!("{} of {}", facts.rank, self.rated_validators);
        Facts(&[
            ("vote account", facts.vote.clone()),
            ("rank", rank),
            ("stake", sol(facts.stake_lamports)),
            ("share of all stake", percent(facts.stake_share_bps)),
            ("says", told(facts.commission_bps)),
            ("counted as kept", percent(facts.kept_bps)),
            ("expected for an epoch", net),
            (
                "age",
                facts
                    .age_epochs
                    .map_or_else(unknown, |age| counted(age, "epoch")),
            ),
            ("software", facts.version.clone().unwrap_or_else(unknown)),
        ])
        .fmt(formatter)?;
        writeln!(
            formatter,
            "\n {:>6}  what average stake earns before any commission",
            10_000
        )?;
        for part in &line.parts {
            writeln!(formatter, " {:>+6}  {}", part.points, part.reason)?;
        }
        writeln!(formatter, " {:>6}  score", facts.score)?;
        for exclusion in &line.exclusions {
            writeln!(formatter, "Left out: {}.", exclusion.reason)?;
        }
        Ok(())
    }

    /// What the node did not tell.
    fn note_unknown(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let oldest = self.epoch.saturating_sub(self.thresholds.epochs);
        match self.oldest_paid_epoch {
            None if self.epoch > 0 => writeln!(
                formatter,
                "This node does not tell what was paid: what validators took is unknown."
            )?,
            Some(paid) if paid > oldest => writeln!(
                formatter,
                "This node does not tell what was paid before epoch {paid}."
            )?,
            _ => {}
        }
        if self.doubtful_validators > 0 {
            writeln!(
                formatter,
                "What {} took is in doubt, and no stake account of them was looked at.",
                counted(self.doubtful_validators as u64, "validator")
            )?;
        }
        if self.unread_validators > 0 {
            writeln!(
                formatter,
                "{} with the least stake are not read: they are too many.",
                counted(self.unread_validators as u64, "validator")
            )?;
        }
        if !self.versions_known {
            writeln!(formatter, "This node does not tell the software of others.")?;
        }
        Ok(())
    }
}

impl RatingLine {
    fn is_out(&self) -> bool {
        !self.exclusions.is_empty()
    }

    fn votes(&self) -> String {
        let bps = self.facts.votes_bps.map(u16::try_from);
        bps.map_or_else(String::new, |bps| {
            bps.map_or_else(|_| "more".to_owned(), percent)
        })
    }
}
