//! Leaving a pool, through the queue or at once.

mod forecast;
mod instant;
mod leaving;
mod queued;

use std::fmt;

use anyhow::Result;
pub use leaving::Leaving;
pub use queued::Joining;
use serde::Serialize;

use crate::{
    args::UnstakeArgs, commands::freshness::Upkept, session::Session, transaction::Outcome,
};

/// An exit.
#[derive(Debug, Serialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Unstaked {
    /// A ticket in the queue.
    Queue(Upkept<queued::Requested>),
    /// Lamports in the wallet.
    Instant(Upkept<instant::Paid>),
}

/// Gives tokens of the configured pool back.
pub fn unstake(session: &Session, arguments: &UnstakeArgs) -> Result<Outcome<Unstaked>> {
    Ok(if arguments.instant {
        instant::exit(session, arguments)?.map(Unstaked::Instant)
    } else {
        queued::request(session, arguments)?.map(Unstaked::Queue)
    })
}

impl fmt::Display for Unstaked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queue(requested) => requested.fmt(formatter),
            Self::Instant(paid) => paid.fmt(formatter),
        }
    }
}
