//! Whatever a node answers, what is signed can only do what the command says.
//!
//! Each command runs at one moment of a cluster, behind a node that catches what is sent and lets
//! nothing through. First the node is honest; then it forges each account and each number that the
//! command reads, one at a time. What is signed must be the same, or nothing, or something that the
//! cluster refuses, or one of the differences that [`harmless`] lists with their reasons.

mod commands;
mod harmless;
mod signed;
mod trial;

use std::{
    env,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use sluice_tests::{
    net::faults::{Catalogue, Forgery, Mutation, forgeries},
    seeds::number,
};

use self::{
    commands::{Case, cases},
    trial::{Lied, Trial, Verdict},
};
use crate::faults::stage::{Stage, in_parallel};

/// Lies about each command in a usual run of the tests.
const FEW_LIES: usize = 6;
/// Answers full of nonsense in a usual run of the tests.
const FEW_MUTATIONS: u64 = 150;
/// The same in a run of all.
const MUTATIONS: u64 = 5_000;
/// How long a run of all takes.
const MINUTES: u64 = 60;
/// What the cluster refuses here, without any lie: nothing is lost, or due.
const IN_VAIN: [&str; 2] = ["validator eject", "validator close"];
/// How long one stage serves: its epoch ends, and with it what the cluster would refuse.
const STAGE_TIME: Duration = Duration::from_secs(360);

#[test]
fn no_lie_of_a_few_makes_a_command_sign_what_it_does_not_say() {
    let round = Round::open();
    let seed = number("SLUICE_SEED").unwrap_or(0);
    let mut trials = round.forged(seed, FEW_LIES);
    trials.extend(round.mutated(0..FEW_MUTATIONS));
    let mut sum = Sum::default();
    sum.judge(&round, trials, None);
    sum.finish();
}

#[test]
#[ignore = "`cargo xtask lies` runs it: by the hour"]
fn no_lie_at_all_makes_a_command_sign_what_it_does_not_say() {
    let minutes = number("SLUICE_MINUTES").unwrap_or(MINUTES);
    let first = number("SLUICE_SEED").unwrap_or(0);
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let mut sum = Sum::default();
    for seed in first.. {
        let round = Round::open();
        let stage_end = end.min(Instant::now() + STAGE_TIME);
        sum.judge(&round, round.forged(seed, usize::MAX), Some(stage_end));
        if Instant::now() >= end {
            break;
        }
    }
    sum.finish();
}

#[test]
#[ignore = "`cargo xtask lies` runs it"]
fn no_nonsense_makes_a_command_panic_hang_or_swell() {
    let first = number("SLUICE_SEED").unwrap_or(0);
    let last = first + number("SLUICE_MUTATIONS").unwrap_or(MUTATIONS);
    let (mut sum, mut next) = (Sum::default(), first);
    while next < last {
        let round = Round::open();
        let end = Instant::now() + STAGE_TIME;
        next += sum.judge(&round, round.mutated(next..last), Some(end)) as u64;
    }
    sum.finish();
}

/// A stage with all commands as honest nodes let them run.
struct Round {
    stage: Stage,
    cases: Vec<Case>,
    catalogue: Catalogue,
    /// What the "COMMAND: LIE" of each contains that is tried.
    only: String,
}

impl Round {
    fn open() -> Self {
        let (stage, mut cases) = cases();
        let only = env::var("SLUICE_LIES").unwrap_or_default();
        let command = only.split(':').next().unwrap_or_default();
        cases.retain(|case| case.name.contains(command));
        let cases = in_parallel(cases, |case| case.with_honest_run(&stage));
        let in_vain = cases.iter().filter(|case| case.is_in_vain);
        let in_vain: Vec<&str> = in_vain.map(|case| case.name.as_str()).collect();
        assert!(
            in_vain.iter().all(|name| IN_VAIN.contains(name)),
            "{in_vain:?}"
        );
        let mut catalogue = Catalogue::default();
        for case in &cases {
            catalogue.note(&case.told);
        }
        Self {
            stage,
            cases,
            catalogue,
            only,
        }
    }

    /// So many lies about each command, as the seed says, command after command.
    fn forged(&self, seed: u64, of_each: usize) -> Vec<Trial<'_>> {
        let mut lists: Vec<_> = self
            .cases
            .iter()
            .map(|case| {
                let mut all = forgeries(&case.told, &self.catalogue);
                all.retain(|forgery| self.is_tried(case, forgery));
                let mut all = Forgery::shuffled(all, seed);
                all.sort_by_key(|forgery| !forgery.swaps_pools());
                all.into_iter().take(of_each).map(|forgery| Trial {
                    case,
                    lied: Lied::Forgery(forgery),
                })
            })
            .collect();
        let mut trials = Vec::new();
        loop {
            let before = trials.len();
            trials.extend(lists.iter_mut().filter_map(Iterator::next));
            if trials.len() == before {
                return trials;
            }
        }
    }

    fn is_tried(&self, case: &Case, forgery: &Forgery) -> bool {
        format!("{}: {forgery}", case.name).contains(&self.only)
    }

    /// Nonsense of these seeds, for one command after the other.
    fn mutated(&self, seeds: std::ops::Range<u64>) -> Vec<Trial<'_>> {
        let cases = self.cases.iter().cycle();
        seeds
            .zip(cases)
            .map(|(seed, case)| Trial {
                case,
                lied: Lied::Mutation(Mutation { seed }),
            })
            .collect()
    }
}

/// What came of all trials.
#[derive(Default)]
struct Sum {
    verdicts: Vec<Verdict>,
}

impl Sum {
    /// Tries until it is time to end: how many were tried.
    fn judge(&mut self, round: &Round, trials: Vec<Trial<'_>>, end: Option<Instant>) -> usize {
        let skipped = AtomicUsize::new(0);
        let total = trials.len();
        let verdicts = in_parallel(trials, |trial| {
            if end.is_some_and(|end| Instant::now() >= end) {
                skipped.fetch_add(1, Ordering::Relaxed);
                return None;
            }
            Some(trial.judge(&round.stage))
        });
        self.verdicts.extend(verdicts.into_iter().flatten());
        total - skipped.into_inner()
    }

    /// Prints how often which came out, and fails where one is wrong.
    fn finish(self) {
        let wrong: Vec<String> = self.verdicts.iter().filter_map(Verdict::wrong).collect();
        println!("{}", trial::table(&self.verdicts));
        assert!(
            wrong.is_empty(),
            "{} are wrong:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}
