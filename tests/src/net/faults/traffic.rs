//! How often a node was asked, and when.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// The calls that a node has seen, in order.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    calls: Vec<(Instant, String)>,
}

impl Traffic {
    /// Notes a call.
    pub(super) fn note(&mut self, method: &str) {
        self.calls.push((Instant::now(), method.to_owned()));
    }

    /// Whether a method was called.
    pub fn has(&self, method: &str) -> bool {
        self.calls.iter().any(|(_, seen)| seen == method)
    }

    /// All calls.
    pub fn count(&self) -> usize {
        self.calls.len()
    }

    /// Calls by method.
    pub fn by_method(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for (_, method) in &self.calls {
            *counts.entry(method.as_str()).or_default() += 1;
        }
        counts
    }

    /// The most calls in any span of this length.
    pub fn most_within(&self, span: Duration) -> usize {
        let mut first = 0;
        let mut most = 0;
        for (index, (now, _)) in self.calls.iter().enumerate() {
            while now.duration_since(self.calls[first].0) >= span {
                first += 1;
            }
            most = most.max(index + 1 - first);
        }
        most
    }
}
