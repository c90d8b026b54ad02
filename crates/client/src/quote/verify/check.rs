//! What a check compared, and what came of it.

use solana_hash::Hash;
use solana_pubkey::Pubkey;
use strum::IntoStaticStr;

use crate::pool::deployed::hash_text;

/// How good a result is; the worse is the greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// It is as it must be.
    Ok,
    /// It is allowed, and a holder should know it.
    Notice,
    /// It can cost holders, or could not be compared although it must be.
    Warning,
    /// The pool is not what its books and rules say.
    Fail,
}

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Subject {
    /// Addresses and owners of the pool's accounts.
    Addresses,
    /// The list of validators.
    Validators,
    /// Every stake account of the list.
    StakeAccounts,
    /// Stake of the pool's authority that is in no list.
    UnlistedStake,
    /// Sums of booked stake.
    Staked,
    /// Sums of what is on its way back.
    Deactivating,
    /// Sums of weights.
    Weights,
    /// Rent that was paid in and is not the holders'.
    LockedRent,
    /// Lamports of the reserve.
    Reserve,
    /// Everything that is there against everything that is booked.
    Backing,
    /// The LST mint.
    Mint,
    /// What the token is called, and who can rename it.
    Name,
    /// LST in existence.
    Supply,
    /// The account with the queued LST.
    Escrow,
    /// The account with the reward fee.
    Fees,
    /// Batches of the queue.
    Batches,
    /// Tickets against their batches.
    Tickets,
    /// Lamports that wait for their owners.
    Claims,
    /// Prices of this moment against those of the last finalize.
    Prices,
    /// Prices of the last epochs.
    History,
    /// Who can do what.
    Roles,
    /// What has been announced.
    Changes,
    /// Parameters and their bounds.
    Parameters,
    /// The program's code, and who can replace it.
    Program,
    /// Whether deposits and exits work.
    Open,
    /// How much stake is with few validators.
    Concentration,
    /// Whether another node says the same.
    SecondNode,
}

/// A figure that was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Lamports.
    Lamports(u64),
    /// Smallest units of the LST.
    Lst(u64),
    /// A number of things.
    Count(u64),
    /// Lamports for an LST.
    Price(u64),
    /// Parts of 10,000.
    Bps(u64),
    /// An address; `None` for nobody.
    Address(Option<Pubkey>),
    /// A hash.
    Hash(Hash),
}

/// What a check found that is not plainly fine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub verdict: Verdict,
    /// The account that it is about, where it is one.
    pub account: Option<Pubkey>,
    /// What it is, in a sentence.
    pub says: String,
}

/// A check: what was compared, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub subject: Subject,
    /// What must be, or is booked, and what is really there, where there are two figures.
    pub compared: Option<(Figure, Figure)>,
    /// What holds where nothing was found, in a sentence.
    pub fine: String,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Check {
    pub(super) fn new(subject: Subject, fine: impl Into<String>) -> Self {
        Self {
            subject,
            compared: None,
            fine: fine.into(),
            findings: Vec::new(),
        }
    }

    pub(super) fn compare(mut self, expected: Figure, found: Figure) -> Self {
        self.compared = Some((expected, found));
        self
    }

    /// Adds a finding about an account.
    pub(super) fn about(&mut self, verdict: Verdict, account: Pubkey, says: impl Into<String>) {
        self.findings.push(Finding {
            verdict,
            account: Some(account),
            says: says.into(),
        });
    }

    /// Adds a finding.
    pub(super) fn add(&mut self, verdict: Verdict, says: impl Into<String>) {
        self.findings.push(Finding {
            verdict,
            account: None,
            says: says.into(),
        });
    }

    /// Adds a failure where a condition does not hold.
    pub(super) fn require(&mut self, holds: bool, account: Pubkey, says: impl Into<String>) {
        if !holds {
            self.about(Verdict::Fail, account, says);
        }
    }

    /// The name in JSON and in the book.
    pub fn name(&self) -> &'static str {
        self.subject.into()
    }

    /// The worst of what was found.
    pub fn verdict(&self) -> Verdict {
        let found = self.findings.iter().map(|finding| finding.verdict);
        found.max().unwrap_or(Verdict::Ok)
    }

    /// One sentence or two: the worst finding, or that all is fine.
    pub fn says(&self) -> String {
        let worst = self.verdict();
        let mut alike = self.findings.iter().filter(|one| one.verdict == worst);
        match (alike.next(), alike.count()) {
            (None, _) => self.fine.clone(),
            (Some(finding), 0) => finding.said(),
            (Some(finding), more) => format!("{} And {more} more.", finding.said()),
        }
    }
}

impl Finding {
    /// The sentence, with the account that it is about.
    pub fn said(&self) -> String {
        match self.account {
            Some(account) => format!("{account}: {}", self.says),
            None => self.says.clone(),
        }
    }
}

impl Figure {
    /// What it counts.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Lamports(_) => "lamports",
            Self::Lst(_) => "lst",
            Self::Count(_) => "count",
            Self::Price(_) => "lamports_per_lst",
            Self::Bps(_) => "bps",
            Self::Address(_) => "address",
            Self::Hash(_) => "sha256",
        }
    }

    /// The figure as text, without its unit; `None` where it is nobody's address.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Lamports(number)
            | Self::Lst(number)
            | Self::Count(number)
            | Self::Price(number)
            | Self::Bps(number) => Some(number.to_string()),
            Self::Address(address) => address.map(|address| address.to_string()),
            Self::Hash(hash) => Some(hash_text(hash)),
        }
    }
}
