//! Each mutant against the tests about its file, and those that survive, together, against all tests.

use std::collections::HashSet;

use anyhow::Result;

use super::{
    Mutant, areas,
    results::{Outcome, Results},
    runner::{Runner, of_binaries, these},
    sites::Site,
    tree,
};

/// How many tests that caught others of a file are tried before all that are about it.
const RECENT: usize = 6;

/// All that a run needs.
pub struct Hunt<'m> {
    mutants: &'m [Mutant],
    /// What the compiler refuses.
    refused: HashSet<u32>,
    /// The program in which all sleep.
    asleep: Vec<u8>,
    runner: Runner,
    results: Results,
}

impl<'m> Hunt<'m> {
    /// A run that goes on with what is known.
    pub const fn new(
        mutants: &'m [Mutant],
        refused: HashSet<u32>,
        asleep: Vec<u8>,
        runner: Runner,
        results: Results,
    ) -> Self {
        Self {
            mutants,
            refused,
            asleep,
            runner,
            results,
        }
    }

    /// Tries each mutant on the tests about its file.
    pub fn one_by_one(&mut self) -> Result<()> {
        for (count, mutant) in (1..).zip(self.mutants) {
            if self.results.of(mutant).is_some() {
                continue;
            }
            let outcome = if self.refused.contains(&mutant.number) {
                Outcome::Unviable
            } else if !tree::holds(&self.asleep, mutant.number) {
                Outcome::NotOnChain
            } else {
                let near = of_binaries(areas::of(&mutant.file));
                let recent = these(&self.recent(mutant));
                let mut failure = None;
                for tests in [recent, near].iter().filter(|tests| !tests.is_empty()) {
                    failure = self.first_failure(mutant, tests)?;
                    if failure.is_some() {
                        break;
                    }
                }
                failure.map_or(Outcome::Survived, Outcome::Caught)
            };
            self.note(count, mutant, outcome)?;
        }
        Ok(())
    }

    /// Runs all tests with all survivors awake, and each survivor on those that fail, the quicker half of
    /// them first, until none is caught any more. A test that fails only where several are awake says
    /// nothing about any.
    pub fn together(&mut self) -> Result<()> {
        loop {
            let survivors = self.survivors();
            let numbers = survivors.iter().map(|(_, mutant)| mutant.number);
            let failing = if survivors.is_empty() {
                Vec::new()
            } else {
                let awake = tree::awake_together(&self.asleep, numbers)?;
                self.runner.all_failures(&awake)?
            };
            eprintln!(
                "{} awake together: {} tests fail",
                survivors.len(),
                failing.len()
            );
            let (quick, slow) = failing.split_at(failing.len().div_ceil(2));
            let by_quick = self.catch(&survivors, &these(quick))?;
            let left = self.survivors();
            if !self.catch(&left, &these(slow))? && !by_quick {
                for (count, mutant) in left {
                    self.note(count, mutant, Outcome::Missed)?;
                }
                return Ok(());
            }
        }
    }

    /// Writes the results in the order of the mutants.
    pub fn end(self) -> Result<Results> {
        self.results.put_in_order(self.mutants)?;
        Ok(self.results)
    }

    /// Tries each survivor alone on these tests: whether one was caught.
    fn catch(&mut self, survivors: &[(usize, &'m Mutant)], tests: &str) -> Result<bool> {
        let mut is_caught = false;
        for (count, mutant) in survivors.iter().filter(|_| !tests.is_empty()) {
            if let Some(test) = self.first_failure(mutant, tests)? {
                self.note(*count, mutant, Outcome::Caught(test))?;
                is_caught = true;
            }
        }
        Ok(is_caught)
    }

    fn first_failure(&mut self, mutant: &Mutant, tests: &str) -> Result<Option<String>> {
        let awake = tree::awake(&self.asleep, mutant.number)?;
        self.runner.first_failure(&awake, &self.asleep, tests)
    }

    fn survivors(&self) -> Vec<(usize, &'m Mutant)> {
        let numbered = (1..).zip(self.mutants);
        numbered
            .filter(|(_, mutant)| self.results.of(mutant) == Some(&Outcome::Survived))
            .collect()
    }

    /// The tests that caught the last ones of this file.
    fn recent(&self, of: &Mutant) -> Vec<String> {
        let same_file = self.mutants.iter().filter(|mutant| mutant.file == of.file);
        let mut recent = Vec::new();
        for outcome in same_file.rev().filter_map(|mutant| self.results.of(mutant)) {
            if let Outcome::Caught(test) = outcome
                && !recent.contains(test)
                && recent.len() < RECENT
            {
                recent.push(test.clone());
            }
        }
        recent
    }

    fn note(&mut self, count: usize, mutant: &Mutant, outcome: Outcome) -> Result<()> {
        let Site {
            kind, line, what, ..
        } = &mutant.site;
        let of = self.mutants.len();
        eprintln!(
            "{count}/{of} {}:{line} {kind:?} {what}: {outcome}",
            mutant.file
        );
        self.results.note(mutant, outcome)
    }
}
