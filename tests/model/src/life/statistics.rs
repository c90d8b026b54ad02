//! What lives went through.

use std::collections::BTreeMap;

use crate::action::Action;

/// What a life went through.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// Steps: transactions, waits, boundaries, interventions.
    pub steps: u64,
    /// How often an action of this name was done and changed something.
    pub effective: BTreeMap<String, u64>,
    /// How often the program refused with this error, as it must.
    pub refused: BTreeMap<String, u64>,
}

impl Statistics {
    /// Adds another world's.
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        for (name, count) in &other.effective {
            *self.effective.entry(name.clone()).or_default() += count;
        }
        for (name, count) in &other.refused {
            *self.refused.entry(name.clone()).or_default() += count;
        }
    }

    /// Delegations and undelegations that moved stake.
    pub fn moves(&self) -> u64 {
        let count = |name: &str| self.effective.get(name).copied().unwrap_or(0);
        count("Delegate") + count("Undelegate")
    }

    /// Counts a step that did something.
    pub fn count_effective(&mut self, action: &Action) {
        let text = format!("{action:?}");
        let name = text.split([' ', '{']).next().unwrap_or_default();
        *self.effective.entry(name.to_string()).or_default() += 1;
    }
}
