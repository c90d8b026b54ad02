//! The log: to stderr, one line for each thing that happened.

use std::io;

use tracing::Level;

use crate::settings::LogFormat;

/// Starts it. What other libraries say below a warning stays out. What cannot be written, since nobody reads
/// it any more or a disk is full, is lost: work goes on.
pub fn start(format: LogFormat) {
    let lines = tracing_subscriber::fmt()
        .with_max_level(Level::INFO)
        .with_writer(io::stderr)
        .with_target(false)
        .with_ansi(false)
        // It would be told to stderr, and a stderr that is closed would panic.
        .log_internal_errors(false);
    match format {
        LogFormat::Human => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
