//! How quickly each URL answers, how far its node is, and whether it is used.

use std::time::{Duration, Instant};

use sluice_client::{ClientError, NodeUrl, send::cluster::fault::Fault};
use tracing::{info, warn};

use crate::{known::Shared, stop::Stop};

/// The time between two looks at a node.
const EVERY: Duration = Duration::from_secs(10);

/// Asks the URL with this number for its slot again and again until the end is asked for.
pub fn watch(url: &NodeUrl<'_>, index: usize, shared: &Shared, stop: &Stop) {
    while !stop.is_requested() {
        let asked = Instant::now();
        let answer = url.client.get_slot().map_err(ClientError::from);
        if !stop.is_requested() {
            note(url, index, shared, answer, asked.elapsed());
        }
        stop.sleep(EVERY);
    }
}

fn note(
    url: &NodeUrl<'_>,
    index: usize,
    shared: &Shared,
    answer: Result<u64, ClientError>,
    latency: Duration,
) {
    let fault = url.fault();
    let mut known = shared.lock();
    let Some(node) = known.nodes.get_mut(index) else {
        return;
    };
    node.slot = answer.as_ref().ok().copied();
    node.latency = node.slot.map(|_| latency);
    node.is_ahead = matches!(fault, Some(Fault::Ahead { .. }));
    node.is_of_another_cluster = matches!(fault, Some(Fault::AnotherCluster { .. }));
    let said = match answer {
        Ok(_) => node.condition.is_well().map(|_| None),
        Err(error) => {
            let what = fault.map_or_else(|| error.to_string(), |fault| fault.to_string());
            let is_to_be_told = node.condition.is_ill(what.clone(), Instant::now());
            is_to_be_told.then_some(Some(what))
        }
    };
    drop(known);
    match said {
        Some(Some(what)) => warn!(node = url.name, "{what}."),
        Some(None) => info!(node = url.name, "The node answers again, and is used."),
        None => {}
    }
}
