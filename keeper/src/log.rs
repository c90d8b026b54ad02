//! The log: to stderr, one line for each thing that happened.

use std::io;

use tracing::Level;

use crate::settings::LogFormat;

/// Starts it. What other libraries say below a warning stays out.
pub fn start(format: LogFormat) {
    let lines = tracing_subscriber::fmt()
        .with_max_level(Level::INFO)
        .with_writer(io::stderr)
        .with_target(false)
        .with_ansi(false);
    match format {
        LogFormat::Human => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
