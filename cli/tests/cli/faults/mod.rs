//! Every command that sends, behind nodes that fail in every way: never twice, never lost, never
//! "failed" for what arrived, never an error after success, never without an end.

pub mod commands;
mod expiry;
mod journal;
mod run;
pub mod stage;
mod traffic;
mod truth;
mod verdict;

use std::{env, ops::Range};

use sluice_tests::{
    net::faults::{Scenario, mix, named},
    seeds::number,
};

use self::{
    commands::Kind,
    stage::{Cell, Stage},
    verdict::Verdict,
};

/// Cells on one cluster: more would wait too long for their turn within the epoch.
const CELLS_OF_A_STAGE: usize = 100;
/// Mixes of faults in a run of all.
const MIXES: u64 = 200;
/// Mixes of faults in a usual run of the tests.
const FEW_MIXES: u64 = 10;

#[test]
fn no_fault_alone_makes_a_command_lie() {
    let commands = Kind::ALL.into_iter().cycle();
    let cells = named().into_iter().zip(commands);
    judge(cells.collect());
}

#[test]
fn no_fault_alone_makes_a_deposit_lie() {
    let cells = named().into_iter().map(|scenario| (scenario, Kind::Stake));
    judge(cells.collect());
}

#[test]
fn few_mixes_of_faults_make_no_command_lie() {
    judge(mixes(0..FEW_MIXES));
}

#[test]
fn every_command_tells_cluster_payer_and_pool_once_before_it_sends() {
    for (kind, said) in Stage::said(Kind::ALL.into()) {
        for fact in ["Cluster ", "Fee payer ", "Pool ", "Token "] {
            let told = said.lines().filter(|line| line.starts_with(fact));
            assert_eq!(told.count(), 1, "{kind}: {fact}:\n{said}");
        }
    }
}

#[test]
fn a_crank_that_nobody_sees_arrive_is_told_with_its_signature() {
    let is_blind = |scenario: &Scenario| scenario.name.contains("statuses are null");
    let blind = named().into_iter().filter(is_blind);
    judge(blind.map(|scenario| (scenario, Kind::Crank)).collect());
}

#[test]
#[ignore = "`cargo xtask faults` runs it: twenty minutes of two cores"]
fn no_fault_alone_makes_any_command_lie() {
    let commands = |scenario: &Scenario| Kind::ALL.map(|kind| (scenario.clone(), kind));
    judge(named().iter().flat_map(commands).collect());
}

#[test]
#[ignore = "`cargo xtask faults` runs it"]
fn no_mix_of_faults_makes_a_command_lie() {
    let first = number("SLUICE_SEED").unwrap_or(0);
    judge(mixes(
        first..first + number("SLUICE_MIXES").unwrap_or(MIXES),
    ));
}

/// Mixes by their seeds, each with the command that the seed says.
fn mixes(seeds: Range<u64>) -> Vec<Cell> {
    let kind = |seed| Kind::ALL[usize::try_from(seed).unwrap() % Kind::ALL.len()];
    seeds.map(|seed| (mix(seed), kind(seed))).collect()
}

/// Tries cells, prints the table of them, and fails where one is wrong.
fn judge(mut cells: Vec<Cell>) {
    if let Ok(only) = env::var("SLUICE_FAULTS") {
        cells.retain(|(scenario, kind)| format!("{}: {kind}", scenario.name).contains(&only));
    }
    let mut wrong = Vec::new();
    for some in cells.chunks(CELLS_OF_A_STAGE) {
        for verdict in Stage::judge(some.to_vec()) {
            println!("{verdict}");
            if verdict.is_wrong() {
                wrong.push(verdict);
            }
        }
    }
    let lines: Vec<String> = wrong.iter().map(Verdict::in_full).collect();
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        lines.join("\n")
    );
}
