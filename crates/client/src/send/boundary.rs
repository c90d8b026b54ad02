//! The moments before and after a transaction is sent. A test ends the process there, as a machine does
//! that loses its power; no release knows of it.

use std::{
    process::{Command, id},
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

/// Holds the number of the moment, from 1 on, at which this process is killed.
const VARIABLE: &str = "SLUICE_KILL_AT";

/// A moment is reached.
pub(super) fn reached() {
    static REACHED: AtomicU64 = AtomicU64::new(0);
    let reached = REACHED.fetch_add(1, Ordering::Relaxed).saturating_add(1);
    if std::env::var(VARIABLE).is_ok_and(|number| number == reached.to_string()) {
        let killed = Command::new("kill").args(["-9", &id().to_string()]).spawn();
        // It comes from outside, at any moment now: nothing is done until then.
        while killed.is_ok() {
            thread::park();
        }
    }
}
