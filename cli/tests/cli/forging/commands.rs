//! Every command that signs, and every one that reads, each about to be typed.

use std::fs;

use serde_json::Value;
use sluice_tests::net::faults::Moment;
use solana_keypair::{Keypair, write_keypair_file};

use super::{
    signed::{Instruction, instructions_of},
    trial::{Ran, is_refused, run},
};
use crate::{
    faults::{
        commands::{Kind, Subject, words},
        stage::Stage,
    },
    net::User,
};

/// A command, and what an honest node leads to.
pub struct Case {
    /// The command without its addresses.
    pub name: String,
    pub user: User,
    pub pool: Option<String>,
    pub arguments: Vec<String>,
    pub moment: Moment,
    /// Questions with their honest answers.
    pub told: Vec<(Value, Value)>,
    /// What is signed behind an honest node.
    pub signed: Vec<Instruction>,
    /// Transactions that carry it.
    pub transactions: usize,
    /// Whether the cluster would refuse that: a node says here that it works.
    pub is_in_vain: bool,
}

impl Case {
    fn new(stage: &Stage, subject: &Subject, typed: &[&str]) -> Self {
        let is_word = |word: &&&str| word.len() < 32 && !word.starts_with('/');
        let name: Vec<&str> = typed.iter().filter(is_word).copied().collect();
        Self {
            name: name.join(" "),
            user: subject.user.clone(),
            pool: subject.pool.clone(),
            arguments: words(typed),
            moment: Moment::of(&stage.net.url()),
            told: Vec::new(),
            signed: Vec::new(),
            transactions: 0,
            is_in_vain: false,
        }
    }

    /// The same, once an honest node has shown what it reads and signs: twice the same.
    pub fn with_honest_run(self, stage: &Stage) -> Self {
        let [first, second] = [(); 2].map(|()| {
            let node = self.moment.node(|_, _| {});
            let ran = run(&self, &node.url);
            assert!(matches!(ran.code, 0..=5), "{}: {ran:?}", self.name);
            (ran, node.caught())
        });
        let instructions = |(ran, caught): &(Ran, Vec<_>)| {
            instructions_of(&stage.net, caught)
                .unwrap_or_else(|| panic!("{}: it cannot be read: {ran:?}", self.name))
        };
        let signed = instructions(&first);
        assert_eq!(
            signed,
            instructions(&second),
            "{}: {:?}",
            self.name,
            first.0
        );
        Self {
            told: self.moment.answers(),
            transactions: first.1.len(),
            is_in_vain: first
                .1
                .first()
                .is_some_and(|first| is_refused(stage, first)),
            signed,
            ..self
        }
    }
}

/// A stage, and all commands on it.
pub fn cases() -> (Stage, Vec<Case>) {
    let kinds = Kind::ALL.map(|kind| ((), kind)).into();
    let (stage, subjects) = Stage::prepared(kinds);
    let cases = subjects.iter().flat_map(|((), subject)| {
        let of_kind = [named(&stage, subject)];
        let typed = of_kind.into_iter().chain(further(&stage, subject));
        let cases = typed.map(|typed| {
            let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
            Case::new(&stage, subject, &typed)
        });
        cases.collect::<Vec<_>>()
    });
    let cases = cases.collect();
    (stage, cases)
}

/// What a subject is about to type, with keys that are the same each time.
fn named(stage: &Stage, subject: &Subject) -> Vec<String> {
    let option = match subject.kind {
        Kind::CreatePool => "--mint",
        Kind::WithdrawStake => "--stake-keypair",
        _ => return subject.arguments.clone(),
    };
    let key = [option.to_owned(), key_file(stage, subject)];
    [&subject.arguments[..], &key].concat()
}

/// A new key of somebody.
fn key_file(stage: &Stage, subject: &Subject) -> String {
    let name = format!("{}{}.json", subject.user.address, subject.kind);
    let file = stage.net.path(&name.replace(' ', "-"));
    write_keypair_file(&Keypair::new(), &file).unwrap();
    file.display().to_string()
}

/// A file that changes a fee and names another guardian.
fn set_file(stage: &Stage, subject: &Subject) -> String {
    let file = stage.net.path(&format!("{}.toml", subject.user.address));
    let guardian = stage.net.curator.address;
    let wish = format!("[parameters]\ndeposit_fee_bps = 2\n[roles]\nguardian = \"{guardian}\"\n");
    fs::write(&file, wish).unwrap();
    file.display().to_string()
}

/// What anybody can ask about a pool, or do for it.
fn of_a_pool(vote: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["pool", "show"],
        vec!["pool", "list"],
        vec!["pool", "history"],
        vec!["pool", "yield"],
        vec!["pool", "export"],
        vec!["pool", "verify"],
        vec!["calendar"],
        vec!["rewards"],
        vec!["pool", "config", "show"],
        vec!["pool", "role", "show"],
        vec!["pool", "migrate"],
        vec!["pool", "acknowledge-loss"],
        vec!["validator", "list"],
        vec!["validator", "explain", vote],
        vec!["validator", "rate"],
        vec!["validator", "eject", vote],
    ]
}

/// What else the same somebody can type.
fn further(stage: &Stage, subject: &Subject) -> Vec<Vec<String>> {
    let friend = stage.net.curator.address.to_string();
    let vote = stage.net.validators[0].to_string();
    let other = stage.net.validators[1].to_string();
    let typed: Vec<Vec<&str>> = match subject.kind {
        Kind::Stake => {
            let stakes = ["stake", "10", "--recipient", &friend];
            let stakes = std::iter::once(stakes.to_vec());
            stakes.chain(of_a_pool(&vote)).collect()
        }
        Kind::Unstake => vec![vec!["unstake", "all", "--owner", &friend]],
        Kind::InstantUnstake => vec![vec!["unstake", "all", "--instant"]],
        Kind::Claim => vec![vec!["tickets"], vec!["calendar"]],
        Kind::DepositStake => vec![
            vec!["stake-account", "deposit", "--all", "--deactivate", "--yes"],
            vec!["stake-account", "list"],
        ],
        Kind::WithdrawStake => {
            let key = key_file(stage, subject);
            let typed = ["stake-account", "withdraw", "all", "--yes", "--recipient"];
            let rest = [&friend, "--max-accounts", "1", "--stake-keypair", &key];
            return vec![words(&[&typed[..], &rest].concat())];
        }
        Kind::SetMetadata => vec![
            vec!["pool", "metadata", "show"],
            vec!["pool", "metadata", "hand-over", &friend],
        ],
        Kind::ScheduleChange => {
            let file = set_file(stage, subject);
            return vec![
                words(&["pool", "config", "schedule", "deposit-fee-bps", "1"]),
                words(&["pool", "plan", &file]),
                words(&["pool", "apply", &file, "--yes"]),
            ];
        }
        Kind::SetRole => {
            let own = subject.user.address.to_string();
            subject.types(stage, &["pool", "role", "nominate-admin", &own]);
            vec![
                vec!["pool", "role", "accept-admin"],
                vec!["pool", "role", "nominate-admin", &friend],
                vec!["pool", "role", "set-curator", &friend],
                vec!["pool", "role", "set-treasury", &friend],
            ]
        }
        Kind::RetireValidator => vec![
            vec!["validator", "replace", &vote, &other],
            vec!["validator", "close", &vote],
        ],
        Kind::Crank => {
            subject.types(stage, &["crank", "--tables"]);
            vec![
                vec!["crank", "--tables"],
                vec!["tables", "list"],
                vec!["tables", "close", "--all"],
            ]
        }
        _ => Vec::new(),
    };
    typed.iter().map(|typed| words(typed)).collect()
}
