//! A cluster, a pool on it, and the life of the model of that pool.

use std::{
    collections::HashMap,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use sluice::{
    instructions::PoolParams,
    state::{PoolConfig, PoolLimits, Ticket, UnstakeBatch},
};
use sluice_client::PoolAddresses;
use sluice_model::{
    Action, Life, Model,
    conduct::Conduct,
    invariants::Prices,
    life::{Founding, USERS},
    now::{Now, Rents},
    pool::Holder,
    stake::StakeAccount,
};
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction as token, state::Mint};

use super::places::Places;
use crate::{
    cluster::{Cluster, LAMPORTS_PER_SOL},
    indexer::Indexer,
};

/// One world: a life that a cluster lives, too.
pub struct World {
    /// What is expected of the cluster.
    pub life: Life,
    pub(super) cluster: Cluster,
    pub(super) addresses: PoolAddresses,
    pub(super) keypairs: Vec<Keypair>,
    pub(super) token_accounts: Vec<Pubkey>,
    pub(super) curator: Keypair,
    pub(super) validators: Vec<Pubkey>,
    pub(super) lamports: HashMap<Pubkey, u64>,
    pub(super) indexer: Indexer,
    /// The validator of all other stake, where a script says what epochs pay.
    pub(super) elsewhere: Option<Pubkey>,
}

/// A world is a life, and more.
impl Deref for World {
    type Target = Life;

    fn deref(&self) -> &Life {
        &self.life
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Life {
        &mut self.life
    }
}

impl World {
    /// A new pool without validators, in an epoch of the seed's choice.
    pub async fn new(seed: u64) -> Self {
        let builder = Cluster::builder().seed(seed).sluice();
        let founding = Founding::of_seed(seed);
        let wealth = vec![founding.wealth_lamports(); USERS + 1];
        Self::found(builder.start().await, founding, &wealth).await
    }

    /// A new pool on a new cluster, with so many lamports in the wallets of users, of whom the last
    /// is the treasury.
    pub async fn found(mut cluster: Cluster, founding: Founding, wealth_lamports: &[u64]) -> Self {
        let (epochs, config) = (founding.epochs, founding.config);
        cluster.next_epochs(epochs).await;
        let mut validators = Vec::new();
        for (index, commission_bps) in founding.commissions_bps.iter().enumerate() {
            let name = format!("validator {index}");
            validators.push(cluster.create_validator(&name, *commission_bps).await);
        }
        let users = wealth_lamports.len() - 1;
        let names = (0..users).map(|index| format!("user {index}"));
        let mut keypairs = Vec::new();
        for (name, lamports) in names.chain(["treasury".to_string()]).zip(wealth_lamports) {
            keypairs.push(cluster.funded(&name, *lamports).await);
        }
        let curator = cluster.funded("curator", LAMPORTS_PER_SOL).await;
        let mut indexer = Indexer::default();
        let (addresses, token_accounts) =
            create_pool(&mut cluster, config, &keypairs, &curator, &mut indexer).await;

        let holder = |lamports: &u64| Holder {
            lamports: *lamports,
            lst: 0,
        };
        let now = moment(&mut cluster).await;
        let rents = rents(&mut cluster).await;
        let holders = wealth_lamports.iter().map(holder).collect();
        let mut model = Model::new(now, rents, config, holders);
        model.conduct = Conduct::of(founding.commissions_bps.clone(), epochs - 1);
        let places = Places {
            pool: addresses,
            users: keypairs.iter().map(Signer::pubkey).collect(),
            votes: validators.clone(),
        };
        Self {
            life: Life::new(model, founding, validators.len(), Box::new(places)),
            cluster,
            addresses,
            keypairs,
            token_accounts,
            curator,
            validators,
            lamports: HashMap::new(),
            indexer,
            elsewhere: None,
        }
    }

    /// Does one step and checks everything after it.
    pub async fn step(&mut self, action: Action) -> Result<()> {
        self.note(&action);
        let done = match &action {
            Action::Wait { slot } => self.wait(*slot).await,
            Action::NextEpoch { earning } => self.next_epoch(earning).await,
            Action::FinishRewards => self.finish_rewards().await,
            Action::CloseVote { validator } => {
                self.cluster
                    .remove_account(&self.validators[*validator])
                    .await;
                self.life.model.closed_votes.insert(*validator);
                Ok(())
            }
            Action::Vote { validator, credits } => {
                self.vote(*validator, *credits).await;
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

    async fn wait(&mut self, slot: u64) -> Result<()> {
        self.cluster.warp_to_slot(slot).await;
        self.life.model.now.slot = slot;
        // A warp, unlike a real block, moves the start of the epoch to the time before it.
        let clock = self.cluster.clock().await;
        self.life.model.now.epoch_start_timestamp = clock.epoch_start_timestamp;
        self.life.prices = Prices::of_model(&self.life.model);
        Ok(())
    }

    async fn next_epoch(&mut self, earning: &[usize]) -> Result<()> {
        for validator in earning {
            self.vote(*validator, 1_000).await;
        }
        if let Some(elsewhere) = self.elsewhere {
            return self.begin_scripted_epoch(elsewhere).await;
        }
        let epoch = self.cluster.next_epoch_in_rewards().await;
        let conduct = &mut self.life.model.conduct;
        let commissions = conduct.commissions_bps.clone();
        conduct.commissions_at_start.insert(epoch, commissions);
        self.after_boundary().await?;
        self.life.model.note_unstaked();
        Ok(())
    }

    async fn vote(&mut self, validator: usize, credits: u64) {
        if !self.life.model.closed_votes.contains(&validator) {
            let vote = self.validators[validator];
            self.cluster.earn_credits(&vote, credits).await;
            self.life.model.votes(validator, credits);
        }
    }

    async fn set_commission(&mut self, validator: usize, commission_bps: u16) {
        if self.life.model.closed_votes.contains(&validator) {
            return;
        }
        let vote = self.validators[validator];
        self.cluster.set_commission(&vote, commission_bps).await;
        self.life.model.conduct.commissions_bps[validator] = commission_bps;
    }

    async fn finish_rewards(&mut self) -> Result<()> {
        if self.elsewhere.is_some() {
            return self.finish_scripted_rewards().await;
        }
        self.cluster.finish_rewards().await;
        self.after_boundary().await
    }

    /// The runtime has moved on: what it did to stake accounts is news to the model.
    async fn after_boundary(&mut self) -> Result<()> {
        self.life.model.now = moment(&mut self.cluster).await;
        self.life.prices = Prices::of_model(&self.life.model);
        for slot in self.life.model.slots.values_mut() {
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
