//! The words of `sluice pool yield`, for a reader who is no programmer.

use std::fmt;

use sluice_client::{
    Cause, Unexplained,
    words::amounts::{part, price, signed_percent_e9, sol},
};
use sluice_math::Lamports;

use super::explain::{DripNow, Explanation, Figures, YieldReport};
use crate::{moment::roughly, output::table};

/// How a cause is named.
#[derive(Clone, Copy, Debug)]
pub struct CauseWords {
    /// In JSON.
    pub code: &'static str,
    /// In the table.
    name: &'static str,
    /// What it is, below the table.
    meaning: &'static str,
}

/// Why nothing is explained.
#[derive(Clone, Copy, Debug)]
pub struct Excuse {
    /// In JSON.
    pub code: &'static str,
    /// The end of a sentence, without its full stop.
    pub words: &'static str,
}

/// A line of the table that explains an epoch.
#[derive(Clone, Debug)]
pub struct Row {
    /// What did it.
    pub name: &'static str,
    /// What that is, as sentences; none for the first and the last line.
    pub meaning: Option<&'static str>,
    /// By how much it changed a year's yield; empty where epochs are too short for a year.
    pub year: String,
    /// By how much it changed the epoch's yield.
    pub epoch: String,
    /// The same in SOL.
    pub sol: String,
}

impl CauseWords {
    /// The words for a cause.
    pub fn of(cause: Cause) -> Self {
        let (code, name, meaning) = match cause {
            Cause::Idle => (
                "idle",
                "SOL that was not staked",
                "SOL in the reserve, stake that was still activating, and late deposits earn nothing. \
                 The reserve pays who leaves at once.",
            ),
            Cause::Votes => (
                "votes",
                "votes of the validators",
                "Stake earns by its validator's votes: more than the average of the cluster, or less.",
            ),
            Cause::Commission => (
                "commission",
                "commission of the validators",
                "What the validators really kept of the rewards, whatever they announce.",
            ),
            Cause::Validators => (
                "validators",
                "votes and commission",
                "What missed votes and commission took together. Here they cannot be told apart.",
            ),
            Cause::Other => (
                "other",
                "everything else",
                "Rewards of stake that was moved, fees that validators share, gifts, fees of instant \
                 exits, and rounding.",
            ),
            Cause::RewardFee => (
                "reward_fee",
                "reward fee",
                "The treasury's part of the gain. What is kept for all holders is not in it.",
            ),
            Cause::Flows => (
                "flows",
                "left by deposits and exits",
                "Charges and fees of who came and left, which all holders share; less where a loss was \
                 reported meanwhile.",
            ),
        };
        Self {
            code,
            name,
            meaning,
        }
    }
}

impl Excuse {
    /// The words for it.
    pub fn of(unexplained: Unexplained) -> Self {
        let (code, words) = match unexplained {
            Unexplained::Young => (
                "young",
                "the pool is too young: two epochs in a row must be priced first",
            ),
            Unexplained::Stale => (
                "stale",
                "the pool is not priced for this epoch yet: `sluice crank` does it",
            ),
            Unexplained::Skipped => (
                "skipped",
                "the epoch before was never priced, so the last gain is that of several epochs",
            ),
            Unexplained::NoGain => (
                "no_gain",
                "there was no gain: nothing was earned, or a loss was booked",
            ),
            Unexplained::NoRewards => (
                "no_rewards",
                "the cluster does not tell what it paid for staking",
            ),
        };
        Self { code, words }
    }
}

impl fmt::Display for YieldReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "What holders earned, after all fees: {}.",
            self.yields
        )?;
        if let Some(excuse) = &self.excuse {
            writeln!(
                formatter,
                "The last epoch cannot be explained: {}.",
                excuse.words
            )?;
        }
        if let Some(explained) = &self.explained {
            writeln!(formatter, "\n{explained}")?;
        }
        writeln!(
            formatter,
            "Not staked now: {} in the reserve, {} activating since this epoch.",
            sol(self.idle.reserve_lamports),
            sol(self.idle.activating_lamports)
        )?;
        self.drip.fmt(formatter)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "Epoch {} lasted {}. The cluster paid {} for {} of stake; the pool owned {}, of which {} \
             were stake that earned.",
            self.epoch,
            roughly(self.seconds),
            sol(self.cluster_rewards_lamports),
            sol(self.cluster_stake_lamports),
            sol(self.owned_lamports),
            sol(self.earning_lamports)
        )?;
        let mut lines = table(["", "a year", "the epoch", "SOL"], 1);
        for row in self.rows() {
            lines.add_row([row.name, &row.year, &row.epoch, &row.sol]);
        }
        if self.net.apy_parts_e9.is_none()
            && let Some(years) = lines.column_mut(1)
        {
            years.set_constraint(comfy_table::ColumnConstraint::Hidden);
        }
        writeln!(formatter, "{lines}")?;
        if self.net.apy_parts_e9.is_none() {
            writeln!(
                formatter,
                "Epochs are too short here to tell what a year would bring."
            )?;
        }
        for line in &self.causes {
            writeln!(formatter, "- {}: {}", line.words.name, line.words.meaning)?;
        }
        Ok(())
    }
}

impl fmt::Display for DripNow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dripping_lamports == 0 {
            return writeln!(
                formatter,
                "The drip takes nothing: all rewards have reached the exit price, {}.",
                price(self.exit_price_lamports)
            );
        }
        let (below, of) = (self.below(), price(self.deposit_price_lamports));
        writeln!(
            formatter,
            "The drip takes nothing from who stays: {} are earned and reach the exit price later. Who \
             leaves now leaves them to the others: {below} of the deposit price, {of}.",
            sol(self.dripping_lamports)
        )
    }
}

impl DripNow {
    /// By which part the exit price is below the deposit price.
    fn below(&self) -> String {
        let deposit = self.deposit_price_lamports.unwrap_or_default();
        let below = deposit.saturating_sub(self.exit_price_lamports.unwrap_or_default());
        part(Lamports::new(below), Lamports::new(deposit)).unwrap_or_default()
    }
}

impl Row {
    fn of(name: &'static str, meaning: Option<&'static str>, figures: &Figures) -> Self {
        let percent = |parts: Option<i64>| parts.map_or_else(String::new, signed_percent_e9);
        let lamports = figures.change_lamports;
        let sign = if lamports < 0 { "-" } else { "" };
        Self {
            name,
            meaning,
            year: percent(figures.apy_parts_e9),
            epoch: percent(figures.epoch_parts_e9),
            sol: format!("{sign}{}", Lamports::new(lamports.unsigned_abs())),
        }
    }
}

impl Explanation {
    /// The lines of the table: they add up as they are shown.
    pub fn rows(&self) -> Vec<Row> {
        let causes = self.causes.iter().map(|line| {
            let CauseWords { name, meaning, .. } = line.words;
            Row::of(name, Some(meaning), &line.shown)
        });
        let first = Row::of("staking on this cluster", None, &self.gross);
        let last = Row::of("what holders got", None, &self.net);
        [first].into_iter().chain(causes).chain([last]).collect()
    }
}
