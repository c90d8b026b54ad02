//! The alerts by name. Prometheus has the same ones, in `deploy/prometheus/alerts.yml`.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sluice::state::Breach;
use strum::{Display, EnumIter, EnumString, IntoEnumIterator};

/// How much an alert matters.
#[derive(
    Clone, Copy, Debug, Display, EnumString, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Somebody should look today.
    Warning,
    /// Somebody should look now.
    Critical,
}

/// What an alert is about.
#[derive(
    Clone, Copy, Debug, Display, EnumIter, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
#[strum(prefix = "Sluice")]
#[serde(into = "String", try_from = "String")]
pub enum Rule {
    /// The prices are those of an earlier epoch, though much of this one is over.
    NotPriced,
    /// The oldest batch was locked many epochs ago, and is not settled.
    QueueOld,
    /// An abnormal loss has tripped the breaker.
    BreakerTripped,
    /// Something was lost in this epoch.
    LossReported,
    /// A validator breaks a rule of the pool.
    ValidatorBreach,
    /// A validator does not vote any more, or its vote account is gone.
    ValidatorDelinquent,
    /// A validator in breach stays until the budget of ejections allows more.
    EjectionHeldBack,
    /// A step has been due for long.
    StepDue,
    /// The guardian has paused the pool.
    Paused,
    /// A change of a parameter is announced.
    ChangePending,
    /// A new admin is nominated.
    NominationPending,
    /// Holders got much less than the cluster paid for stake.
    YieldLow,
    /// The market pays much less for a token than an exit does.
    MarketLow,
    /// A market price cannot be read, or is old.
    MarketSilent,
    /// A pool was not read for long.
    PoolUnread,
    /// The program or its upgrade authority is another one.
    ProgramChanged,
    /// The keeper has too little SOL.
    LowBalance,
    /// A node does not answer.
    NodeDown,
    /// A node is not used: it is too far ahead, of another cluster, or shows old accounts as new ones or a clock
    /// that is not of its slot.
    NodeSetAside,
    /// No node can be used.
    NoNode,
    /// The keeper's loop stands still.
    KeeperIdle,
    /// A webhook takes no messages.
    WebhookFailed,
    /// The store of history cannot be used.
    StoreDown,
    /// The journal of transactions cannot be written.
    JournalDown,
}

impl Rule {
    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            Self::NotPriced
            | Self::BreakerTripped
            | Self::LossReported
            | Self::PoolUnread
            | Self::ProgramChanged
            | Self::NoNode
            | Self::KeeperIdle
            | Self::JournalDown => Severity::Critical,
            Self::QueueOld
            | Self::ValidatorBreach
            | Self::ValidatorDelinquent
            | Self::EjectionHeldBack
            | Self::StepDue
            | Self::Paused
            | Self::NominationPending
            | Self::YieldLow
            | Self::MarketLow
            | Self::LowBalance
            | Self::NodeDown
            | Self::NodeSetAside
            | Self::WebhookFailed
            | Self::StoreDown => Severity::Warning,
            Self::ChangePending | Self::MarketSilent => Severity::Info,
        }
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> Self {
        rule.to_string()
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let named = Self::iter().find(|rule| rule.to_string() == name);
        named.ok_or_else(|| "there is no alert of this name".to_owned())
    }
}

impl TryFrom<String> for Rule {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

/// The rule of a pool that is broken, as a word for metrics.
pub fn breach_word(breach: Breach) -> &'static str {
    match breach {
        Breach::VoteAccountGone => "vote_account_gone",
        Breach::Commission => "commission",
        Breach::BlockCommission => "block_commission",
        Breach::LowYield => "low_yield",
        Breach::LowCredits => "low_credits",
        Breach::Delinquent => "delinquent",
    }
}
