//! Nodes that are set aside for a while, and when they are looked at again.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::fault::Fault;

/// Whether a node is set aside.
#[derive(Debug, Default)]
pub(super) struct Aside(Mutex<Option<Reason>>);

#[derive(Debug)]
struct Reason {
    fault: Fault,
    look_at: Instant,
}

impl Aside {
    /// Why; none where the node is in use.
    pub fn fault(&self) -> Option<Fault> {
        self.lock().as_ref().map(|reason| reason.fault.clone())
    }

    /// Sets the node aside, to be looked at again after this time.
    pub fn begin(&self, fault: Fault, pause: Duration) {
        let look_at = Instant::now() + pause;
        *self.lock() = Some(Reason { fault, look_at });
    }

    /// Whether it is time to look again. The next time is after `pause`, so that one alone looks.
    pub fn is_time_to_look(&self, pause: Duration) -> bool {
        let now = Instant::now();
        match self.lock().as_mut() {
            Some(reason) if reason.look_at <= now => {
                reason.look_at = now + pause;
                true
            }
            _ => false,
        }
    }

    /// The node is in use again.
    pub fn end(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Reason>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
