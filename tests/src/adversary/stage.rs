//! A pool with honest holders and honest cranks in the real runtime.

use std::collections::HashMap;

use rand::Rng;
use sluice::state::{PoolConfig, PoolLimits};
use sluice_client::plan::crank::{self, Work};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    mallory::{Mallory, Moment},
    script::{Epoch, HOLDERS, HolderMove, Script, VALIDATORS},
};
use crate::{
    cluster::Cluster,
    pool::{Pool, TicketAddress, Watch},
    scenario::{CREDITS, SOL},
};

/// From this epoch on all are of the same length.
const STEADY_EPOCH: u64 = 14;
/// Of so many lamports the inflation of an epoch is about 3.3 basis points of all stake.
const SUPPLY_LAMPORTS: u64 = 690_000_000 * SOL;
/// Stake elsewhere with the same credits, so large that nobody's luck is at the expense of others.
const ELSEWHERE_LAMPORTS: u64 = 14_000_000 * SOL;
/// Epochs in which the pool comes to rest before anything else happens.
const EPOCHS_TO_SETTLE: usize = 3;
/// Rounds of plans at one moment, at most.
const ROUNDS: usize = 12;

/// A world.
pub struct Stage {
    /// The pool.
    pub pool: Pool,
    /// Its first validators.
    pub votes: Vec<Pubkey>,
    /// Validators that joined later.
    pub friends: Vec<Pubkey>,
    /// Honest holders, and their tickets.
    pub holders: Vec<(Keypair, Vec<TicketAddress>)>,
    /// Credits that validators earned in the last epoch.
    pub credits: HashMap<Pubkey, u64>,
    /// Which part of its votes the first validator casts, in parts of 10,000.
    pub votes_cast_bps: u64,
    max_commission_bps: u16,
    elsewhere: Pubkey,
    script: Script,
    epoch: usize,
}

impl Stage {
    /// A new pool of equal validators, the first of which takes the highest commission openly.
    pub async fn open(seed: u64, config: PoolConfig, script: Script) -> Self {
        let builder = Cluster::builder().seed(seed).sluice();
        let mut cluster = builder.payer_lamports(SUPPLY_LAMPORTS).start().await;
        cluster.next_epochs(STEADY_EPOCH).await;
        let mut pool = Pool::create(cluster, "pool", config, PoolLimits::NONE).await;
        pool.watch = Watch::Off;
        let mut validators = [(0, 1); VALIDATORS];
        validators[0].0 = config.max_commission_bps;
        let votes = pool.add_validators(&validators).await;
        let mut holders = Vec::new();
        for (number, lamports) in HOLDERS.into_iter().enumerate() {
            let name = format!("holder {number}");
            let holder = pool.user(&name, lamports + 20_000 * SOL).await;
            pool.deposit(&holder, lamports).await;
            holders.push((holder, Vec::new()));
        }
        let elsewhere = pool.cluster.create_validator("elsewhere", 0).await;
        let owner = holders[0].0.pubkey();
        pool.active_stake("witness", &owner, ELSEWHERE_LAMPORTS, &elsewhere)
            .await;
        Self {
            pool,
            votes,
            friends: Vec::new(),
            holders,
            credits: HashMap::new(),
            votes_cast_bps: 10_000,
            max_commission_bps: config.max_commission_bps,
            elsewhere,
            script,
            epoch: 0,
        }
    }

    /// Quiet epochs, until all stake is active and rewards are booked.
    pub async fn settle_in(&mut self) {
        for _ in 0..EPOCHS_TO_SETTLE {
            self.pool.warp_to_window().await;
            self.crank().await;
            self.vote(&[1; VALIDATORS]).await;
            self.pool.cluster.next_epoch().await;
            self.crank().await;
        }
    }

    /// How lucky each of the first validators is in this epoch, which everybody sees.
    pub fn luck(&self) -> [u64; VALIDATORS] {
        self.script.epochs[self.epoch].luck
    }

    /// The addresses and tickets of honest holders.
    pub fn holders(&self) -> Vec<(Pubkey, Vec<TicketAddress>)> {
        let holders = self.holders.iter();
        holders
            .map(|(holder, tickets)| (holder.pubkey(), tickets.clone()))
            .collect()
    }

    /// How many epochs have passed.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// The validator that earns most in this epoch.
    pub fn luckiest(&self) -> Pubkey {
        let votes = self.votes.iter().zip(self.luck());
        let luckiest = votes.max_by_key(|(_, luck)| *luck);
        *luckiest.expect("validators").0
    }

    /// The highest commission that the pool admits.
    pub fn max_commission_bps(&self) -> u16 {
        self.max_commission_bps
    }

    /// Whether the time of the hostile one has not passed.
    pub fn is_hostile(&self) -> bool {
        self.epoch < self.script.hostile_epochs
    }

    /// From a priced morning to the next one.
    pub async fn live_an_epoch(&mut self, mut mallory: Option<&mut Mallory>) {
        let script = self.script.epochs[self.epoch].clone();
        self.first_votes().await;
        self.meet(&mut mallory, Moment::Morning).await;
        self.pool
            .cluster
            .warp_to_epoch_fraction(script.noon_bps)
            .await;
        self.holders_act(&script).await;
        self.meet(&mut mallory, Moment::Noon).await;
        let window = self.pool.window_slot().await;
        self.pool.cluster.warp_to_slot(window - 1).await;
        self.meet(&mut mallory, Moment::BeforeWindow).await;
        self.pool.cluster.warp_to_slot(window).await;
        self.crank().await;
        self.meet(&mut mallory, Moment::Evening).await;
        let epoch = self.pool.cluster.epoch().await;
        let last = self.pool.cluster.last_slot_of(epoch);
        self.pool.cluster.warp_to_slot(last).await;
        self.meet(&mut mallory, Moment::LastSlot).await;
        self.vote(&script.luck).await;
        self.pool.cluster.next_epoch().await;
        self.meet(&mut mallory, Moment::Unpriced).await;
        self.crank().await;
        self.epoch += 1;
        let epoch = self.pool.cluster.epoch().await;
        let account = self.pool.account().await;
        assert!(account.is_fresh(epoch), "nobody holds the prices up");
    }

    async fn meet(&mut self, mallory: &mut Option<&mut Mallory>, moment: Moment) {
        if let Some(mallory) = mallory.as_deref_mut() {
            mallory.act(self, moment).await;
        }
    }

    /// Turns the cranks that the client plans, as a keeper does. What is refused is left.
    async fn crank(&mut self) {
        for _ in 0..ROUNDS {
            let plan = crank::plan(&self.pool.view().await).expect("a plan");
            let mut done = 0;
            for step in plan.steps {
                let payer = self.pool.cluster.payer().pubkey();
                let instruction = match step.work {
                    Work::Instruction(instruction) => instruction,
                    Work::PayFees { treasury } => self.pool.addresses.pay_fees(payer, treasury),
                    Work::Observe { .. } => {
                        self.pool.observe_all().await;
                        done += 1;
                        continue;
                    }
                };
                done += usize::from(self.pool.send(&[instruction], &[]).await.is_ok());
            }
            if done == 0 {
                return;
            }
        }
    }

    /// Everybody votes a little, so that stake is taken in.
    async fn first_votes(&mut self) {
        let luck = self.luck();
        let voting = self.votes.iter().zip(luck).filter(|(_, luck)| *luck > 0);
        let voting: Vec<Pubkey> = voting.map(|(vote, _)| *vote).collect();
        for vote in voting.iter().chain(&self.friends) {
            self.pool.cluster.earn_credits(vote, 1).await;
        }
    }

    /// What validators earned in this epoch.
    async fn vote(&mut self, luck: &[u64; VALIDATORS]) {
        let mut earned: Vec<(Pubkey, u64)> = vec![(self.elsewhere, CREDITS)];
        let first = luck[0] * CREDITS * self.votes_cast_bps / 10_000;
        earned.push((self.votes[0], first));
        let others = self.votes.iter().zip(luck).skip(1);
        earned.extend(others.map(|(vote, luck)| (*vote, luck * CREDITS)));
        earned.extend(self.friends.iter().map(|friend| (*friend, CREDITS)));
        for (vote, credits) in earned.iter().filter(|(_, credits)| *credits > 0) {
            self.pool.cluster.earn_credits(vote, *credits).await;
        }
        self.credits.clear();
        for (vote, _) in earned {
            let history = self.pool.cluster.vote_state(&vote).await.epoch_credits;
            let credits = history.last().map_or(0, |(_, now, before)| now - before);
            self.credits.insert(vote, credits);
        }
    }

    async fn holders_act(&mut self, script: &Epoch) {
        for (number, chosen) in &script.moves {
            let holder = self.holders[*number].0.insecure_clone();
            let lst = self.pool.lst_balance(&holder.pubkey()).await;
            let leaves = match chosen {
                HolderMove::Deposit(lamports) => {
                    let _closed = self.pool.try_deposit(&holder, *lamports).await;
                    None
                }
                HolderMove::Withdraw(wanted) => {
                    let wanted = lst.min(*wanted);
                    let left = self.pool.try_withdraw(&holder, wanted).await;
                    left.is_err().then_some(wanted)
                }
                HolderMove::Request(wanted) => Some(lst.min(*wanted)),
            };
            if let Some(lst) = leaves {
                let ticket = self.pool.request(&holder, lst).await;
                self.holders[*number].1.push(ticket);
            }
        }
    }

    /// Whether a validator has a slot.
    pub async fn has_slot(&mut self, vote: &Pubkey) -> bool {
        let places = self.pool.places().await;
        places.iter().any(|place| place.vote == *vote)
    }

    /// A vote account of the pool, with a slot.
    pub async fn any_vote(&mut self, rng: &mut impl Rng) -> Pubkey {
        let places = self.pool.places().await;
        places[rng.random_range(0..places.len())].vote
    }
}
