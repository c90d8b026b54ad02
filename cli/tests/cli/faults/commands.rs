//! Every command that sends, what must be there before, and what is typed.

use std::fmt;

use sluice_tests::{command::text, net::SplPoolAccounts};
use solana_pubkey::Pubkey;
use solana_stake_interface::state::Lockup;

use super::stage::Stage;
use crate::net::{SOL, User};

/// A command that sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Stake,
    Unstake,
    InstantUnstake,
    Claim,
    TransferTicket,
    CancelTicket,
    DepositStake,
    WithdrawStake,
    Convert,
    CreatePool,
    SetMetadata,
    ScheduleChange,
    CancelChange,
    SetRole,
    Pause,
    Unpause,
    AddValidator,
    WeighValidator,
    RetireValidator,
    Crank,
}

/// Who types what.
pub struct Subject {
    pub kind: Kind,
    pub user: User,
    /// The pool that is meant, if one is.
    pub pool: Option<String>,
    pub arguments: Vec<String>,
}

/// One more than a transaction claims.
const TICKETS: usize = 5;

/// What is typed for a pool with a name. The longest address takes a transaction by itself.
fn named(uri: &str) -> [&str; 8] {
    [
        "pool",
        "create",
        "--name",
        "Sluice SOL",
        "--symbol",
        "slSOL",
        "--uri",
        uri,
    ]
}

impl Kind {
    pub const ALL: [Self; 20] = [
        Self::Stake,
        Self::Unstake,
        Self::InstantUnstake,
        Self::Claim,
        Self::TransferTicket,
        Self::CancelTicket,
        Self::DepositStake,
        Self::WithdrawStake,
        Self::Convert,
        Self::CreatePool,
        Self::SetMetadata,
        Self::ScheduleChange,
        Self::CancelChange,
        Self::SetRole,
        Self::Pause,
        Self::Unpause,
        Self::AddValidator,
        Self::WeighValidator,
        Self::RetireValidator,
        Self::Crank,
    ];

    /// Somebody who will type the command, with what must be there before the epoch ends.
    pub fn before_epoch(self, stage: &Stage) -> Subject {
        let mut subject = Subject {
            kind: self,
            user: stage.user(100 * SOL),
            pool: Some(stage.net.pool.clone()),
            arguments: Vec::new(),
        };
        match self {
            Self::Claim => {
                subject.types(stage, &["stake", "10"]);
                for _ in 0..TICKETS {
                    subject.types(stage, &["unstake", "1"]);
                }
            }
            Self::DepositStake => {
                let vote = &stage.net.validators[0];
                let lockup = Lockup::default();
                let stake = stage
                    .net
                    .stake_account(&subject.user, 2 * SOL, lockup, Some(vote));
                subject.arguments = vec![stake.to_string()];
            }
            Self::Convert => stage.give_other_tokens(&subject.user.address),
            Self::Crank => {
                subject.creates_pool(stage, &["pool", "create", "--no-metadata"]);
                let vote = stage.net.validators[0].to_string();
                subject.types(stage, &["validator", "add", &vote]);
                subject.types(stage, &["stake", "10"]);
            }
            _ => {}
        }
        subject
    }

    /// The same somebody, with everything that must be there, about to type the command.
    pub fn after_epoch(self, stage: &Stage, mut subject: Subject) -> Subject {
        if self.needs_own_pool() {
            subject.creates_pool(stage, &["pool", "create", "--no-metadata"]);
        }
        let vote = stage.net.validators[0].to_string();
        let somebody = stage.net.curator.address.to_string();
        let schedule = ["pool", "config", "schedule", "reward-fee-bps", "600"];
        let long_uri = format!("https://{}", "u".repeat(192));
        let typed: Vec<&str> = match self {
            Self::Stake => vec!["stake", "10"],
            Self::Unstake => {
                subject.types(stage, &["stake", "10"]);
                vec!["unstake", "5"]
            }
            Self::InstantUnstake => {
                subject.types(stage, &["stake", "10"]);
                vec!["unstake", "1", "--instant"]
            }
            Self::Claim => vec!["claim"],
            Self::TransferTicket | Self::CancelTicket => {
                return self.with_ticket(stage, subject);
            }
            Self::DepositStake | Self::Convert => return self.with_stake(subject),
            Self::WithdrawStake => {
                subject.types(stage, &["stake", "10"]);
                let one = ["--max-accounts", "1", "--yes"];
                [&["stake-account", "withdraw", "2"][..], &one].concat()
            }
            Self::CreatePool => {
                subject.pool = None;
                named(&long_uri).to_vec()
            }
            Self::SetMetadata => {
                subject.creates_pool(stage, &named("https://example.com"));
                vec!["pool", "metadata", "set", "--symbol", "sluSOL"]
            }
            Self::ScheduleChange => schedule.to_vec(),
            Self::CancelChange => {
                subject.types(stage, &schedule);
                vec!["pool", "config", "cancel", "reward-fee-bps"]
            }
            Self::SetRole => vec!["pool", "role", "set-guardian", &somebody],
            Self::Pause => vec!["pool", "pause"],
            Self::Unpause => {
                subject.types(stage, &["pool", "pause"]);
                vec!["pool", "unpause"]
            }
            Self::AddValidator => vec!["validator", "add", &vote],
            Self::WeighValidator => {
                subject.types(stage, &["validator", "add", &vote]);
                vec!["validator", "weight", &vote, "50"]
            }
            Self::RetireValidator => {
                subject.types(stage, &["validator", "add", &vote]);
                vec!["validator", "retire", &vote]
            }
            Self::Crank => vec!["crank"],
        };
        subject.arguments = words(&typed);
        subject
    }

    /// With what was brought along from the epoch before.
    fn with_stake(self, mut subject: Subject) -> Subject {
        subject.arguments = match self {
            Self::DepositStake => {
                words(&["stake-account", "deposit", &subject.arguments[0], "--yes"])
            }
            _ => {
                let pool = SplPoolAccounts::pool().to_string();
                words(&["convert", "--from-pool", &pool, "2", "--yes"])
            }
        };
        subject
    }

    fn with_ticket(self, stage: &Stage, mut subject: Subject) -> Subject {
        subject.types(stage, &["stake", "10"]);
        let requested = subject.types(stage, &["unstake", "5"]);
        let ticket = text(&requested, "/ticket");
        let friend = stage.net.curator.address.to_string();
        subject.arguments = match self {
            Self::CancelTicket => words(&["tickets", "cancel", &ticket]),
            _ => words(&["tickets", "transfer", &ticket, &friend]),
        };
        subject
    }

    /// Whether it may do more than without a fault: what it does twice does nothing.
    pub fn may_repeat(self) -> bool {
        self == Self::Crank
    }

    /// Whether reading after its transactions is a part of it: a crank is over once nothing is due.
    /// It says so where it cannot know that, and does not end with success.
    pub fn looks_again(self) -> bool {
        self == Self::Crank
    }

    /// Whether nobody else may change the pool meanwhile.
    fn needs_own_pool(self) -> bool {
        matches!(
            self,
            Self::ScheduleChange
                | Self::CancelChange
                | Self::SetRole
                | Self::Pause
                | Self::Unpause
                | Self::AddValidator
                | Self::WeighValidator
                | Self::RetireValidator
        )
    }
}

impl Subject {
    /// Runs a command at the honest node; it must succeed.
    pub fn types(&self, stage: &Stage, arguments: &[&str]) -> serde_json::Value {
        let pool = self.pool.as_deref().map(|pool| ["--pool", pool]);
        let pool = pool.iter().flatten().copied();
        let all: Vec<&str> = arguments.iter().copied().chain(pool).collect();
        stage.succeeds(&self.user, &all)
    }

    fn creates_pool(&mut self, stage: &Stage, arguments: &[&str]) {
        self.pool = None;
        let created = self.types(stage, arguments);
        let pool: Pubkey = text(&created, "/pool").parse().unwrap();
        self.pool = Some(pool.to_string());
    }
}

/// What is typed, word by word.
pub fn words(typed: &[&str]) -> Vec<String> {
    typed.iter().map(|word| (*word).to_owned()).collect()
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Stake => "stake",
            Self::Unstake => "unstake",
            Self::InstantUnstake => "unstake --instant",
            Self::Claim => "claim",
            Self::TransferTicket => "tickets transfer",
            Self::CancelTicket => "tickets cancel",
            Self::DepositStake => "stake-account deposit",
            Self::WithdrawStake => "stake-account withdraw",
            Self::Convert => "convert",
            Self::CreatePool => "pool create",
            Self::SetMetadata => "pool metadata set",
            Self::ScheduleChange => "pool config schedule",
            Self::CancelChange => "pool config cancel",
            Self::SetRole => "pool role set-guardian",
            Self::Pause => "pool pause",
            Self::Unpause => "pool unpause",
            Self::AddValidator => "validator add",
            Self::WeighValidator => "validator weight",
            Self::RetireValidator => "validator retire",
            Self::Crank => "crank",
        })
    }
}
