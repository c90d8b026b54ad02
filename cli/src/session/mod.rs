//! A connection to a cluster, with whoever acts.

mod journal;

use std::{
    cell::{OnceCell, RefCell},
    path::PathBuf,
    time::Duration,
};

use anyhow::Result;
use sluice_client::{
    ClientError, Cluster, Executor, Journal, Landing, Multisig, Nodes, Outlook, Pace, Pending,
    PoolAddresses, PoolSnapshot, SlotTime, Vault, require_recipient, resolve_pool_by,
    send::slots::wait_beyond, words::amounts::sol,
};
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use spl_associated_token_account_interface::address::get_associated_token_address;

use crate::{
    args::{AllowProgramOwned, OutputFormat, SendMode},
    config::{Settings, cluster_name, is_mainnet},
    failure::misuse,
    local_book::LocalBook,
    output::announce,
    progress::Progress,
};

/// How long a question is tried that is asked again anyway, and how long all together that are only
/// good to know.
const HASTE: Duration = Duration::from_secs(3);

/// A cluster, and what the configuration says about who acts on which pool.
pub struct Session {
    /// The cluster: any of its nodes.
    pub rpc: RpcClient,
    /// The same for what is only good to know after a confirmation: it gives up soon.
    pub afterwards: RpcClient,
    /// The same for what is asked again anyway, while a transaction is on its way.
    hasty: RpcClient,
    /// The nodes.
    pub nodes: Nodes,
    settings: Settings,
    journal: OnceCell<Journal>,
    /// What earlier commands left, as this one has seen it last.
    left_behind: RefCell<Vec<(Pending, Outlook)>>,
    genesis: OnceCell<Hash>,
    pace: OnceCell<Option<Pace>>,
}

/// Who signs.
pub struct Actor {
    /// Owner of SOL, tokens and tickets, or who has a role in a pool. An absent signer, known by
    /// its address, where nothing is sent.
    pub signer: Box<dyn Signer>,
    /// Whoever pays the fees, where that is somebody else.
    pub fee_payer: Option<Box<dyn Signer>>,
}

impl Session {
    /// A connection to the configured cluster. On mainnet it says so, and where everybody on the
    /// way could change what is said.
    ///
    /// Fails where another cluster answers than the one that was named.
    pub fn open(settings: Settings) -> Result<Self> {
        let session = Self::connect(settings)?;
        for node in session.nodes.open_to_others() {
            announce(format_args!(
                "{node} is not encrypted: everybody on the way to it can read and change what it \
                 answers. Use https://."
            ));
        }
        let genesis = session.genesis_hash()?;
        session.settings.require_cluster(genesis)?;
        if is_mainnet(genesis) {
            announce("This is mainnet-beta: everything here is real money.");
        }
        Ok(session)
    }

    /// A connection to the configured cluster.
    pub fn connect(settings: Settings) -> Result<Self> {
        let nodes = Nodes::with_manners(settings.urls()?, settings.manners())?;
        Ok(Self {
            rpc: nodes.client(),
            afterwards: nodes.fleeting_client(HASTE),
            hasty: nodes.hasty_client(HASTE),
            nodes,
            settings,
            journal: OnceCell::new(),
            left_behind: RefCell::default(),
            genesis: OnceCell::new(),
            pace: OnceCell::new(),
        })
    }

    /// Says which nodes are not used any more, and why.
    pub fn tell_set_aside(&self) {
        for fault in self.nodes.set_aside() {
            announce(fault);
        }
    }

    /// The addresses of the configured pool.
    pub fn pool(&self) -> Result<PoolAddresses> {
        let address = self.settings.pool.ok_or_else(|| {
            misuse(
                "no pool is chosen: pass --pool ADDRESS or set SLUICE_POOL (`sluice pool list` \
                 shows all)",
            )
        })?;
        self.pool_at(&address)
    }

    /// The addresses of a pool, by its own or its mint's. Each node is asked before it is believed
    /// that there is none.
    pub fn pool_at(&self, address: &Pubkey) -> Result<PoolAddresses> {
        Ok(resolve_pool_by(&self.rpc, self.nodes.each(), address)?)
    }

    /// The addresses of the configured pool, and where none is, those of `named`.
    pub fn pool_or(&self, named: Option<Pubkey>) -> Result<PoolAddresses> {
        match (self.settings.pool, named) {
            (None, Some(named)) => self.pool_at(&named),
            _ => self.pool(),
        }
    }

    /// The addresses of the configured pool, if one is.
    pub fn pool_if_chosen(&self) -> Result<Option<PoolAddresses>> {
        self.settings.pool.map(|_| self.pool()).transpose()
    }

    /// The pool now: enough for prices, quotes and tickets.
    pub fn snapshot(&self) -> Result<PoolSnapshot> {
        Ok(PoolSnapshot::load(&self.rpc, &self.pool()?)?)
    }

    /// The pool after something was confirmed, if a node says soon how it is.
    pub fn snapshot_afterwards(&self, pool: &PoolAddresses) -> Result<PoolSnapshot> {
        Ok(PoolSnapshot::load(&self.afterwards, pool)?)
    }

    /// The pool now with the vote accounts of all its validators: enough to explain its last epoch.
    pub fn snapshot_with_votes(&self) -> Result<PoolSnapshot> {
        Ok(PoolSnapshot::with_votes(&self.rpc, &self.pool()?)?)
    }

    /// The pool now with the stake and vote accounts of all its validators: enough for plans.
    pub fn snapshot_with_stakes(&self) -> Result<PoolSnapshot> {
        let _progress = Progress::spinner("reading the pool's stake");
        let snapshot = PoolSnapshot::with_stakes(&self.rpc, &self.pool()?)?;
        note_of_minimum(&snapshot.cluster);
        Ok(snapshot)
    }

    /// Whoever acts.
    pub fn actor(&self) -> Result<Actor> {
        if let Some(vault) = self.vault() {
            // A wrong address is told before anything that follows from it.
            Multisig::load(&self.rpc, vault.multisig)?;
        }
        self.settings.actor()
    }

    /// The keypair and the fee payer, also where the vault of a multisig acts.
    pub fn keys(&self) -> Result<Actor> {
        self.settings.keys()
    }

    /// Fails where an option is given that says what becomes of a command's transactions, for
    /// `command`, which makes none.
    pub fn makes_no_transaction(&self, command: &str) -> Result<()> {
        self.settings.makes_no_transaction(command)
    }

    /// The vault of a multisig that acts, if one does.
    pub fn vault(&self) -> Option<Vault> {
        self.settings.vault()
    }

    /// Who is given something of the pool: `recipient`, unless it would be lost there, or the
    /// actor, who signs and so needs no key.
    pub fn recipient_or_own(
        &self,
        pool: &PoolAddresses,
        recipient: Option<Pubkey>,
        program_owned: AllowProgramOwned,
        actor: &Actor,
    ) -> Result<Pubkey> {
        let own = actor.address();
        let Some(recipient) = recipient.filter(|recipient| *recipient != own) else {
            return Ok(own);
        };
        // It may not be there yet, and then looks like a wallet.
        if recipient == get_associated_token_address(&own, &pool.mint) {
            return Err(ClientError::NobodysAddress {
                address: recipient,
                what: "a token account",
                owner: Some(own),
            }
            .into());
        }
        require_recipient(&self.rpc, pool, &recipient, program_owned.program_owned())?;
        Ok(recipient)
    }

    /// Whether whoever typed the command agrees to what it would ask.
    pub fn agrees_to_all(&self) -> bool {
        self.settings.yes
    }

    /// Whether what an earlier command may have done is to be done once more.
    pub fn is_repeat_meant(&self) -> bool {
        self.settings.repeat()
    }

    /// Whether the result is for a program.
    pub fn is_for_programs(&self) -> bool {
        self.settings.output == OutputFormat::Json
    }

    /// The durable nonce of dumped messages.
    pub fn nonce(&self) -> Option<Pubkey> {
        self.settings.nonce()
    }

    /// The local book of this cluster.
    pub fn book(&self) -> Result<LocalBook> {
        LocalBook::open(self.settings.book()?, self.genesis()?)
    }

    /// The same, by which nobody else on this machine chooses a ticket's number meanwhile.
    pub fn book_alone(&self) -> Result<LocalBook> {
        LocalBook::open_alone(self.settings.book()?, self.genesis()?)
    }

    /// The local book of the lookup tables of this cluster, beside that of the tickets.
    pub fn table_book(&self) -> Result<LocalBook> {
        let tables = self.settings.book()?.with_file_name("tables");
        LocalBook::open(tables, self.genesis()?)
    }

    /// What brings transactions to the cluster, paid by `payer`.
    pub fn executor<'a>(&'a self, payer: &'a dyn Signer) -> Result<Executor<'a>> {
        Ok(Executor::new(&self.rpc, payer).with_landing(Landing {
            hasty: Some(&self.hasty),
            nodes: self.nodes.each(),
            journal: Some(self.journal()?),
            priority_fee: self.settings.priority_fee(),
            patience: self.settings.patience(),
            stop: None,
            purse: None,
        }))
    }

    /// How long a transaction is waited for.
    pub fn patience(&self) -> Duration {
        self.settings.patience()
    }

    /// A file beside the journal, for what was read of this cluster.
    pub fn state_file(&self, name: &str) -> Result<PathBuf> {
        let genesis = self.genesis()?;
        let name = format!("{name}-{genesis}");
        Ok(self.settings.journal()?.with_file_name(name))
    }

    /// What the cluster is called: as its first block says, and not as the node was.
    pub fn cluster_name(&self) -> Result<String> {
        Ok(cluster_name(self.genesis_hash()?))
    }

    fn genesis(&self) -> Result<String> {
        Ok(self.genesis_hash()?.to_string())
    }

    /// The hash of the cluster's first block.
    pub fn genesis_hash(&self) -> Result<&Hash> {
        if let Some(genesis) = self.genesis.get() {
            return Ok(genesis);
        }
        let genesis = self.rpc.get_genesis_hash().map_err(ClientError::from)?;
        Ok(self.genesis.get_or_init(|| genesis))
    }

    /// Waits until a slot has passed, so that what it made can be used.
    pub fn wait_beyond(&self, slot: u64) -> Result<()> {
        Ok(wait_beyond(&self.rpc, slot)?)
    }

    /// How long a slot takes, where slots pass.
    pub fn slot_time(&self) -> Result<Option<SlotTime>> {
        Ok(self.pace()?.map(|pace| pace.usual))
    }

    /// The same with how it varies. It is measured once: a node without samples is watched for
    /// seconds.
    pub fn pace(&self) -> Result<Option<Pace>> {
        if let Some(measured) = self.pace.get() {
            return Ok(*measured);
        }
        let measured = Pace::measure(&self.rpc)?;
        Ok(*self.pace.get_or_init(|| measured))
    }

    /// What to do with transactions.
    pub fn send_mode(&self) -> SendMode {
        self.settings.send
    }

    /// `will`, or `would` where nothing is sent, or others decide: the word for what comes, in all that
    /// is told before it is done.
    pub fn will(&self) -> &'static str {
        match self.settings.send {
            SendMode::Send => "will",
            SendMode::Simulate | SendMode::Dump | SendMode::Propose => "would",
        }
    }

    /// The address of whoever pays the fees, for commands that only read.
    pub fn payer_address(&self) -> Result<Pubkey> {
        self.settings.payer_address()
    }

    /// `address`, or the keypair's if there is none.
    pub fn address_or_own(&self, address: Option<Pubkey>) -> Result<Pubkey> {
        match address {
            Some(address) => Ok(address),
            None => self.settings.address(),
        }
    }
}

/// Says it where the minimum delegation is only what it usually is.
pub fn note_of_minimum(cluster: &Cluster) {
    if cluster.minimum_is_assumed {
        announce(format_args!(
            "The node does not say what a stake account must hold at least: {} are assumed, as on mainnet.",
            sol(cluster.minimum_delegation.get())
        ));
    }
}

impl Actor {
    /// The signer's address.
    pub fn address(&self) -> Pubkey {
        self.signer.pubkey()
    }

    /// The address of whoever pays the fees.
    pub fn payer_address(&self) -> Pubkey {
        self.payer().pubkey()
    }

    /// Signatures of a transaction that the signer must sign, and whoever pays its fee.
    pub fn signatures(&self) -> usize {
        1 + usize::from(self.address() != self.payer_address())
    }

    /// Whoever pays the fees.
    pub fn payer(&self) -> &dyn Signer {
        self.fee_payer.as_deref().unwrap_or(&*self.signer)
    }
}
