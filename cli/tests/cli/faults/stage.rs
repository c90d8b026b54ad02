//! A cluster on which many commands are tried at once, each by somebody else.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::Value;
use sluice_tests::{
    command::succeeded,
    net::{SplPoolAccounts, faults::Scenario},
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::transfer};

use super::{
    commands::{Kind, Subject},
    run::run,
    truth::Wallet,
    verdict::Verdict,
};
use crate::net::{CliNet, SOL, User, sluice};

/// Commands that run at once: most of the time they wait.
const AT_ONCE: usize = 8;
/// What no command takes more of here.
const MOST_TRANSACTIONS: usize = 4;
/// Tokens of the other pool that each gets who converts some.
const OTHER_TOKENS: u64 = 4 * SOL;

/// A command under a scenario.
pub type Cell = (Scenario, Kind);

/// A cluster with a pool that has active stake, another stake pool, and a user for each command.
pub struct Stage {
    pub net: CliNet,
    /// Holds the other pool's tokens.
    rich: Keypair,
    users: AtomicUsize,
}

impl Stage {
    /// Tries every cell, and every one of their commands without a fault: what became of them.
    pub fn judge(cells: Vec<Cell>) -> Vec<Verdict> {
        let mut kinds: Vec<Kind> = cells.iter().map(|(_, kind)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let honest = kinds.into_iter().map(|kind| (Scenario::none(), kind));
        let honest = honest.collect::<Vec<_>>();
        let (stage, mut subjects) = Self::prepared([honest.clone(), cells].concat());
        let faulty = subjects.split_off(honest.len());
        let mut verdicts = in_parallel(subjects, |subject| stage.verdict(subject, None));
        let planned: Vec<(Kind, usize)> = verdicts
            .iter()
            .map(|verdict| (verdict.kind, verdict.planned))
            .collect();
        let faulty = in_parallel(faulty, |subject| {
            let of_kind = planned.iter().find(|(kind, _)| *kind == subject.1.kind);
            stage.verdict(subject, of_kind.map(|(_, landed)| *landed))
        });
        verdicts.extend(faulty);
        verdicts
    }

    /// What every one of these commands says on stderr where nothing fails.
    pub fn said(kinds: Vec<Kind>) -> Vec<(Kind, String)> {
        let honest = kinds.into_iter().map(|kind| (Scenario::none(), kind));
        let (stage, subjects) = Self::prepared(honest.collect());
        in_parallel(subjects, |(scenario, subject)| {
            let nodes = scenario.before(&stage.net.url());
            let transactions = u32::try_from(MOST_TRANSACTIONS).unwrap();
            (subject.kind, run(&subject, &nodes, transactions).stderr)
        })
    }

    /// A cluster with somebody for each of these who is about to type its command.
    pub fn prepared<T: Send>(items: Vec<(T, Kind)>) -> (Self, Vec<(T, Subject)>) {
        let stage = Self::new();
        let subjects = in_parallel(items, |(item, kind)| (item, kind.before_epoch(&stage)));
        stage.to_next_epoch();
        let subjects = in_parallel(subjects, |(item, subject)| {
            (item, subject.kind.after_epoch(&stage, subject))
        });
        (stage, subjects)
    }

    fn new() -> Self {
        let rich = Keypair::new();
        let net = CliNet::with_spl_pool(&rich.pubkey(), 10_000 * SOL);
        net.airdrop(&rich.pubkey(), 100 * SOL);
        Self {
            net,
            rich,
            users: AtomicUsize::new(0),
        }
    }

    /// Somebody new.
    pub fn user(&self, lamports: u64) -> User {
        let number = self.users.fetch_add(1, Ordering::Relaxed);
        self.net.user(&format!("user-{number}"), lamports)
    }

    /// Gives somebody tokens of the other pool.
    pub fn give_other_tokens(&self, to: &Pubkey) {
        let (mint, rich) = (SplPoolAccounts::mint(), self.rich.pubkey());
        let [from, into] = [&rich, to].map(|owner| get_associated_token_address(owner, &mint));
        let give = transfer(&TOKEN_PROGRAM, &from, &into, &rich, &[], OTHER_TOKENS).unwrap();
        let create = create_associated_token_account_idempotent(&rich, to, &mint, &TOKEN_PROGRAM);
        self.net.send(&[create, give], &[&self.rich]);
    }

    /// Runs a command at the honest node; it must succeed.
    pub fn succeeds(&self, user: &User, arguments: &[&str]) -> Value {
        let output = sluice()
            .args(["--url", &self.net.url(), "--output", "json"])
            .args(["--keypair", &user.keypair_file])
            .env("HOME", user.path("home"))
            .args(arguments)
            .output()
            .unwrap();
        serde_json::from_str(&succeeded(&output, arguments)).unwrap()
    }

    /// Into an epoch in which tickets are paid and stake is active, with much in the reserve.
    fn to_next_epoch(&self) {
        let curator = &self.net.curator;
        self.net.json(curator, &["stake", "3000"]);
        self.net.to_window();
        self.net.json(curator, &["crank"]);
        self.net.next_epoch();
        self.net.json(curator, &["crank"]);
        self.net.json(curator, &["stake", "3000"]);
        // The first who converts updates the other pool.
        let file = self.net.path("rich.json");
        write_keypair_file(&self.rich, &file).unwrap();
        let rich = User {
            address: self.rich.pubkey(),
            keypair_file: file.display().to_string(),
        };
        let other = SplPoolAccounts::pool().to_string();
        let convert = ["convert", "--from-pool", &other, "2", "--yes"];
        self.net.json(&rich, &convert);
    }

    fn verdict(&self, (scenario, subject): (Scenario, Subject), planned: Option<usize>) -> Verdict {
        let wallet = Wallet::open(&self.net, &subject.user.address);
        let nodes = scenario.before(&self.net.url());
        let transactions = planned.unwrap_or(MOST_TRANSACTIONS);
        let ran = run(&subject, &nodes, u32::try_from(transactions).unwrap());
        let landed = wallet.landed();
        Verdict::of(&scenario, &subject, &ran, &landed, planned)
    }
}

/// What comes of each item, in their order.
pub fn in_parallel<T: Send, U: Send>(items: Vec<T>, act: impl Fn(T) -> U + Sync) -> Vec<U> {
    let items = Mutex::new(items.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = items.lock().unwrap().next();
                    let Some((index, item)) = next else { return };
                    let made = act(item);
                    done.lock().unwrap().push((index, made));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, made)| made).collect()
}
