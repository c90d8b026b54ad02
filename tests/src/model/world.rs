//! A cluster, a pool on it, and the model of that pool.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sluice::{
    instructions::PoolParams,
    state::{Parameter, Parameters, PoolConfig, PoolLimits, Ticket, UnstakeBatch},
};
use sluice_client::PoolAddresses;
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction as token, state::Mint};

use super::{
    action::Action,
    conduct::Conduct,
    invariants::Prices,
    now::{Now, Rents},
    pool::{Holder, Model},
    stake::StakeAccount,
};
use crate::{
    cluster::{Cluster, LAMPORTS_PER_SOL},
    indexer::Indexer,
};

/// Users beside the treasury.
const USERS: usize = 4;
/// Vote accounts that can join the pool.
const VALIDATORS: usize = 8;
/// Steps kept for the report of a failure.
const TRACE: usize = 40;

/// What a world went through.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// Steps: transactions, waits, boundaries, interventions.
    pub steps: u64,
    /// How often an action of this name was done and changed something.
    pub effective: BTreeMap<String, u64>,
    /// How often the program refused with this error, as it must.
    pub refused: BTreeMap<String, u64>,
}

impl Statistics {
    /// Adds another world's.
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        for (name, count) in &other.effective {
            *self.effective.entry(name.clone()).or_default() += count;
        }
        for (name, count) in &other.refused {
            *self.refused.entry(name.clone()).or_default() += count;
        }
    }

    /// Delegations and undelegations that moved stake.
    pub fn moves(&self) -> u64 {
        let count = |name: &str| self.effective.get(name).copied().unwrap_or(0);
        count("Delegate") + count("Undelegate")
    }

    /// Counts a step that did something.
    pub(super) fn count_effective(&mut self, action: &Action) {
        let text = format!("{action:?}");
        let name = text.split([' ', '{']).next().unwrap_or_default();
        *self.effective.entry(name.to_string()).or_default() += 1;
    }
}

/// What kind of pool a world has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Character {
    /// Deposits so large that the cluster cannot activate or deactivate them in an epoch.
    pub giant: bool,
    /// Stake accounts lose lamports now and then.
    pub losses: bool,
    /// Strangers interfere.
    pub adversary: bool,
}

/// One world.
pub struct World {
    /// What it is like.
    pub character: Character,
    /// What happened.
    pub statistics: Statistics,
    /// The reference.
    pub model: Model,
    pub(super) cluster: Cluster,
    pub(super) addresses: PoolAddresses,
    pub(super) keypairs: Vec<Keypair>,
    pub(super) token_accounts: Vec<Pubkey>,
    pub(super) curator: Keypair,
    pub(super) validators: Vec<Pubkey>,
    pub(super) rng: StdRng,
    pub(super) ticket_number: u64,
    pub(super) lamports: HashMap<Pubkey, u64>,
    pub(super) prices: Prices,
    pub(super) indexer: Indexer,
    trace: VecDeque<String>,
}

impl World {
    /// A new pool without validators, in an epoch of the seed's choice.
    pub async fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let character = Character {
            giant: rng.random_ratio(1, 8),
            losses: rng.random_ratio(1, 4),
            adversary: rng.random_ratio(3, 4),
        };
        let mut cluster = Cluster::builder().seed(seed).sluice().start().await;
        let epochs = *[1, 2, 3, 4].choose(&mut rng).expect("there are some");
        cluster.next_epochs(epochs).await;

        let (mut validators, mut commissions) = (Vec::new(), Vec::new());
        for index in 0..VALIDATORS {
            let commission_bps = *[0, 100, 500, 1_000].choose(&mut rng).expect("some");
            commissions.push(commission_bps);
            let name = format!("validator {index}");
            validators.push(cluster.create_validator(&name, commission_bps).await);
        }
        let config = random_config(&mut rng);
        let wealth = if character.giant { 400_000 } else { 20_000 };
        let names = (0..USERS).map(|index| format!("user {index}"));
        let mut keypairs = Vec::new();
        for name in names.chain(["treasury".to_string()]) {
            keypairs.push(cluster.funded(&name, wealth * LAMPORTS_PER_SOL).await);
        }
        let curator = cluster.funded("curator", LAMPORTS_PER_SOL).await;
        let mut indexer = Indexer::default();
        let (addresses, token_accounts) =
            create_pool(&mut cluster, config, &keypairs, &curator, &mut indexer).await;

        let holder = Holder {
            lamports: wealth * LAMPORTS_PER_SOL,
            lst: 0,
        };
        let now = moment(&mut cluster).await;
        let rents = rents(&mut cluster).await;
        let mut model = Model::new(now, rents, config, vec![holder; keypairs.len()]);
        model.conduct = Conduct::of(commissions, epochs - 1);
        Self {
            character,
            statistics: Statistics::default(),
            prices: Prices::of_model(&model),
            model,
            cluster,
            addresses,
            keypairs,
            token_accounts,
            curator,
            validators,
            rng,
            ticket_number: 0,
            lamports: HashMap::new(),
            indexer,
            trace: VecDeque::new(),
        }
    }

    /// Does one step and checks everything after it.
    pub async fn step(&mut self, action: Action) -> Result<()> {
        let now = &self.model.now;
        let line = format!("epoch {} slot {}: {action:?}", now.epoch, now.slot);
        self.trace.push_back(line);
        if self.trace.len() > TRACE {
            self.trace.pop_front();
        }
        self.statistics.steps += 1;
        if !action.is_transaction() {
            self.statistics.count_effective(&action);
        }
        let done = match &action {
            Action::Wait { slot } => self.wait(*slot).await,
            Action::NextEpoch { earning } => self.next_epoch(earning).await,
            Action::FinishRewards => self.finish_rewards().await,
            Action::CloseVote { validator } => {
                self.cluster.remove_account(&self.validators[*validator]);
                self.model.closed_votes.insert(*validator);
                Ok(())
            }
            Action::SetCommission {
                validator,
                commission_bps,
            } => {
                self.set_commission(*validator, *commission_bps).await;
                Ok(())
            }
            Action::ForceDeactivate { .. } | Action::Reset { .. } | Action::Slash { .. } => {
                self.intervene(&action).await
            }
            _ => self.transact(&action).await,
        };
        done.with_context(|| format!("in step {}: {action:?}", self.statistics.steps))
    }

    /// The last steps, for a report.
    pub fn trace(&self) -> String {
        let mut lines: Vec<_> = self.trace.iter().cloned().collect();
        lines.push(format!("{:?}", self.character));
        lines.join("\n")
    }

    async fn wait(&mut self, slot: u64) -> Result<()> {
        self.cluster.warp_to_slot(slot).await;
        self.model.now.slot = slot;
        // A warp, unlike a real block, moves the start of the epoch to the time before it.
        let clock = self.cluster.clock().await;
        self.model.now.epoch_start_timestamp = clock.epoch_start_timestamp;
        self.prices = Prices::of_model(&self.model);
        Ok(())
    }

    async fn next_epoch(&mut self, earning: &[usize]) -> Result<()> {
        let (closed, epoch) = (&self.model.closed_votes, self.model.now.epoch);
        for validator in earning
            .iter()
            .filter(|validator| !closed.contains(validator))
        {
            let vote = self.validators[*validator];
            self.cluster.earn_credits(&vote, 1_000).await;
            let voted = &mut self.model.conduct.voted[*validator];
            *voted.entry(epoch).or_default() += 1_000;
        }
        let epoch = self.cluster.next_epoch_in_rewards().await;
        let conduct = &mut self.model.conduct;
        let commissions = conduct.commissions_bps.clone();
        conduct.commissions_at_start.insert(epoch, commissions);
        self.after_boundary().await
    }

    async fn set_commission(&mut self, validator: usize, commission_bps: u16) {
        if self.model.closed_votes.contains(&validator) {
            return;
        }
        let vote = self.validators[validator];
        self.cluster.set_commission(&vote, commission_bps).await;
        self.model.conduct.commissions_bps[validator] = commission_bps;
    }

    async fn finish_rewards(&mut self) -> Result<()> {
        self.cluster.finish_rewards().await;
        self.after_boundary().await
    }

    /// The runtime has moved on: what it did to stake accounts is news to the model.
    async fn after_boundary(&mut self) -> Result<()> {
        self.model.now = moment(&mut self.cluster).await;
        self.prices = Prices::of_model(&self.model);
        for slot in self.model.slots.values_mut() {
            for held in &mut slot.stakes {
                let account = self.cluster.account(&held.address).await;
                let found = StakeAccount::read(&account, &self.addresses.stake_authority)?;
                ensure!(
                    found.lamports >= held.account.lamports,
                    "the runtime took lamports from {}",
                    held.address
                );
                held.account = found;
                self.lamports.insert(held.address, found.lamports);
            }
        }
        Ok(())
    }
}

async fn moment(cluster: &mut Cluster) -> Now {
    let (clock, rewards) = (cluster.clock().await, cluster.epoch_rewards().await);
    Now {
        slot: clock.slot,
        epoch: clock.epoch,
        epoch_start_timestamp: clock.epoch_start_timestamp,
        pays_rewards: rewards.active,
        rewards,
        schedule: Arc::new(cluster.epoch_schedule()),
        history: Arc::new(cluster.stake_history().await),
        minimum_delegation: LAMPORTS_PER_SOL,
    }
}

async fn rents(cluster: &mut Cluster) -> Rents {
    Rents {
        wallet: cluster.rent_exempt_lamports(0).await,
        stake: cluster
            .rent_exempt_lamports(crate::cluster::STAKE_ACCOUNT_BYTES)
            .await,
        batch: cluster.rent_exempt_lamports(UnstakeBatch::SPACE).await,
        ticket: cluster.rent_exempt_lamports(Ticket::SPACE).await,
    }
}

/// The parameters that differ between worlds. The lowest fee comes before the highest.
const VARIED: [Parameter; 12] = [
    Parameter::RewardFeeBps,
    Parameter::DepositFeeBps,
    Parameter::InstantFeeMinBps,
    Parameter::InstantFeeMaxBps,
    Parameter::ReserveTargetBps,
    Parameter::WindowBps,
    Parameter::ToleranceBps,
    Parameter::MovementCapBps,
    Parameter::DripBoundBps,
    Parameter::BreakerBoundBps,
    Parameter::HolderShareBps,
    Parameter::EntryChargeBps,
];

/// Rates anywhere within the program's bounds, often at them.
fn random_config(rng: &mut StdRng) -> PoolConfig {
    let mut values = Parameters::of(&PoolConfig::RECOMMENDED, &PoolLimits::RECOMMENDED);
    for parameter in VARIED {
        let (mut least, most) = parameter.bounds();
        if parameter == Parameter::InstantFeeMaxBps {
            least = values.get(Parameter::InstantFeeMinBps);
        }
        let value = match rng.random_range(0..6) {
            0 => least,
            1 => most,
            2 => rng.random_range(least..=most),
            _ => values.get(parameter).max(least),
        };
        values = values.with(parameter, value);
    }
    let share_caps = [10_000, 10_000, 5_000, 3_000, 1_500, 1];
    let share_cap = *share_caps.choose(rng).expect("some");
    let values = values.with(Parameter::ShareCapBps, share_cap);
    let (config, _) = values.split().expect("values within the bounds");
    config
}

async fn create_pool(
    cluster: &mut Cluster,
    config: PoolConfig,
    keypairs: &[Keypair],
    curator: &Keypair,
    indexer: &mut Indexer,
) -> (PoolAddresses, Vec<Pubkey>) {
    let (mint, authority) = (cluster.keypair("mint"), cluster.keypair("mint authority"));
    let creator = cluster.funded("creator", LAMPORTS_PER_SOL).await;
    let (payer, treasury) = (cluster.payer(), keypairs.last().expect("there is one"));
    let rent = cluster.rent_exempt_lamports(Mint::LEN).await;
    let addresses = PoolAddresses::of_mint(mint.pubkey());
    let create_mint = system::create_account(
        &payer.pubkey(),
        &mint.pubkey(),
        rent,
        Mint::LEN as u64,
        &TOKEN_PROGRAM,
    );
    let (mint_key, authority_key) = (mint.pubkey(), authority.pubkey());
    let initialize = token::initialize_mint2(&TOKEN_PROGRAM, &mint_key, &authority_key, None, 9)
        .expect("a valid instruction");
    let params = PoolParams {
        admin: creator.pubkey(),
        curator: curator.pubkey(),
        guardian: creator.pubkey(),
        treasury: treasury.pubkey(),
        config,
        limits: PoolLimits::NONE,
    };
    let create = addresses.create_pool(creator.pubkey(), authority_key, params);
    let signers = [&mint, &authority, &creator];
    let instructions = [create_mint, initialize, create];
    let sent = cluster.must_send(&instructions, &signers).await;
    indexer.read_logs(&sent.logs);
    let mut token_accounts = Vec::new();
    for keypair in keypairs {
        let owner = keypair.pubkey();
        token_accounts.push(cluster.create_token_account(&mint_key, &owner).await);
    }
    (addresses, token_accounts)
}
