//! Ending: a signal is waited for beside everything else, and heeded between transactions.

use std::{
    process,
    sync::{
        Arc, Condvar, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use sluice_cli::failure::Code;
use sluice_client::{Journal, Nodes, words::amounts::counted};
use tokio::{
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
};
use tracing::{info, warn};

/// Whether to end.
pub struct Stop {
    requested: AtomicBool,
    asleep: Mutex<()>,
    wake: Condvar,
    /// What is asked no more then.
    nodes: Arc<Nodes>,
    /// Where transactions are noted, once the cluster is known.
    journal: OnceLock<Journal>,
}

impl Stop {
    /// Nothing is requested yet.
    pub fn new(nodes: Arc<Nodes>) -> Self {
        Self {
            requested: AtomicBool::new(false),
            asleep: Mutex::default(),
            wake: Condvar::new(),
            nodes,
            journal: OnceLock::new(),
        }
    }

    /// Requested by SIGTERM or SIGINT. A second signal ends the process at once.
    ///
    /// Fails where the operating system takes no handler.
    pub fn on_signals(self: &Arc<Self>, runtime: &Runtime) -> Result<()> {
        let _entered = runtime.enter();
        let taken = "signals cannot be waited for";
        let mut terminate = signal(SignalKind::terminate()).context(taken)?;
        let mut interrupt = signal(SignalKind::interrupt()).context(taken)?;
        let stop = Arc::clone(self);
        runtime.spawn(async move {
            let name = next(&mut terminate, &mut interrupt).await;
            info!(
                signal = name,
                "Ending after what is under way. Another signal ends at once."
            );
            stop.request();
            let name = next(&mut terminate, &mut interrupt).await;
            stop.end_at_once(name);
        });
        Ok(())
    }

    /// What transactions are noted in: told by who is ended at once.
    pub fn know(&self, journal: Journal) {
        // It is known once: the second cluster would be another one.
        let _known = self.journal.set(journal);
    }

    /// Asks to end.
    pub fn request(&self) {
        let held = self.asleep.lock().unwrap_or_else(PoisonError::into_inner);
        self.requested.store(true, Ordering::Relaxed);
        self.wake.notify_all();
        drop(held);
        self.nodes.end();
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

    /// Does the work of a thread. Where that panics, the end is asked for: the keeper would go on without the
    /// thread, or wait for it, and nobody would know. Who watches the process starts it anew.
    pub fn guard<T>(&self, work: impl FnOnce() -> T) -> T {
        struct EndsOnPanic<'a>(&'a Stop);
        impl Drop for EndsOnPanic<'_> {
            fn drop(&mut self) {
                if thread::panicking() {
                    self.0.request();
                }
            }
        }
        let _guard = EndsOnPanic(self);
        work()
    }

    /// Ends the process, and says what is left in the journal.
    fn end_at_once(&self, signal: &str) -> ! {
        let pending = self.journal.get().map_or(Ok(Vec::new()), Journal::pending);
        match pending {
            Ok(pending) if pending.is_empty() => {
                warn!(signal, "Ended at once: nothing is left in the journal.");
                process::exit(0)
            }
            Ok(pending) => {
                let signatures = pending.iter().map(|entry| entry.signature.as_str());
                let signatures = signatures.collect::<Vec<_>>().join(", ");
                let count = u64::try_from(pending.len()).unwrap_or(u64::MAX);
                warn!(
                    signal,
                    signatures,
                    "Ended at once: {} in the journal, and the next start looks up what became of it.",
                    counted(count, "transaction")
                );
            }
            Err(error) => warn!(signal, "Ended at once: {error}"),
        }
        process::exit(Code::PerhapsSent as i32)
    }
}

async fn next(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use sluice_client::send::cluster::manners::Manners;

    use super::*;

    #[test]
    fn a_thread_that_panics_ends_all_others_and_is_not_passed_over() {
        let urls = ["http://127.0.0.1:1".to_owned()];
        let nodes = Nodes::with_manners(&urls, Manners::default()).unwrap();
        let stop = Stop::new(Arc::new(nodes));
        let work = || {
            while !stop.is_requested() {
                stop.sleep(Duration::from_secs(600));
            }
        };
        let ended = catch_unwind(AssertUnwindSafe(|| {
            thread::scope(|scope| {
                scope.spawn(|| stop.guard(work));
                scope.spawn(|| stop.guard(|| panic!("a bug")));
                stop.guard(work);
            });
        }));
        assert!(ended.is_err(), "the whole ends with the panic");
        assert!(stop.is_requested());
    }
}
