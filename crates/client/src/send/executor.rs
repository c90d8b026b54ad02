//! Sends instructions: simulated first, with the limits that the simulation measured, signed,
//! sent, confirmed, and sent again where the blockhash expired.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sluice_math::Lamports;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    delivery::{Delivery, Fate, Flight},
    errand::Errand,
    fees::{Budget, with_budget},
    journal::{Journal, Pending, Told},
    packing::{MAX_BYTES, compile},
    paid::Paid,
    pending::{self, Outlook},
    priority::PriorityFee,
    purse::{LAMPORTS_PER_SIGNATURE, Purse, fee_of},
    simulation::Simulated,
};
use crate::{ClientError, Result};

/// How often a transaction is signed anew because its blockhash expired.
const MAX_COPIES: usize = 5;
/// How often a message is varied because an equal one is in a block already.
const MAX_VARIATIONS: usize = 3;

/// A confirmed transaction. What it did is not known by its simulation, only by
/// [`Confirmed`](super::confirmed::Confirmed).
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its signature.
    pub signature: Signature,
    /// The slot that it is in.
    pub slot: u64,
}

/// Whether a transaction may be signed anew once it seems to have expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// A second one would do nothing or fail: anybody's crank, what takes an address.
    Harmless,
    /// A second one would do it twice: only where several nodes prove that the first one is gone.
    Harmful,
}

/// How transactions are brought to the cluster.
#[derive(Clone, Copy)]
pub struct Landing<'a> {
    /// What sends and asks for statuses, again and again: it need not be patient.
    pub hasty: Option<&'a RpcClient>,
    /// The nodes one by one, to be asked whether a transaction expired.
    pub nodes: &'a [RpcClient],
    /// Where signatures are noted; nowhere in tests.
    pub journal: Option<&'a Journal>,
    /// What is paid to come earlier.
    pub priority_fee: PriorityFee,
    /// How long a transaction is waited for, all its copies together.
    pub patience: Duration,
    /// Once it says so, cranks end before the next transaction. What is under way is waited for.
    pub stop: Option<&'a AtomicBool>,
    /// What counts the fees, and may keep a transaction from being sent.
    pub purse: Option<&'a dyn Purse>,
}

impl Default for Landing<'_> {
    fn default() -> Self {
        Self {
            hasty: None,
            nodes: &[],
            journal: None,
            priority_fee: PriorityFee::DEFAULT,
            patience: DEFAULT_PATIENCE,
            stop: None,
            purse: None,
        }
    }
}

/// A blockhash lives for 60 to 90 seconds, and its last block is final some 15 seconds later.
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(150);

/// Sends transactions for a payer.
#[derive(Clone)]
pub struct Executor<'a> {
    pub(super) rpc: &'a RpcClient,
    pub(super) payer: &'a dyn Signer,
    pub(super) tables: Vec<AddressLookupTableAccount>,
    pub(super) gives_way: bool,
    /// What cranks were paid for, by this executor and all its clones.
    pub(super) paid: Arc<Paid>,
    pub(super) landing: Landing<'a>,
}

impl<'a> Executor<'a> {
    /// Sends through `rpc`, at its commitment; `payer` pays and signs.
    pub fn new(rpc: &'a RpcClient, payer: &'a dyn Signer) -> Self {
        Self {
            rpc,
            payer,
            tables: Vec::new(),
            gives_way: false,
            paid: Arc::default(),
            landing: Landing::default(),
        }
    }

    /// Lands transactions in this way.
    pub fn with_landing(mut self, landing: Landing<'a>) -> Self {
        self.landing = landing;
        self
    }

    /// Counts fees with this purse, which is asked before each transaction is sent.
    pub fn with_purse(mut self, purse: &'a dyn Purse) -> Self {
        self.landing.purse = Some(purse);
        self
    }

    /// Ends cranking as soon as somebody else is seen to crank the same pool: for who comes again soon
    /// anyway. Two who go on side by side pay for each transaction twice.
    pub(super) fn giving_way(mut self) -> Self {
        self.gives_way = true;
        self
    }

    /// Uses these lookup tables where they make a transaction smaller.
    pub fn with_lookup_tables(mut self, tables: Vec<AddressLookupTableAccount>) -> Self {
        self.tables = tables;
        self
    }

    /// Who pays and signs.
    pub fn payer(&self) -> Pubkey {
        self.payer.pubkey()
    }

    /// The lookup tables in use.
    pub fn lookup_tables(&self) -> &[AddressLookupTableAccount] {
        &self.tables
    }

    /// Who is asked what is asked again anyway, or is needed for what is under way.
    pub(super) fn hasty(&self) -> &'a RpcClient {
        self.landing.hasty.unwrap_or(self.rpc)
    }

    /// Whether no more is to be sent.
    pub(super) fn is_stopped(&self) -> bool {
        let stop = self.landing.stop;
        stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Looks up what the journal left undecided and no other run is at work on: what is known of it now.
    /// Nothing without a journal.
    pub fn settle_pending(&self) -> Result<Vec<(Pending, Outlook)>> {
        let Some(journal) = self.landing.journal else {
            return Ok(Vec::new());
        };
        let mut settled = pending::settle(self.rpc, self.landing.nodes, journal)?;
        settled.retain(|(entry, _)| !journal.is_under_way(entry));
        Ok(settled)
    }

    /// What so many transactions with one signature each cost without a priority fee.
    pub fn usual_fees(&self, transactions: usize) -> Lamports {
        fees(transactions, LAMPORTS_PER_SIGNATURE)
    }

    /// What they cost with the highest priority fee that is allowed.
    pub fn most_fees(&self, transactions: usize) -> Lamports {
        let most = self.landing.priority_fee.most_lamports();
        fees(transactions, LAMPORTS_PER_SIGNATURE.saturating_add(most))
    }

    /// Simulates, sets the limits, signs, sends and confirms. The payer signs anyway; `signers`
    /// are the others. Where it expired, it is signed and sent anew if that can do no harm or if it
    /// is proven that the old one cannot arrive any more.
    ///
    /// Fails with [`ClientError::Refused`] where the transaction does,
    /// [`ClientError::NotConfirmed`] where it seems to have expired, and
    /// [`ClientError::PerhapsSent`] where nothing is known when patience ends.
    pub fn send(
        &self,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
        repeat: Repeat,
    ) -> Result<Sent> {
        let simulated = self.simulate(instructions)?;
        self.send_simulated(instructions, signers, repeat, simulated)
    }

    /// The same with what a simulation just before measured.
    pub(super) fn send_simulated(
        &self,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
        repeat: Repeat,
        simulated: Simulated,
    ) -> Result<Sent> {
        let mut budget = Budget::of(instructions, &simulated);
        let written = self.writable(instructions);
        let deadline = Instant::now() + self.landing.patience;
        let (mut before, mut last) = (None, Signature::default());
        for _ in 0..MAX_COPIES {
            let fee = self.landing.priority_fee;
            budget.compute_unit_price =
                fee.price(self.hasty(), &written, budget.most_own_units(), before)?;
            before = Some(budget.compute_unit_price);
            let (transaction, flight) = self.signed(instructions, signers, &budget, deadline)?;
            let signature = signature_of(&transaction);
            match self.land(&transaction, flight)? {
                Fate::Landed { slot } => {
                    return Ok(Sent { signature, slot });
                }
                Fate::Expired { surely } => {
                    last = signature;
                    let may_repeat = surely || repeat == Repeat::Harmless;
                    if !may_repeat || Instant::now() >= deadline {
                        break;
                    }
                }
            }
        }
        Err(ClientError::NotConfirmed { signature: last })
    }

    /// Delivers a signed transaction, noted in the journal. Once its fate is known and told, whoever
    /// tells it strikes it out: [`Journal::strike_out_decided`].
    pub fn land(&self, transaction: &VersionedTransaction, flight: Flight) -> Result<Fate> {
        self.note(transaction, flight)?;
        #[cfg(debug_assertions)]
        super::boundary::reached();
        let fate = self.delivery(transaction, flight).run();
        #[cfg(debug_assertions)]
        super::boundary::reached();
        let signature = signature_of(transaction);
        let never_arrived = matches!(
            fate,
            Ok(Fate::Expired { surely: true }) | Err(ClientError::Rpc(_))
        );
        let is_known = match &fate {
            Ok(Fate::Landed { .. }) => true,
            // One node alone could have made the failure up.
            Err(ClientError::Refused(_)) => self.landing.nodes.len() > 1,
            _ => never_arrived,
        };
        if is_known {
            self.decide(&signature, never_arrived);
        }
        if let (Err(ClientError::Refused(_)), Some(journal)) = (&fate, self.landing.journal) {
            journal.tell(&signature, Told::Failed);
        }
        fate
    }

    /// Notes what is about to be sent, and asks the purse. What it refuses was certainly not sent.
    fn note(&self, transaction: &VersionedTransaction, flight: Flight) -> Result<()> {
        let signature = signature_of(transaction);
        let (message, purse) = (&transaction.message, self.landing.purse);
        if let Some(journal) = self.landing.journal {
            let errand = Errand::of(message, &self.tables);
            let pool = purse.and_then(Purse::pool).map(str::to_owned);
            journal.note(signature, errand, flight.last_valid_height, pool)?;
        }
        let opened = purse.map_or(Ok(()), |purse| purse.open(&signature, fee_of(message)));
        if opened.is_err() {
            self.decide(&signature, true);
        }
        opened
    }

    fn decide(&self, signature: &Signature, never_arrived: bool) {
        if let Some(journal) = self.landing.journal {
            journal.decide(signature);
        }
        if let Some(purse) = self.landing.purse.filter(|_| never_arrived) {
            purse.never_arrived(signature);
        }
    }

    /// Whether the transaction is already in a block. Before it was sent, it cannot be this one's
    /// doing: an equal message of somebody with the same key is.
    fn is_known(&self, transaction: &VersionedTransaction) -> Result<bool> {
        let signature = signature_of(transaction);
        let statuses = self.rpc.get_signature_statuses(&[signature])?.value;
        Ok(statuses.into_iter().next().flatten().is_some())
    }

    fn delivery<'b>(
        &'b self,
        transaction: &'b VersionedTransaction,
        flight: Flight,
    ) -> Delivery<'b> {
        Delivery {
            rpc: self.hasty(),
            nodes: self.landing.nodes,
            transaction,
            flight,
        }
    }

    /// A signed transaction that is its own: of all equal ones that this key may have signed
    /// elsewhere on the same blockhash, none is in a block.
    fn signed(
        &self,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
        budget: &Budget,
        deadline: Instant,
    ) -> Result<(VersionedTransaction, Flight)> {
        let mut last = Signature::default();
        for _ in 0..MAX_VARIATIONS {
            let since = Instant::now();
            let (blockhash, last_valid_height) = self
                .rpc
                .get_latest_blockhash_with_commitment(self.rpc.commitment())?;
            let flight = Flight {
                since,
                last_valid_height: Some(last_valid_height),
                deadline,
            };
            let message = self.message(instructions, &budget.own(), blockhash)?;
            let transaction = self.sign(message, signers)?;
            if !self.is_known(&transaction)? {
                return Ok((transaction, flight));
            }
            last = signature_of(&transaction);
        }
        Err(ClientError::KnownBeforeSent { signature: last })
    }

    /// The message that [`Self::send`] signs.
    pub fn message(
        &self,
        instructions: &[Instruction],
        budget: &Budget,
        blockhash: Hash,
    ) -> Result<VersionedMessage> {
        let instructions = with_budget(instructions, budget);
        let message = compile(&self.payer.pubkey(), &instructions, &self.tables, blockhash)?;
        fitting(message)
    }

    pub(super) fn sign(
        &self,
        message: VersionedMessage,
        signers: &[&dyn Signer],
    ) -> Result<VersionedTransaction> {
        let mut all: Vec<&dyn Signer> = vec![self.payer];
        for signer in signers {
            if all.iter().all(|known| known.pubkey() != signer.pubkey()) {
                all.push(*signer);
            }
        }
        Ok(VersionedTransaction::try_new(message, &all)?)
    }
}

fn fees(transactions: usize, of_each: u64) -> Lamports {
    let transactions = u64::try_from(transactions).unwrap_or(u64::MAX);
    Lamports::new(of_each.saturating_mul(transactions))
}

pub(super) fn signature_of(transaction: &VersionedTransaction) -> Signature {
    transaction.signatures.first().copied().unwrap_or_default()
}

/// The message, if it fits into a transaction with its signatures.
pub(super) fn fitting(message: VersionedMessage) -> Result<VersionedMessage> {
    let signatures = usize::from(message.header().num_required_signatures);
    let bytes = 1 + signatures * size_of::<Signature>() + message.serialize().len();
    if bytes > MAX_BYTES {
        return Err(ClientError::TooLarge {
            bytes,
            accounts: message.static_account_keys().len(),
        });
    }
    Ok(message)
}
