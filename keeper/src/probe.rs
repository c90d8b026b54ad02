//! How quickly each node answers, and how far it is.

use std::time::{Duration, Instant};

use sluice_client::Nodes;

use crate::{
    known::{KnownNode, Shared},
    stop::Stop,
};

/// The time between two looks at all nodes.
const EVERY: Duration = Duration::from_secs(10);

/// Asks each node for its slot again and again until the end is asked for.
pub fn watch(nodes: &Nodes, shared: &Shared, stop: &Stop) {
    while !stop.is_requested() {
        let known = nodes.each_with_name().map(|(name, node)| {
            let asked = Instant::now();
            let slot = node.get_slot().ok();
            KnownNode {
                name: name.to_owned(),
                latency: slot.map(|_| asked.elapsed()),
                slot,
            }
        });
        let known = known.collect();
        shared.lock().nodes = known;
        stop.sleep(EVERY);
    }
}
