//! How a node is treated: how often it is asked, how long an answer is waited for, and when it is
//! asked again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use leaky_bucket::RateLimiter;
use solana_rpc_client_api::request::RpcRequest;

/// How often a node outside of this machine is asked within [`WINDOW`].
pub const REQUESTS_PER_WINDOW: u32 = 100;
/// The seconds that [`REQUESTS_PER_WINDOW`] is about.
pub const WINDOW: Duration = Duration::from_secs(10);
/// Of all requests of a window, how many may be made at once: parts of a hundred.
const AT_ONCE_PERCENT: u32 = 40;
/// How long a read is tried, at all nodes together.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The same for a search through all accounts of a program, which nodes take long for.
pub const SEARCH_PATIENCE: Duration = Duration::from_secs(60);
/// How long late answers may be waited for, all of a command together: what an answer takes beyond
/// half a second.
pub const ALLOWANCE: Duration = Duration::from_secs(60);
/// When a node that is set aside is looked at again. One that was silent for as long is asked anew
/// which cluster it serves.
pub const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How long answers may go on behind a slot that was once seen, until that slot is forgotten.
pub const MEMORY: Duration = Duration::from_secs(60);
/// How long it is believed which cluster a node serves.
pub const IDENTITY_LASTS: Duration = Duration::from_secs(300);
/// How long a connection may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The first pause before a node is asked again; the next ones are twice as long each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// No pause is longer, before the random part that comes on top.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// The bytes of an answer, after it was expanded.
const LARGEST_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// How nodes are treated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manners {
    /// How often one node is asked within [`WINDOW`]. Nodes on this machine are asked freely.
    pub requests_per_window: u32,
    /// How long a read is tried, at all nodes together.
    pub patience: Duration,
    /// The same for a search through all accounts of a program.
    pub search_patience: Duration,
    /// How long late answers may be waited for, all of a client together. It comes back with time.
    pub allowance: Duration,
    /// When a node that is set aside is looked at again.
    pub look_again: Duration,
    /// How long answers may go on behind a slot that was once seen, until that slot is forgotten.
    pub memory: Duration,
    /// How long it is believed which cluster a node serves.
    pub identity_lasts: Duration,
    /// The pause before nodes are asked again; the next ones are twice as long each.
    pub first_pause: Duration,
    /// The bytes of an answer, after it was expanded.
    pub largest_answer_bytes: usize,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            requests_per_window: REQUESTS_PER_WINDOW,
            patience: PATIENCE,
            search_patience: SEARCH_PATIENCE,
            allowance: ALLOWANCE,
            look_again: LOOK_AGAIN,
            memory: MEMORY,
            identity_lasts: IDENTITY_LASTS,
            first_pause: FIRST_PAUSE,
            largest_answer_bytes: LARGEST_ANSWER_BYTES,
        }
    }
}

impl Manners {
    /// How long this is tried, by a client that has as much patience as there is.
    pub(super) fn patience_for(&self, request: RpcRequest) -> Duration {
        match request {
            // A local cluster that jumps to its next epoch takes its time, too.
            RpcRequest::GetProgramAccounts | RpcRequest::Custom { .. } => self.search_patience,
            _ => self.patience,
        }
    }

    /// The pauses between tries, each with a random part that may double it.
    pub(super) fn pauses(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(self.first_pause)
            .with_max_delay(LONGEST_PAUSE)
            .with_jitter()
            .without_max_times()
            .build()
    }

    /// The shortest pause towards the end of patience, where pauses are cut.
    pub(super) fn last_pause(&self) -> Duration {
        self.first_pause * 4
    }

    /// Lets as many requests of a window through at once as may be, and the rest in equal steps:
    /// no window of any beginning has more than [`Self::requests_per_window`].
    pub(super) fn limiter(&self) -> RateLimiter {
        let requests = self.requests_per_window.max(2);
        let at_once = (requests * AT_ONCE_PERCENT / 100).max(1);
        RateLimiter::builder()
            .max(at_once as usize)
            .initial(at_once as usize)
            .interval(WINDOW / (requests - at_once))
            .refill(1)
            .build()
    }
}
