//! A Sluice pool on a [`Cluster`]: verbs for every instruction, and a watcher that checks the
//! pool's invariants after every transaction that goes through it.
//!
//! `deposit()` must succeed or panics with the logs; `try_deposit()` returns what came of it. All
//! verbs do the same.

mod admin;
mod books;
mod conduct;
mod config;
mod cranks;
mod curator;
mod planned;
mod stakes;
mod users;
mod verbs;
mod view;
mod watch;

use std::collections::BTreeMap;

pub use books::{Books, Prices};
pub use config::{Pool, PoolBuilder, Watch};
pub use planned::Turned;
use sluice::{
    instructions::PoolParams,
    state::{PoolConfig, PoolLimits},
};
use sluice_client::PoolAddresses;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction::create_account;
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_token_interface::{instruction::initialize_mint2, state::Mint};
pub use stakes::StakeTaken;
pub use users::TicketAddress;
pub use view::{Known, view};

use crate::cluster::{Cluster, LAMPORTS_PER_SOL, Sending, Sent, TransactionFailure};

/// What creator and curator start with, in lamports.
const STAFF_LAMPORTS: u64 = 1_000 * LAMPORTS_PER_SOL;

impl Pool {
    /// A pool on a new cluster, with the default settings and no validators.
    pub async fn start() -> Self {
        PoolBuilder::default().start().await
    }

    /// Settings of a pool to start on a new cluster.
    pub fn builder() -> PoolBuilder {
        PoolBuilder::default()
    }

    /// Creates a pool on a running cluster. Its keypairs and its mint derive from `name`.
    pub async fn create(
        cluster: Cluster,
        name: &str,
        config: PoolConfig,
        limits: PoolLimits,
    ) -> Self {
        let mut pool = Self::not_created(cluster, name);
        pool.found_with(name, config, limits).await;
        pool
    }

    /// A pool that only has its names, to test its creation: mint and creator do not exist yet.
    pub fn not_created(cluster: Cluster, name: &str) -> Self {
        let mint = cluster.keypair(&format!("{name}'s mint")).pubkey();
        Self {
            cluster,
            watch: Watch::Full,
            name: name.to_string(),
            addresses: PoolAddresses::of_mint(mint),
            told: Vec::new(),
            tickets: BTreeMap::new(),
            oldest_batch: 0,
            requests: 0,
            stakes_taken: 0,
        }
    }

    /// Creates another pool on the same cluster and turns to it: all verbs act on it until
    /// [`Self::turn_to`] turns back.
    pub async fn found(&mut self, name: &str, config: PoolConfig) {
        self.found_with(name, config, PoolLimits::NONE).await;
    }

    async fn found_with(&mut self, name: &str, config: PoolConfig, limits: PoolLimits) {
        self.turn_to(name);
        self.create_mint().await;
        let creator = self.creator();
        self.cluster.fund(&creator.pubkey(), STAFF_LAMPORTS).await;
        let curator = self.curator();
        self.cluster.fund(&curator.pubkey(), STAFF_LAMPORTS).await;
        let treasury = self.treasury().pubkey();
        let minter = self.minter();
        let params = PoolParams {
            limits,
            ..self.params(config)
        };
        let create = self
            .addresses
            .create_pool(creator.pubkey(), minter.pubkey(), params);
        self.must_send(&[create], &[&creator, &minter]).await;
        self.cluster
            .create_token_account(&self.addresses.mint, &treasury)
            .await;
    }

    /// Turns to the pool of this name: from here all verbs act on it.
    pub fn turn_to(&mut self, name: &str) {
        self.name = name.to_string();
        self.addresses = PoolAddresses::of_mint(self.mint_keypair().pubkey());
        self.oldest_batch = 0;
    }

    /// The name of the pool that verbs act on.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Creates the LST mint, whose authority is the minter until the pool exists.
    pub async fn create_mint(&mut self) {
        let (payer, mint) = (self.cluster.payer(), self.mint_keypair());
        let rent = self.cluster.rent_exempt_lamports(Mint::LEN).await;
        let token = spl_token_interface::ID;
        let size = Mint::LEN as u64;
        let initialize = initialize_mint2(&token, &mint.pubkey(), &self.minter().pubkey(), None, 9);
        let instructions = [
            create_account(&payer.pubkey(), &mint.pubkey(), rent, size, &token),
            initialize.expect("the token program's instruction"),
        ];
        self.cluster.must_send(&instructions, &[&mint]).await;
    }

    /// The instruction that creates this pool, with the keys that derive from its name.
    pub fn create_pool_instruction(&self, config: PoolConfig) -> Instruction {
        let (creator, minter) = (self.creator().pubkey(), self.minter().pubkey());
        self.addresses
            .create_pool(creator, minter, self.params(config))
    }

    /// The keys that derive from the pool's name, and these rates.
    pub fn params(&self, config: PoolConfig) -> PoolParams {
        PoolParams {
            admin: self.admin().pubkey(),
            curator: self.curator().pubkey(),
            guardian: self.guardian().pubkey(),
            treasury: self.treasury().pubkey(),
            config,
            limits: PoolLimits::NONE,
        }
    }

    /// Key of the LST mint's account.
    pub fn mint_keypair(&self) -> Keypair {
        self.keypair("mint")
    }

    /// The mint's authority until the pool exists.
    pub fn minter(&self) -> Keypair {
        self.keypair("minter")
    }

    /// Who created the pool and paid for it.
    pub fn creator(&self) -> Keypair {
        self.keypair("creator")
    }

    /// The pool's admin.
    pub fn admin(&self) -> Keypair {
        self.keypair("admin")
    }

    /// The pool's curator, rich enough for many validators.
    pub fn curator(&self) -> Keypair {
        self.keypair("curator")
    }

    /// The pool's guardian.
    pub fn guardian(&self) -> Keypair {
        self.keypair("guardian")
    }

    /// Owner of the token account that fees are paid to.
    pub fn treasury(&self) -> Keypair {
        self.keypair("treasury")
    }

    fn keypair(&self, role: &str) -> Keypair {
        self.cluster.keypair(&format!("{}'s {role}", self.name))
    }

    /// A user with this many lamports and a token account for the pool's LST.
    pub async fn user(&mut self, name: &str, lamports: u64) -> Keypair {
        let user = self.cluster.funded(name, lamports).await;
        let mint = self.addresses.mint;
        self.cluster
            .create_token_account(&mint, &user.pubkey())
            .await;
        user
    }

    /// The token account of an owner for the pool's LST.
    pub fn lst_account(&self, owner: &Pubkey) -> Pubkey {
        get_associated_token_address(owner, &self.addresses.mint)
    }

    /// LST in the token account of an owner.
    pub async fn lst_balance(&mut self, owner: &Pubkey) -> u64 {
        let account = self.lst_account(owner);
        self.cluster.token_balance(&account).await
    }

    /// Sends instructions of any programs in one transaction, under the watcher's eyes.
    pub async fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Sent, TransactionFailure> {
        self.send_as(instructions, signers, &Sending::default())
            .await
    }

    /// Sends what must succeed under the watcher's eyes, or panics with the logs.
    #[track_caller]
    pub fn must_send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> impl Future<Output = Sent> {
        let caller = std::panic::Location::caller();
        async move { verbs::accepted(self.send(instructions, signers).await, caller) }
    }
}
