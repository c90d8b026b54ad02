//! What the keeper knows: noted by the thread that works, told to everybody who asks.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use sluice_client::{
    ClientError, PoolSnapshot, Step, StepKind, TokenMetadata, plan::crank::InBreach,
    send::cluster::fault::Fault,
};
use sluice_math::Lamports;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use strum::{Display, EnumIter};
use tracing::{info, warn};

use crate::{
    alerts::Alarms,
    facts::{outdated, since},
    outcome::{Outcome, Sums},
    store::{KnownStore, Unstored},
    trouble::{Condition, Trouble},
};

/// With less the keeper soon cannot pay any more: some 2,000 transactions.
pub const LOW_BALANCE: Lamports = Lamports::new(10_000_000);
/// Actions that are remembered of each pool.
const ACTIONS: usize = 50;

/// What is known, for all threads.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Known>>);

/// What is known.
pub struct Known {
    /// Who pays and signs.
    pub keeper: Pubkey,
    /// What the keeper has.
    pub balance: Option<Lamports>,
    /// What the cluster is called, once a node answered.
    pub cluster: Option<String>,
    /// The hash of its first block, once a node answered.
    pub genesis: Option<Hash>,
    /// When the working thread last gave a sign of life.
    pub beat: Instant,
    /// How long it may be silent, and a pool unread.
    pub limits: Limits,
    /// Whether a node is connected to.
    pub connection: Condition,
    /// Whether the journal of transactions can be written.
    pub journal: Condition,
    /// The pools, in the order of the configuration.
    pub pools: Vec<KnownPool>,
    /// The nodes, in the order of the configuration.
    pub nodes: Vec<KnownNode>,
    /// When the keeper began.
    pub started: Instant,
    /// What is known of alerts.
    pub alarms: Alarms,
    /// The store of history.
    pub store: KnownStore,
}

/// How long what is known stays good.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest time between two signs of life.
    pub silence: Duration,
    /// The longest time between two readings of a pool.
    pub unread: Duration,
}

/// What is known of a pool.
pub struct KnownPool {
    /// Its address, or its mint's, as configured.
    pub named: Pubkey,
    /// Its token.
    pub token: Option<TokenMetadata>,
    /// How it was when it was last read, and when that was.
    pub seen: Option<(Instant, PoolSnapshot)>,
    /// The slot that it was last seen at, and since when no newer one was told.
    pub slot: Option<(u64, Instant)>,
    /// What is due.
    pub due: Vec<DueStep>,
    /// What cannot be done yet, as sentences without their full stops.
    pub waiting: Vec<String>,
    /// Validators that broke a rule when stakes were last read.
    pub in_breach: Vec<InBreach>,
    /// Validators of these whose ejection is held back.
    pub held_back: Vec<Pubkey>,
    /// Settled tickets that are not claimed in this epoch, since the budget of claims is spent.
    pub claims_held_back: u64,
    /// What was done, latest first.
    pub actions: VecDeque<Action>,
    /// What of it is not stored yet.
    pub unstored: Unstored,
    /// Sums since the start.
    pub sums: Sums,
    /// Whether it can be read.
    pub condition: Condition,
    /// How often it could not be read since the start.
    pub unread: u64,
    /// Steps that do not work.
    pub failing: HashMap<(StepKind, Option<Pubkey>), Condition>,
}

/// A step that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueStep {
    /// What it does.
    pub kind: StepKind,
    /// The validator that it is about.
    pub validator: Option<Pubkey>,
    /// Why, as a sentence without its full stop.
    pub why: String,
    /// Since when the keeper knows of it.
    pub since: Instant,
}

/// Something that was done or tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// When.
    pub at: Instant,
    /// What it was: a step's kind.
    pub kind: String,
    /// Why, as a sentence without its full stop.
    pub why: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The transaction, where one was signed.
    pub signature: Option<String>,
}

/// Why what a node answers is not used.
#[derive(Clone, Copy, Debug, Display, EnumIter, PartialEq, Eq)]
#[strum(serialize_all = "snake_case")]
pub enum Doubt {
    /// It is further than the cluster can be.
    Ahead,
    /// It serves another cluster.
    AnotherCluster,
    /// It shows old accounts as new ones.
    Outdated,
    /// It shows a clock that is not of the slot that it names.
    Contradictory,
}

impl Doubt {
    /// The doubt in a node with this fault, where there is one.
    pub fn of(fault: &Fault) -> Option<Self> {
        match fault {
            Fault::Ahead { .. } => Some(Self::Ahead),
            Fault::AnotherCluster { .. } => Some(Self::AnotherCluster),
            Fault::Outdated { .. } => Some(Self::Outdated),
            Fault::Contradictory { .. } => Some(Self::Contradictory),
            _ => None,
        }
    }

    /// What the node does, as the end of a sentence.
    pub fn what(self) -> &'static str {
        match self {
            Self::Ahead => "is further than the cluster can be",
            Self::AnotherCluster => "serves another cluster",
            Self::Outdated => "shows old accounts as new ones",
            Self::Contradictory => "shows a clock that is not of the slot that it names",
        }
    }
}

/// What is known of a node.
#[derive(Clone, Debug, Default)]
pub struct KnownNode {
    /// Scheme, host and port of its URL, and a number where it is not the first URL of these.
    pub name: String,
    /// How long it took to answer; none where it does not.
    pub latency: Option<Duration>,
    /// Where it says that the cluster is.
    pub slot: Option<u64>,
    /// Why what it answers is not used, where it is not.
    pub doubt: Option<Doubt>,
    /// Whether it can be used.
    pub condition: Condition,
}

impl Shared {
    /// What is known of a keeper at its start.
    pub fn new(keeper: Pubkey, pools: &[Pubkey], limits: Limits) -> Self {
        Self(Arc::new(Mutex::new(Known {
            keeper,
            balance: None,
            cluster: None,
            genesis: None,
            beat: Instant::now(),
            limits,
            connection: Condition::default(),
            journal: Condition::default(),
            pools: pools.iter().copied().map(KnownPool::new).collect(),
            nodes: Vec::new(),
            started: Instant::now(),
            alarms: Alarms::default(),
            store: KnownStore::default(),
        })))
    }

    /// What is known, for as long as it is held.
    pub fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// The journal cannot be written.
    pub fn journal_fails(&self, error: &ClientError) {
        let what = error.to_string();
        let mut known = self.lock();
        let is_to_be_told = known.journal.is_ill(what.clone(), Instant::now());
        drop(known);
        if is_to_be_told {
            warn!("{what}");
        }
    }

    /// The journal can be written.
    pub fn journal_works(&self) {
        let before = self.lock().journal.is_well();
        if let Some(Trouble { what, .. }) = before {
            info!(before = what, "The journal can be written again.");
        }
    }
}

impl Known {
    /// Whether the keeper has too little; none where that is not known.
    pub fn is_poor(&self) -> Option<bool> {
        self.balance.map(|balance| balance < LOW_BALANCE)
    }

    /// For how long the keeper has given no sign of life, where that is too long.
    pub fn silence(&self, now: Instant) -> Option<Duration> {
        let silence = now.saturating_duration_since(self.beat);
        Some(silence).filter(|silence| *silence > self.limits.silence)
    }

    /// Why what is known of a pool is not how it is, as a sentence without its full stop.
    pub fn is_outdated(&self, pool: &KnownPool, now: Instant) -> Option<String> {
        let read = pool.seen.as_ref().map(|(at, _)| *at);
        outdated(read, pool.slot, self.limits.unread, now)
    }

    /// Where the pools are.
    pub fn addresses(&self) -> Vec<Pubkey> {
        self.pools.iter().map(KnownPool::address).collect()
    }

    /// How many slots a node is behind the one that is furthest.
    pub fn lag_slots(&self, node: &KnownNode) -> Option<u64> {
        let furthest = self.nodes.iter().filter_map(|node| node.slot).max()?;
        Some(furthest.saturating_sub(node.slot?))
    }
}

impl KnownNode {
    /// One that was not asked yet.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }
}

impl KnownPool {
    fn new(named: Pubkey) -> Self {
        Self {
            named,
            token: None,
            seen: None,
            due: Vec::new(),
            waiting: Vec::new(),
            in_breach: Vec::new(),
            held_back: Vec::new(),
            claims_held_back: 0,
            actions: VecDeque::new(),
            unstored: Unstored::default(),
            sums: Sums::default(),
            slot: None,
            condition: Condition::default(),
            unread: 0,
            failing: HashMap::new(),
        }
    }

    /// Its address; what was configured, as long as it was not read.
    pub fn address(&self) -> Pubkey {
        let seen = self.seen.as_ref();
        seen.map_or(self.named, |(_, snapshot)| snapshot.addresses.pool)
    }

    /// What it is called: its token's symbol, or its address.
    pub fn called(&self) -> String {
        let symbol = self.token.as_ref().map(TokenMetadata::symbol);
        let symbol = symbol.filter(|symbol| !symbol.trim().is_empty());
        symbol.unwrap_or_else(|| self.address().to_string())
    }

    /// Seconds since it was read; since the start of the keeper where it never was.
    pub fn unread_seconds(&self, started: Instant, now: Instant) -> u64 {
        since(self.seen.as_ref().map_or(started, |(at, _)| *at), now)
    }

    /// Notes how the pool is. A view without vote accounts keeps those that were read in its epoch: what
    /// the epoch before brought does not change any more.
    pub fn see(&mut self, mut snapshot: PoolSnapshot) {
        let (now, clock) = (Instant::now(), &snapshot.cluster.clock);
        if self.slot.is_none_or(|(before, _)| before != clock.slot) {
            self.slot = Some((clock.slot, now));
        }
        if let Some((_, before)) = &mut self.seen
            && snapshot.votes.is_empty()
            && before.cluster.clock.epoch == clock.epoch
        {
            snapshot.votes = std::mem::take(&mut before.votes);
        }
        self.seen = Some((now, snapshot));
    }

    /// Notes what is due: what was so before is due since then. What has failed and is due no more is
    /// told, where its failure was.
    pub fn plan(&mut self, steps: &[Step]) -> Vec<Trouble> {
        let now = Instant::now();
        let mut before = std::mem::take(&mut self.due);
        for step in steps {
            let same = |due: &DueStep| due.kind == step.kind && due.validator == step.validator;
            let known = before.iter().position(same);
            self.due.push(DueStep {
                kind: step.kind,
                validator: step.validator,
                why: step.why(),
                since: known.map_or(now, |index| before.remove(index).since),
            });
        }
        let is_due = |about: &(StepKind, Option<Pubkey>)| {
            let mut due = self.due.iter();
            due.any(|due| (due.kind, due.validator) == *about)
        };
        let over = self.failing.extract_if(|about, _| !is_due(about));
        over.filter_map(|(_, mut condition)| condition.is_well())
            .collect()
    }

    /// Notes what was done; its cost is counted before. What was tried again in vain without a cost stands
    /// there once, and is stored once.
    pub fn act(&mut self, action: Action) {
        let same = |old: &Action| old.outcome == action.outcome && old.kind == action.kind;
        if !action.outcome.can_cost() && self.actions.iter().any(same) {
            self.actions.retain(|old| !same(old));
        } else {
            self.unstored.note(&action, &self.sums, SystemTime::now());
        }
        self.remember(action);
    }

    /// Remembers the latest action.
    pub fn remember(&mut self, action: Action) {
        self.actions.push_front(action);
        self.actions.truncate(ACTIONS);
    }
}
