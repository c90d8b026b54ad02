//! How quickly each URL answers, how far its node is, and whether what it shows is used.

use std::time::{Duration, Instant};

use sluice_client::{ClientError, NodeUrl, send::cluster::fault::Fault};
use tracing::{info, warn};

use crate::{
    known::{Doubt, Shared},
    stop::Stop,
};

/// The time between two looks at a node.
const EVERY: Duration = Duration::from_secs(10);

/// Asks the URL with this number for its clock and the pools again and again until the end is asked for.
/// A node that shows a pool as another one has shown it before is found so, whichever of them works.
pub fn watch(url: &NodeUrl<'_>, index: usize, shared: &Shared, stop: &Stop) {
    while !stop.is_requested() {
        let known = shared.lock().addresses();
        let asked = Instant::now();
        let answer = url.slot_with(&known);
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
    let fault = url.fault().or_else(|| refused(&answer));
    let mut known = shared.lock();
    let Some(node) = known.nodes.get_mut(index) else {
        return;
    };
    node.slot = answer.as_ref().ok().copied();
    node.latency = node.slot.map(|_| latency);
    node.doubt = fault.as_ref().and_then(Doubt::of);
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

/// What the client itself finds wrong with an answer.
fn refused(answer: &Result<u64, ClientError>) -> Option<Fault> {
    match answer {
        Err(ClientError::Rpc(error)) => Fault::of(error).cloned(),
        _ => None,
    }
}
