//! Offers many transactions at once, no faster than the nodes take them.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use solana_rpc_client::rpc_client::RpcClient;

use super::stream::Flying;
use crate::{
    ClientError,
    send::delivery::submission::{Submitted, submit},
};

/// Transactions that are offered before it is looked again what has arrived.
const FIRST: usize = 64;
const FEWEST: usize = 8;
const MOST: usize = 512;
/// Transactions for one of the threads that offer, and threads at most.
const PER_THREAD: usize = 8;
const MOST_THREADS: usize = 16;
/// What takes longer is offered in smaller parts, and what takes a third of it in larger ones.
const LONG: Duration = Duration::from_secs(3);

/// How many transactions are offered at once: fewer where nodes are slow or refuse, more where they
/// are quick.
pub(super) struct Window(usize);

impl Default for Window {
    fn default() -> Self {
        Self(FIRST)
    }
}

/// What nodes made of it.
#[derive(Default)]
pub(super) struct Offered {
    /// The last failure.
    pub last_error: Option<ClientError>,
    /// Whether any node may have taken anything.
    pub was_reached: bool,
}

impl Window {
    /// How many.
    pub fn size(&self) -> usize {
        self.0
    }

    /// Offers them, several at a time, each once.
    pub fn offer(&mut self, rpc: &RpcClient, due: &mut [&mut Flying]) -> Offered {
        if due.is_empty() {
            return Offered::default();
        }
        let (began, next) = (Instant::now(), AtomicUsize::new(0));
        let threads = due.len().div_ceil(PER_THREAD).min(MOST_THREADS);
        let transactions: Vec<_> = due.iter().map(|flying| &flying.transaction).collect();
        let work = || {
            let mut offered = Offered::default();
            while let Some(transaction) = transactions.get(next.fetch_add(1, Ordering::Relaxed)) {
                #[cfg(debug_assertions)]
                crate::send::boundary::reached();
                offered.add(submit(rpc, transaction));
            }
            offered
        };
        let offered = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let done = workers.into_iter().filter_map(|worker| worker.join().ok());
            done.fold(Offered::default(), Offered::with)
        });
        for flying in due.iter_mut() {
            flying.sent = Some(Instant::now());
        }
        self.adapt(due.len(), began.elapsed(), offered.last_error.is_some());
        offered
    }

    fn adapt(&mut self, offered: usize, took: Duration, has_failed: bool) {
        if has_failed || took > LONG {
            self.0 = (self.0 / 2).max(FEWEST);
        } else if offered >= self.0 && took < LONG / 3 {
            self.0 = self.0.saturating_mul(2).min(MOST);
        }
    }
}

impl Offered {
    fn add(&mut self, submitted: Submitted) {
        match submitted {
            Submitted::Taken | Submitted::Perhaps => self.was_reached = true,
            Submitted::Refused(error) => {
                self.was_reached = true;
                self.last_error = Some(error);
            }
            Submitted::Unreached(error) => self.last_error = Some(error),
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            last_error: other.last_error.or(self.last_error),
            was_reached: self.was_reached || other.was_reached,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_narrows_where_nodes_are_slow_or_refuse_and_widens_where_they_are_quick() {
        let quick = Duration::from_millis(10);
        let mut window = Window::default();
        window.adapt(FIRST, quick, false);
        assert_eq!(window.size(), 2 * FIRST);
        // It was not filled: nothing is known about a larger one.
        window.adapt(FIRST, quick, false);
        assert_eq!(window.size(), 2 * FIRST);
        window.adapt(2 * FIRST, LONG + quick, false);
        assert_eq!(window.size(), FIRST);
        window.adapt(FIRST, quick, true);
        assert_eq!(window.size(), FIRST / 2);
        for _ in 0..20 {
            window.adapt(1, quick, true);
        }
        assert_eq!(window.size(), FEWEST);
        for _ in 0..20 {
            window.adapt(window.size(), quick, false);
        }
        assert_eq!(window.size(), MOST);
    }
}
