//! Every instruction of the compiled program with arguments, accounts, flags and states that no client
//! would send.

mod call;
mod coverage;
mod input;
mod machine;
mod oracle;
mod state;
mod world;

use std::fmt;

use arbitrary::{Arbitrary, Unstructured};
use sluice_tests::scenario::two_pools::STAGES;

use self::{coverage::Coverage, input::Input};
pub(crate) use self::{state::Accounts, world::World};
use crate::Target;

/// The program on the states of [`STAGES`], each made when it is first needed.
pub struct Program {
    worlds: Vec<Option<World>>,
    coverage: Coverage,
    calls: Tally,
}

/// How calls ended.
#[derive(Default)]
struct Tally {
    accepted: u64,
    refused: u64,
}

impl Program {
    /// The program, with no world made yet.
    #[expect(clippy::new_without_default, reason = "a target is made on purpose")]
    pub fn new() -> Self {
        Self {
            worlds: STAGES.iter().map(|_| None).collect(),
            coverage: Coverage::default(),
            calls: Tally::default(),
        }
    }
}

impl Target for Program {
    /// Each instruction of each stage alone, of both pools, unchanged.
    fn seeds(&self) -> Vec<Vec<u8>> {
        let stages = (0u8..).zip(&STAGES);
        let cases = stages.flat_map(|(stage, (_, names))| {
            // Of both pools.
            (0..2 * names.len()).map(move |case| vec![stage, 0, case as u8, 0])
        });
        cases.collect()
    }

    fn run(&mut self, input: &[u8]) {
        // Too short to say anything.
        let Ok(input) = Input::arbitrary(&mut Unstructured::new(input)) else {
            return;
        };
        let stage = usize::from(input.stage) % STAGES.len();
        let world = self.worlds[stage].get_or_insert_with(|| World::at(&STAGES[stage]));
        for outcome in call::all(world, &input, &mut self.coverage) {
            if outcome {
                self.calls.accepted += 1;
            } else {
                self.calls.refused += 1;
            }
        }
    }

    fn reached(&self) -> String {
        format!("{}; {}", self.calls, self.coverage)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, refused } = self;
        write!(formatter, "{accepted} calls accepted, {refused} refused")
    }
}
