//! What the rules look at: plain figures, taken from what the keeper knows.

use std::time::Instant;

use sluice::state::Parameter;
use sluice_cli::parameters;
use sluice_client::plan::crank::breach_of;
use solana_pubkey::Pubkey;

use super::{market::Market, program::Deviation, yields::Gap};
use crate::{
    facts::{Facts, since},
    known::{Doubt, Known, KnownNode, KnownPool},
};

/// Everything that rules look at.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// What the keeper has, in lamports; none where that is not known.
    pub balance_lamports: Option<u64>,
    /// Seconds since the working thread did anything.
    pub idle_seconds: u64,
    /// The nodes that were asked, by name.
    pub nodes: Vec<(String, NodeState)>,
    /// The pools.
    pub pools: Vec<ObservedPool>,
    /// How the program is not what it should be; none where it was not read yet.
    pub program: Option<Vec<Deviation>>,
    /// The webhooks by name, and whether each takes messages.
    pub webhooks: Vec<(String, bool)>,
    /// Whether the store took what was last written, or why it did not; none before it was used.
    pub store: Option<Result<(), String>>,
    /// Why the journal of transactions cannot be written, where it cannot.
    pub journal: Option<String>,
}

/// How a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeState {
    /// It answers.
    Answers,
    /// It does not answer.
    Silent,
    /// What it answers is not used.
    Doubted(Doubt),
}

/// A pool.
#[derive(Clone, Debug, Default)]
pub struct ObservedPool {
    /// Its address.
    pub address: String,
    /// What its token is called: a stranger's text.
    pub called: String,
    /// Seconds since it was read; since the start where it never was.
    pub unread_seconds: u64,
    /// How it was then.
    pub view: Option<View>,
    /// What a market pays, where a feed is configured and was asked.
    pub market: Option<Market>,
    /// What holders got less than the cluster paid, once enough epochs were seen.
    pub gap: Option<Gap>,
}

/// How a pool was when it was read.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The epoch of the cluster.
    pub epoch: u64,
    /// How many whole percent of it are over.
    pub passed_percent: u64,
    /// The epoch of the prices.
    pub priced_epoch: u64,
    /// What a whole token is paid at an exit, in lamports.
    pub exit_price_lamports: Option<u64>,
    /// Epochs since the oldest unsettled batch was locked.
    pub queue_age_epochs: u64,
    /// Whether the breaker is tripped.
    pub is_tripped: bool,
    /// What was lost in this epoch.
    pub fallen_lamports: u64,
    /// The first epoch without the guardian's pause, while it lasts.
    pub paused_until_epoch: Option<u64>,
    /// Validators that break a rule: vote account, rule in a word, reason.
    pub breaches: Vec<(String, &'static str, &'static str)>,
    /// Validators whose ejection is held back.
    pub held_back: Vec<String>,
    /// What is due: step and validator, why, and for how many seconds.
    pub due: Vec<(String, String, u64)>,
    /// Changes of parameters that are announced.
    pub changes: Vec<Change>,
    /// The nominated admin.
    pub nominee: Option<String>,
}

/// A change of a parameter that is announced.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The parameter's name.
    pub name: &'static str,
    /// Its value now.
    pub before: String,
    /// The value to come.
    pub after: String,
    /// The epoch from which on it acts.
    pub from_epoch: u64,
    /// Seconds until then, as long as epochs last as the last one did.
    pub seconds: Option<u64>,
}

impl Observed {
    /// What is known at this moment.
    pub fn of(known: &Known, now: Instant) -> Self {
        let alarms = &known.alarms;
        let nodes = known.nodes.iter();
        Self {
            balance_lamports: known.balance.map(sluice_math::Lamports::get),
            idle_seconds: since(known.beat, now),
            nodes: nodes
                .filter_map(|node| Some((node.name.clone(), NodeState::of(node)?)))
                .collect(),
            pools: known
                .pools
                .iter()
                .map(|pool| ObservedPool::of(known, pool, now))
                .collect(),
            program: alarms.program.clone(),
            webhooks: alarms
                .webhooks
                .iter()
                .map(|(name, works)| (name.clone(), *works))
                .collect(),
            store: known.store.state(),
            journal: known.journal.trouble().map(|trouble| trouble.what.clone()),
        }
    }
}

impl NodeState {
    /// None where it was not asked yet.
    fn of(node: &KnownNode) -> Option<Self> {
        if let Some(doubt) = node.doubt {
            Some(Self::Doubted(doubt))
        } else if node.slot.is_some() {
            Some(Self::Answers)
        } else {
            node.condition.trouble().map(|_| Self::Silent)
        }
    }
}

impl ObservedPool {
    fn of(known: &Known, pool: &KnownPool, now: Instant) -> Self {
        let address = pool.address();
        Self {
            address: address.to_string(),
            called: pool.called(),
            unread_seconds: pool.unread_seconds(known.started, now),
            view: Facts::of(pool).map(|facts| View::of(pool, &facts, now)),
            market: known.alarms.markets.get(&pool.named).cloned(),
            gap: known.alarms.gaps.get(&address).copied(),
        }
    }
}

impl View {
    fn of(pool: &KnownPool, facts: &Facts<'_>, now: Instant) -> Self {
        let booked = &facts.pool;
        let nominee = booked.nominated_admin;
        let due = pool.due.iter();
        let breaches = pool.in_breach.iter();
        let changes = Parameter::ALL.into_iter();
        Self {
            epoch: facts.epoch(),
            passed_percent: facts.epoch_percent(),
            priced_epoch: booked.finalized_epoch,
            exit_price_lamports: facts.exit_price(),
            queue_age_epochs: facts.queue_age_epochs(),
            is_tripped: booked.is_tripped(),
            fallen_lamports: booked.fallen_lamports,
            paused_until_epoch: facts.snapshot.pause_status().until_epoch,
            breaches: breaches
                .map(|one| {
                    let rule = super::rule::breach_word(one.breach);
                    (one.vote.to_string(), rule, breach_of(one.breach))
                })
                .collect(),
            held_back: pool.held_back.iter().map(Pubkey::to_string).collect(),
            due: due
                .map(|due| {
                    let validator = due.validator.map(|vote| vote.to_string());
                    let step = format!("{} {}", due.kind, validator.unwrap_or_default());
                    (step, due.why.clone(), since(due.since, now))
                })
                .collect(),
            changes: changes
                .filter_map(|parameter| Change::of(facts, parameter))
                .collect(),
            nominee: (nominee != Pubkey::default()).then(|| nominee.to_string()),
        }
    }
}

impl Change {
    fn of(facts: &Facts<'_>, parameter: Parameter) -> Option<Self> {
        let pool = &facts.pool;
        let change = pool.governance.pending_change(parameter)?;
        let before = pool.parameters().get(parameter);
        Some(Self {
            name: parameters::name(parameter),
            before: parameters::shown(parameter, before),
            after: parameters::shown(parameter, change.value),
            from_epoch: change.from_epoch,
            seconds: facts.seconds_until_epoch(change.from_epoch),
        })
    }
}
