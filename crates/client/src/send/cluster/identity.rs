//! Which cluster a node serves, and when that is asked again: what is behind a URL can change.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::manners::Manners;

/// The first block of a node's cluster, as the node says.
#[derive(Debug)]
pub(super) struct Identity {
    /// For how long it is believed.
    lasts: Duration,
    /// A node that was silent for longer may be another one when it answers again.
    silence: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    genesis: Option<(String, Instant)>,
    silent_since: Option<Instant>,
}

/// What is known of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// The node has not said it.
    Nothing,
    /// The hash, which must be asked for again.
    Once(String),
    /// The hash, as the node said a short time ago.
    Now(String),
}

impl Identity {
    pub fn new(manners: &Manners) -> Self {
        Self {
            lasts: manners.identity_lasts,
            silence: manners.look_again,
            state: Mutex::default(),
        }
    }

    /// The hash of the first block.
    pub fn known(&self) -> Known {
        let state = self.lock();
        let Some((genesis, at)) = &state.genesis else {
            return Known::Nothing;
        };
        let was_away = state
            .silent_since
            .is_some_and(|since| since.elapsed() >= self.silence);
        match was_away || at.elapsed() >= self.lasts {
            true => Known::Once(genesis.clone()),
            false => Known::Now(genesis.clone()),
        }
    }

    /// The node says this hash.
    pub fn note(&self, genesis: String) {
        self.lock().genesis = Some((genesis, Instant::now()));
    }

    /// Whether the node has just answered something.
    pub fn answered(&self, has_answered: bool) {
        let mut state = self.lock();
        match has_answered {
            true => state.silent_since = None,
            false => {
                state.silent_since.get_or_insert_with(Instant::now);
            }
        }
    }

    /// Whether the node did not answer when it was last asked.
    pub fn is_silent(&self) -> bool {
        self.lock().silent_since.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
