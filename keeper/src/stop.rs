//! Ending: a signal is waited for beside everything else, and heeded between transactions.

use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};
use tracing::info;

/// Whether to end.
#[derive(Default)]
pub struct Stop {
    requested: AtomicBool,
    asleep: Mutex<()>,
    wake: Condvar,
}

impl Stop {
    /// Requested by SIGTERM or SIGINT.
    ///
    /// Fails where the operating system takes no handler.
    pub fn on_signals(runtime: &Runtime) -> Result<Arc<Self>> {
        let _entered = runtime.enter();
        let taken = "signals cannot be waited for";
        let mut terminate = signal(SignalKind::terminate()).context(taken)?;
        let mut interrupt = signal(SignalKind::interrupt()).context(taken)?;
        let stop = Arc::new(Self::default());
        let requested = Arc::clone(&stop);
        runtime.spawn(async move {
            let name = tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            };
            info!(signal = name, "Ending after what is under way.");
            requested.request();
        });
        Ok(stop)
    }

    /// Asks to end.
    pub fn request(&self) {
        let _held = self.asleep.lock().unwrap_or_else(PoisonError::into_inner);
        self.requested.store(true, Ordering::Relaxed);
        self.wake.notify_all();
    }

    /// What is true once the end is asked for.
    pub fn flag(&self) -> &AtomicBool {
        &self.requested
    }

    /// Whether the end is asked for.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }

    /// Sleeps so long, or until the end is asked for.
    pub fn sleep(&self, time: Duration) {
        let held = self.asleep.lock().unwrap_or_else(PoisonError::into_inner);
        let slept = self
            .wake
            .wait_timeout_while(held, time, |()| !self.is_requested());
        drop(slept);
    }
}
