//! What the keeper knows: noted by the thread that works, told to everybody who asks.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use sluice_client::{ClientError, PoolSnapshot, Step, StepKind, TokenMetadata};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;
use strum::{Display, EnumIter};

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
    /// When the working thread last gave a sign of life.
    pub beat: SystemTime,
    /// Why nothing can be done at all.
    pub trouble: Option<Trouble>,
    /// The pools, in the order of the configuration.
    pub pools: Vec<KnownPool>,
    /// The nodes, in the order of the configuration.
    pub nodes: Vec<KnownNode>,
}

/// Something that does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What, as a sentence.
    pub what: String,
    /// Since when.
    pub since: SystemTime,
}

/// What is known of a pool.
pub struct KnownPool {
    /// Its address, or its mint's, as configured.
    pub named: Pubkey,
    /// Its token.
    pub token: Option<TokenMetadata>,
    /// How it was when it was last read, and when that was.
    pub seen: Option<(SystemTime, PoolSnapshot)>,
    /// What is due.
    pub due: Vec<DueStep>,
    /// What cannot be done yet, as sentences without their full stops.
    pub waiting: Vec<String>,
    /// What was done, latest first.
    pub actions: VecDeque<Action>,
    /// Sums since the start.
    pub sums: Sums,
    /// Why it cannot be read.
    pub trouble: Option<Trouble>,
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
    pub since: SystemTime,
}

/// Something that was done or tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// When.
    pub at: SystemTime,
    /// What it was: a step's kind.
    pub kind: String,
    /// Why, as a sentence without its full stop.
    pub why: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The transaction, where one was signed.
    pub signature: Option<String>,
}

/// What came of a transaction.
#[derive(Clone, Copy, Debug, Display, EnumIter, PartialEq, Eq, PartialOrd, Ord)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// It did what it should.
    Landed,
    /// It was executed in vain, and paid for.
    Failed,
    /// The simulation refused it: it was not sent.
    Refused,
    /// It was in no block when its blockhash had expired.
    Expired,
    /// It may still arrive.
    Undecided,
    /// No node answered: it was not sent.
    NotSent,
}

/// Sums of what was done for a pool since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Transactions by what came of them.
    pub transactions: BTreeMap<Outcome, u64>,
    /// Fees that the cluster took, as far as nodes say.
    pub fee_lamports: u64,
    /// Rent that the keeper paid.
    pub rent_paid_lamports: u64,
    /// Tickets that were claimed for their owners.
    pub claims: u64,
    /// What their owners were paid.
    pub claimed_lamports: u64,
    /// Of the fees, those of claims.
    pub claim_fee_lamports: u64,
    /// Rent that came back to the keeper.
    pub rent_recovered_lamports: u64,
}

/// What is known of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownNode {
    /// Scheme, host and port.
    pub name: String,
    /// How long it took to answer; none where it does not.
    pub latency: Option<Duration>,
    /// Where it says that the cluster is.
    pub slot: Option<u64>,
}

impl Shared {
    /// What is known of a keeper at its start.
    pub fn new(keeper: Pubkey, pools: &[Pubkey]) -> Self {
        Self(Arc::new(Mutex::new(Known {
            keeper,
            balance: None,
            cluster: None,
            beat: SystemTime::now(),
            trouble: None,
            pools: pools.iter().copied().map(KnownPool::new).collect(),
            nodes: Vec::new(),
        })))
    }

    /// What is known, for as long as it is held.
    pub fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether the keeper has too little; none where that is not known.
    pub fn is_poor(&self) -> Option<bool> {
        self.balance.map(|balance| balance < LOW_BALANCE)
    }

    /// How many slots a node is behind the one that is furthest.
    pub fn lag_slots(&self, node: &KnownNode) -> Option<u64> {
        let furthest = self.nodes.iter().filter_map(|node| node.slot).max()?;
        Some(furthest.saturating_sub(node.slot?))
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
            actions: VecDeque::new(),
            sums: Sums::default(),
            trouble: None,
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

    /// Notes how the pool is. A view without vote accounts keeps those that were read in its epoch: what
    /// the epoch before brought does not change any more.
    pub fn see(&mut self, mut snapshot: PoolSnapshot) {
        let epoch = snapshot.cluster.clock.epoch;
        if let Some((_, before)) = &mut self.seen
            && snapshot.votes.is_empty()
            && before.cluster.clock.epoch == epoch
        {
            snapshot.votes = std::mem::take(&mut before.votes);
        }
        self.seen = Some((SystemTime::now(), snapshot));
    }

    /// Notes what is due: what was so before is due since then.
    pub fn plan(&mut self, steps: &[Step]) {
        let now = SystemTime::now();
        let mut before = std::mem::take(&mut self.due);
        for step in steps {
            let same = |due: &DueStep| due.kind == step.kind && due.validator == step.validator;
            let known = before.iter().position(same);
            self.due.push(DueStep {
                kind: step.kind,
                validator: step.validator,
                why: step.why.clone(),
                since: known.map_or(now, |index| before.remove(index).since),
            });
        }
    }

    /// Notes what was done.
    pub fn act(&mut self, action: Action) {
        self.actions.push_front(action);
        self.actions.truncate(ACTIONS);
    }
}

impl Trouble {
    /// The same trouble, or another one that begins now. Whether it is new is told too.
    pub fn or_new(before: Option<&Self>, what: String) -> (Self, bool) {
        match before {
            Some(before) if before.what == what => (before.clone(), false),
            Some(before) => (
                Self {
                    what,
                    since: before.since,
                },
                true,
            ),
            None => (
                Self {
                    what,
                    since: SystemTime::now(),
                },
                true,
            ),
        }
    }
}

impl Outcome {
    /// Whether it was sent, and so may have cost its fee.
    pub fn can_cost(self) -> bool {
        !matches!(self, Self::Refused | Self::NotSent)
    }

    /// What came of a transaction that failed so.
    pub fn of(error: &ClientError) -> Self {
        match error {
            ClientError::Refused(refusal) if refusal.signature.is_some() => Self::Failed,
            ClientError::NotConfirmed { .. } => Self::Expired,
            ClientError::PerhapsSent { .. } | ClientError::NotTaken { .. } => Self::Undecided,
            ClientError::Rpc(_) => Self::NotSent,
            _ => Self::Refused,
        }
    }
}

impl Sums {
    /// Counts a transaction.
    pub fn count(&mut self, outcome: Outcome) {
        let count = self.transactions.entry(outcome).or_default();
        *count = count.saturating_add(1);
    }

    /// Adds what a transaction cost.
    pub fn pay(&mut self, fee_lamports: u64, rent_lamports: Option<i128>) {
        self.fee_lamports = self.fee_lamports.saturating_add(fee_lamports);
        let rent = rent_lamports.unwrap_or_default();
        let size = u64::try_from(rent.unsigned_abs()).unwrap_or(u64::MAX);
        let sum = match rent > 0 {
            true => &mut self.rent_paid_lamports,
            false => &mut self.rent_recovered_lamports,
        };
        *sum = sum.saturating_add(size);
    }
}
