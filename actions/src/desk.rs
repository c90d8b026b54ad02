//! The pool as the service sees it, and what all transactions have in common.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use sluice::{SluiceError, error::refuse};
use sluice_client::{
    ClientError, Executor, Landing, Nodes, Pace, PoolAddresses, PoolSnapshot, PriorityFee,
    ProgramOwned, Tolerance, require_recipient, resolve_pool_by,
    send::{
        cluster::named::{chain_id, require_cluster},
        unsigned::Pricing,
    },
};
use sluice_math::Lamports;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::null_signer::NullSigner;

use crate::{args::Arguments, refusal::Refusal, spec::TransactionResponse};

/// How long a look at the pool is shown. Transactions are never made of it.
const LOOK_LASTS: Duration = Duration::from_secs(2);

/// A pool, and how transactions for it are made.
pub struct Desk {
    /// The nodes of its cluster.
    pub rpc: RpcClient,
    /// Where the pool's accounts are.
    pub pool: PoolAddresses,
    /// How far a result may fall below its quote.
    pub tolerance: Tolerance,
    /// The amounts that have a button.
    pub presets: Vec<Lamports>,
    /// The id of the cluster among all chains.
    pub chain_id: String,
    priority_fee: PriorityFee,
    pace: Option<Pace>,
    urls: Vec<String>,
    pinned: Option<Hash>,
    public_url: String,
    looked: Mutex<Option<(Instant, PoolSnapshot)>>,
    // After everything that asks them.
    _nodes: Nodes,
}

/// A wallet that wants a transaction.
#[derive(Clone, Copy, Debug)]
pub struct Wallet(pub Pubkey);

/// The pool at a price that holds when the transaction executes.
pub struct Priced {
    /// The pool.
    pub snapshot: PoolSnapshot,
    /// What comes first, where nobody has priced it in this epoch.
    pub before: Vec<Instruction>,
}

impl Desk {
    /// Asks which cluster it is, and for the pool.
    ///
    /// # Errors
    ///
    /// Where no node answers, and where it is another cluster or no pool.
    pub fn open(arguments: &Arguments, public_url: String) -> Result<Self> {
        let urls = arguments.node_urls();
        let nodes = Nodes::with_manners(&urls, arguments.manners())?;
        let rpc = nodes.hasty_client(arguments.timeout());
        let genesis = rpc.get_genesis_hash().map_err(ClientError::from)?;
        require_cluster(&urls, arguments.genesis.as_ref(), &genesis)?;
        let pool = resolve_pool_by(&rpc, nodes.each(), &arguments.pool)?;
        PoolSnapshot::load(&rpc, &pool).context("the pool cannot be read")?;
        Ok(Self {
            pace: Pace::measure(&rpc)?,
            rpc,
            pool,
            tolerance: arguments.tolerance(),
            presets: arguments.presets.clone(),
            chain_id: chain_id(&genesis),
            priority_fee: arguments.priority_fee(),
            urls,
            // What answered first is what everything after it must be of.
            pinned: Some(genesis),
            public_url,
            looked: Mutex::default(),
            _nodes: nodes,
        })
    }

    /// The URL of a path of this service.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// The pool as it was a moment ago, for what is only shown. Of many who look at the same time, one
    /// asks the nodes.
    ///
    /// # Errors
    ///
    /// Where the pool cannot be read.
    pub fn look(&self) -> Result<PoolSnapshot, Refusal> {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        match &*looked {
            Some((when, snapshot)) if when.elapsed() < LOOK_LASTS => Ok(snapshot.clone()),
            _ => {
                let snapshot = self.read()?;
                *looked = Some((Instant::now(), snapshot.clone()));
                Ok(snapshot)
            }
        }
    }

    /// The pool now.
    ///
    /// # Errors
    ///
    /// Where the pool cannot be read.
    pub fn read(&self) -> Result<PoolSnapshot, Refusal> {
        Ok(PoolSnapshot::load(&self.rpc, &self.pool)?)
    }

    /// Seconds until a slot, where slots pass.
    pub fn seconds_until(&self, slot: u64, snapshot: &PoolSnapshot) -> Option<u64> {
        let slots = slot.saturating_sub(snapshot.cluster.clock.slot);
        let pace = self.pace.map(|pace| snapshot.pace_of_epochs(pace))?;
        Some(pace.usual.times(slots).as_secs())
    }

    /// The wallet that is called so, if it can sign and be paid.
    ///
    /// # Errors
    ///
    /// Where it is no address, or no wallet, and where the node is of another cluster than it was.
    pub fn wallet(&self, account: &str) -> Result<Wallet, Refusal> {
        let Ok(address) = account.parse() else {
            return Err(Refusal::bad("The account is no address of a wallet"));
        };
        let genesis = self.rpc.get_genesis_hash().map_err(ClientError::from)?;
        require_cluster(&self.urls, self.pinned.as_ref(), &genesis).map_err(Refusal::of_node)?;
        require_recipient(&self.rpc, &self.pool, &address, ProgramOwned::Refused)?;
        Ok(Wallet(address))
    }

    /// The pool at its price of now. Where nobody has priced it in this epoch, the transaction does, if it
    /// has room for that.
    ///
    /// # Errors
    ///
    /// Where there is no room, or no price can be had now.
    pub fn priced(&self, wallet: Wallet) -> Result<Priced, Refusal> {
        let snapshot = self.read()?;
        if snapshot.needs_migration() {
            return Err(ClientError::from(refuse(SluiceError::MigrationNeeded)).into());
        }
        if snapshot.is_fresh() {
            let before = Vec::new();
            return Ok(Priced { snapshot, before });
        }
        let snapshot = PoolSnapshot::with_stakes(&self.rpc, &self.pool)?;
        let payer = NullSigner::new(&wallet.0);
        let pricing = self.executor(&payer).pricing(&snapshot)?;
        let Pricing {
            instructions: before,
            snapshot,
        } = pricing.ok_or_else(stale)?;
        Ok(Priced { snapshot, before })
    }

    /// A transaction that the wallet alone signs and pays, simulated, with words that `say` makes of its
    /// fee. `before` is what prices the pool.
    ///
    /// # Errors
    ///
    /// Where it would fail now, or does not fit.
    pub fn prepare(
        &self,
        wallet: Wallet,
        before: Vec<Instruction>,
        instructions: Vec<Instruction>,
        say: impl FnOnce(Lamports) -> String,
    ) -> Result<TransactionResponse, Refusal> {
        let payer = NullSigner::new(&wallet.0);
        let prices = !before.is_empty();
        let all = [before, instructions].concat();
        let unsigned = match self.executor(&payer).unsigned(&all) {
            Err(ClientError::TooLarge { .. }) if prices => return Err(stale()),
            unsigned => unsigned?,
        };
        if unsigned.transaction.signatures.len() != 1 {
            let why = "another signature than the wallet's is needed";
            return Err(Refusal::internal(why));
        }
        let bytes = bincode::serialize(&unsigned.transaction).map_err(Refusal::internal)?;
        let transaction = BASE64_STANDARD.encode(bytes);
        Ok(TransactionResponse::new(transaction, say(unsigned.fee)))
    }

    fn executor<'a>(&'a self, payer: &'a NullSigner) -> Executor<'a> {
        Executor::new(&self.rpc, payer).with_landing(Landing {
            priority_fee: self.priority_fee,
            ..Landing::default()
        })
    }
}

impl Priced {
    /// What is said of the work for the pool that comes first, where there is some.
    pub fn words(&self) -> String {
        let epoch = self.snapshot.cluster.clock.epoch;
        match self.before.is_empty() {
            true => String::new(),
            false => format!(" Nobody has priced the pool for epoch {epoch} yet: this does, too."),
        }
    }
}

/// Nobody has priced the pool in this epoch.
fn stale() -> Refusal {
    ClientError::from(refuse(SluiceError::PoolStale)).into()
}
