//! Everything that can go wrong, in sentences that say what to do next.

use std::path::PathBuf;

use sluice_math::{Lamports, MathError};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::client_error::Error as RpcClientError;
use solana_signature::Signature;
use solana_signer::SignerError;
use thiserror::Error;

use super::{
    amounts::sol,
    explain::{self, Explanation, Refusal},
    next::{Advice, Next},
};
use crate::{
    plan::program::LoaderError,
    pool::{holding::HoldingError, rent, token_metadata::NameError},
};

/// An answer, or why there is none.
pub type Result<T> = std::result::Result<T, ClientError>;

/// Why something could not be read, computed or sent.
#[derive(Debug, Error)]
#[cfg_attr(test, derive(strum::EnumCount))]
pub enum ClientError {
    /// No account where one must be.
    #[error(
        "There is no {expected} at {address} on this cluster. Check the address and the cluster's URL"
    )]
    Missing {
        /// Where.
        address: Pubkey,
        /// What should be there.
        expected: &'static str,
    },
    /// An account of another program.
    #[error("{address} is not a {expected}: it belongs to the program {owner}. Check the address")]
    ForeignOwner {
        /// Where.
        address: Pubkey,
        /// What should be there.
        expected: &'static str,
        /// Who owns it.
        owner: Pubkey,
    },
    /// An account of the program, but of another kind.
    #[error("{address} belongs to Sluice, but is not a {expected}. Check the address")]
    WrongKind {
        /// Where.
        address: Pubkey,
        /// What should be there.
        expected: &'static str,
    },
    /// An account of another size than this client knows.
    #[error(
        "The {expected} at {address} has {bytes} bytes instead of {expected_bytes}. This client does not fit the deployed program: update it"
    )]
    WrongSize {
        /// Where.
        address: Pubkey,
        /// What it is.
        expected: &'static str,
        /// How many bytes it has.
        bytes: usize,
        /// How many it should have.
        expected_bytes: usize,
    },
    /// A layout version that this client does not know.
    #[error(
        "The {expected} at {address} has layout version {version}, which this client does not know: update it"
    )]
    UnknownVersion {
        /// Where.
        address: Pubkey,
        /// What it is.
        expected: &'static str,
        /// Its version.
        version: u8,
    },
    /// An account of the cluster or of another program that cannot be read.
    #[error("The {expected} at {address} cannot be read. Check that the node serves this cluster")]
    Unreadable {
        /// Where.
        address: Pubkey,
        /// What should be there.
        expected: &'static str,
    },
    /// More rent than any cluster is known to ask for.
    #[error(
        "The node asks for more than twice the rent that is known, {} lamports per byte. Rent does not always come back, so nothing was sent: use another node, or update this client",
        rent::KNOWN_LAMPORTS_PER_BYTE
    )]
    ImplausibleRent,
    /// A pool's account at an address where it cannot be: its mint belongs to another pool.
    #[error(
        "The node answers with another pool when asked for {asked}: with {answered}. Nothing it says about pools can be trusted: use another node"
    )]
    AnotherPool {
        /// The pool or the mint that was asked for.
        asked: Pubkey,
        /// The pool that was answered.
        answered: Pubkey,
    },
    /// Nobody can sign for this address, so what is sent there is lost.
    #[error(
        "{address} is {what}, for which nobody can sign: what it receives would be lost. {}",
        explain::rather(.owner)
    )]
    NobodysAddress {
        /// The address.
        address: Pubkey,
        /// What is there.
        what: &'static str,
        /// Who owns what is in it, and was probably meant.
        owner: Option<Pubkey>,
    },
    /// Only a program can move what is sent to this address.
    #[error("{}", explain::of_a_program(.address, .program))]
    ProgramsAddress {
        /// The address.
        address: Pubkey,
        /// The program.
        program: Pubkey,
    },
    /// No key can sign for this address, only a program, if there is one that does.
    #[error("{}", explain::keyless(.address))]
    KeylessAddress {
        /// The address.
        address: Pubkey,
    },
    /// Every number of this epoch is used.
    #[error(
        "{requester} has used every ticket number of this epoch. Choose a number of another epoch, or wait for the next one"
    )]
    NoTicketNumber {
        /// Who requests.
        requester: Pubkey,
    },
    /// Every address that a stake account on its way could have is in use, as the node says.
    #[error(
        "The node says that all {tried} addresses are in use that {owner} could take for new stake accounts. That cannot be: use another node"
    )]
    NoStakeAddress {
        /// Whose stake accounts.
        owner: Pubkey,
        /// Addresses that were looked up.
        tried: usize,
    },
    /// A lookup table is not as the transactions left it that were confirmed just before.
    #[error(
        "The node does not show the lookup table {table} as it was just made and filled. No other one is made: try again in a minute, or use another node"
    )]
    TableNotShown {
        /// Where.
        table: Pubkey,
    },
    /// No block comes after one that is confirmed.
    #[error(
        "The node has known of no slot after {slot} for {seconds} seconds. Try again, or use another node"
    )]
    SlotStands {
        /// The slot.
        slot: u64,
        /// How long it was watched.
        seconds: u64,
    },
    /// The accounts kept changing while they were read.
    #[error(
        "The pool changed {attempts} times while it was read. Try again, or use a node that is less busy"
    )]
    Inconsistent {
        /// How often it was tried.
        attempts: usize,
    },
    /// A rule of the program that would refuse the instruction.
    #[error("{0}")]
    Rule(Explanation),
    /// A transaction that failed, in simulation or on the cluster.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// One instruction alone is too large for a transaction.
    #[error(
        "The instruction does not fit into a transaction ({bytes} bytes, {accounts} accounts). Create the pool's lookup tables first"
    )]
    TooLarge {
        /// Bytes of the transaction with it.
        bytes: usize,
        /// Accounts of the transaction with it.
        accounts: usize,
    },
    /// Sent, and in no block although its blockhash seems to have expired.
    #[error("{}", explain::landing::not_confirmed(.signature))]
    NotConfirmed {
        /// Its signature.
        signature: Signature,
    },
    /// Sent, or perhaps sent, and nothing is known of it.
    #[error("{}", explain::landing::perhaps_sent(.signature))]
    PerhapsSent {
        /// Its signature.
        signature: Signature,
    },
    /// The node that was given it says that it did not take it.
    #[error("{}", explain::landing::not_taken(.signature, .cause))]
    NotTaken {
        /// Its signature.
        signature: Signature,
        /// What the node said.
        cause: Box<RpcClientError>,
    },
    /// A node says that a transaction is in a block which was not sent yet.
    #[error(
        "The node says that {signature} is in a block, but it was never sent. Nothing was sent: use another node"
    )]
    KnownBeforeSent {
        /// The signature of the last of several such transactions.
        signature: Signature,
    },
    /// A pool that is shown as it was before a transaction that was executed in it.
    #[error(
        "Transaction {signature} was executed for this, and the node goes on to show the pool as it was before. The same is not paid for again: use another node"
    )]
    PaidBefore {
        /// Its signature.
        signature: Signature,
    },
    /// A priority fee above the most that may be paid.
    #[error(
        "The priority fee would be {}, and the most that you allow is {}. Nothing was sent: offer less, or allow more",
        sol(u64::try_from(*.lamports).unwrap_or(u64::MAX)),
        sol(*.max_lamports)
    )]
    PriorityFee {
        /// What it would be.
        lamports: u128,
        /// What is allowed.
        max_lamports: u64,
    },
    /// It costs more than may still be paid.
    #[error("The transaction costs {}, and only {} may still be paid. It was not sent", sol(.fee.get()), sol(.left.get()))]
    TooDear {
        /// What it costs once it is in a block.
        fee: Lamports,
        /// What may still be paid.
        left: Lamports,
    },
    /// The journal of sent transactions cannot be read or written.
    #[error(
        "The journal of transactions {} cannot be used ({why}), and without it a transaction could be lost: nothing was sent. Make the file readable and writable, or choose another folder",
        .path.display()
    )]
    Journal {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The journal of sent transactions has a line that cannot be read.
    #[error("{}", explain::landing::damaged(.path, *.line, .why))]
    JournalDamaged {
        /// The file.
        path: PathBuf,
        /// Which of its lines, counted from 1.
        line: usize,
        /// Why not.
        why: String,
    },
    /// Code cannot be brought to the cluster, or changed there.
    #[error(transparent)]
    Loader(#[from] LoaderError),
    /// A token cannot be called so.
    #[error(transparent)]
    TokenName(#[from] NameError),
    /// Tokens cannot be taken from a wallet.
    #[error(transparent)]
    Holding(#[from] HoldingError),
    /// A signature could not be made.
    #[error("{}", explain::signing(.0))]
    Signing(#[from] SignerError),
    /// A calculation has no answer.
    #[error("The amounts cannot be computed: {0}")]
    Math(#[from] MathError),
    /// The node did not answer, or refused to.
    #[error("{}", explain::rpc(.0))]
    Rpc(Box<RpcClientError>),
}

impl ClientError {
    /// The program's error code, 6000 and up, where a rule of the program was the reason.
    pub fn sluice_code(&self) -> Option<u32> {
        self.explanation()?.sluice_code
    }

    /// The same without advice to take this step: for who has just tried it in vain.
    #[must_use]
    pub fn without(mut self, step: Next) -> Self {
        let explanation = match &mut self {
            Self::Rule(explanation) => explanation,
            Self::Refused(refusal) => &mut refusal.explanation,
            _ => return self,
        };
        if explanation.next.steps().contains(&step) {
            explanation.next = Advice::NONE;
        }
        self
    }

    /// The signature of a transaction that was executed in vain: it changed nothing, and cost its fee.
    pub fn paid_in_vain(&self) -> Option<Signature> {
        match self {
            Self::Refused(refusal) => refusal.signature,
            _ => None,
        }
    }

    /// The signature of a transaction that was sent, or perhaps, and did not do what it should.
    pub fn signature(&self) -> Option<Signature> {
        match self {
            Self::Refused(refusal) => refusal.signature,
            Self::NotConfirmed { signature }
            | Self::PerhapsSent { signature }
            | Self::NotTaken { signature, .. } => Some(*signature),
            _ => None,
        }
    }

    /// Whether the node answers, but does not offer the method that was asked for.
    pub fn refuses_method(&self) -> bool {
        matches!(self, Self::Rpc(error) if explain::refuses_method(error))
    }

    /// What happened and what to do next, where the one is kept apart from the other: what
    /// programs, nodes and signers said.
    pub fn explanation(&self) -> Option<Explanation> {
        Some(match self {
            Self::Rule(explanation) => explanation.clone(),
            Self::Refused(refusal) => refusal.explanation.clone(),
            Self::Signing(error) => explain::signing(error),
            Self::Rpc(error) => explain::rpc(error),
            Self::ProgramsAddress { address, program } => explain::of_a_program(address, program),
            Self::KeylessAddress { address } => explain::keyless(address),
            Self::NotConfirmed { signature } => explain::landing::not_confirmed(signature),
            Self::PerhapsSent { signature } => explain::landing::perhaps_sent(signature),
            Self::NotTaken { signature, cause } => explain::landing::not_taken(signature, cause),
            Self::JournalDamaged { path, line, why } => explain::landing::damaged(path, *line, why),
            _ => return None,
        })
    }

    /// The error as a sentence, with the steps that come next called as `name` says.
    pub fn said_with(&self, name: &dyn Fn(Next) -> String) -> String {
        self.explanation().map_or_else(
            || self.to_string(),
            |explanation| explanation.said_with(name),
        )
    }
}

impl From<RpcClientError> for ClientError {
    /// A failed preflight is a refused transaction; everything else is the node's.
    fn from(error: RpcClientError) -> Self {
        match Refusal::of_rpc(&error) {
            Some(refusal) => Self::Refused(Box::new(refusal)),
            None => Self::Rpc(Box::new(error)),
        }
    }
}

impl From<anchor_lang::error::Error> for ClientError {
    /// The program's own methods, called outside the chain, refuse as on it.
    fn from(error: anchor_lang::error::Error) -> Self {
        Self::Rule(explain::rule(&error))
    }
}
