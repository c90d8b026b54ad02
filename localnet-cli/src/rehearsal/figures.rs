//! What was measured.

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::Result;
use sluice_cli::output::table;

use crate::demo::narration::tell;

/// A table of what was measured, in the order in which it was.
#[derive(Default)]
pub struct Figures(Vec<[String; 2]>);

impl Figures {
    /// Something that was measured.
    pub fn add(&mut self, what: &str, figure: impl fmt::Display) {
        let figure = figure.to_string();
        tell(&format!("[{what}: {figure}]"));
        self.0.push([what.to_owned(), figure]);
    }

    /// Does something, and notes how long it takes where it succeeds.
    pub fn time<T>(&mut self, what: &str, act: impl FnOnce() -> Result<T>) -> Result<T> {
        let start = Instant::now();
        let done = act()?;
        self.add(what, seconds(start.elapsed()));
        Ok(done)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut figures = table(["what", "figure"], 1);
        for row in &self.0 {
            figures.add_row(row);
        }
        write!(formatter, "{figures}")
    }
}

/// A duration for people.
pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f32())
}
