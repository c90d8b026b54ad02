//! Which instructions of the ELF were executed: what tells libFuzzer that an input is new.

use std::{
    fmt,
    sync::atomic::{AtomicU8, Ordering::Relaxed},
};

/// How many jumps are told apart; a power of two.
const JUMPS: usize = 1 << 16;

/// Jumps of the run that goes on, by source and destination. libFuzzer reads counters in the section of
/// this name and clears them before each run.
#[cfg_attr(
    feature = "engine",
    unsafe(link_section = "__libfuzzer_extra_counters")
)]
static TAKEN: [AtomicU8; JUMPS] = [const { AtomicU8::new(0) }; JUMPS];

/// Which instructions were ever executed.
#[derive(Default)]
pub struct Coverage {
    executed: Vec<bool>,
}

impl Coverage {
    /// Notes the places of an execution, of an ELF with so many instructions.
    pub fn note(&mut self, instructions: usize, places: impl Iterator<Item = usize>) {
        self.executed.resize(instructions, false);
        let mut last = usize::MAX;
        for place in places {
            if let Some(executed) = self.executed.get_mut(place) {
                *executed = true;
            }
            if place != last.wrapping_add(1) {
                let jump = last.wrapping_mul(0x9e37_79b1) ^ place.wrapping_mul(0x85eb_ca6b);
                let counter = &TAKEN[(jump >> 7) % JUMPS];
                counter.store(counter.load(Relaxed).saturating_add(1), Relaxed);
            }
            last = place;
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let executed = self.executed.iter().filter(|executed| **executed).count();
        let all = self.executed.len();
        write!(
            formatter,
            "{executed} of the ELF's {all} instructions executed"
        )
    }
}
