//! One way to print: every command returns a value that can be shown and serialized.

pub mod json;
mod tables;

use std::{
    fmt,
    io::{self, ErrorKind, Write},
    time::SystemTime,
};

use anyhow::{Context, Result};
use console::{Style, colors_enabled, colors_enabled_stderr};
use serde::Serialize;
use sluice_client::words::printable::printable_lines;
pub use tables::{COLUMNS, Facts, hide_first, known, narrow, table};
use thiserror::Error;

use crate::args::OutputFormat;

/// What was to be printed did not get to whoever reads it.
#[derive(Debug, Error)]
#[error("the result cannot be printed: {0}")]
pub struct Unread(io::Error);

impl Unread {
    /// Whether nobody reads any more, as where a pipe ends with `head`.
    pub fn is_closed(&self) -> bool {
        self.0.kind() == ErrorKind::BrokenPipe
    }
}

/// Prints a command's result to stdout and flushes it, so that a reader at a pipe sees it at once.
pub fn print<T: fmt::Display + Serialize>(format: OutputFormat, result: &T) -> Result<()> {
    write(&match format {
        OutputFormat::Table => result.to_string(),
        OutputFormat::Json => json::pretty(result).context("the result cannot be written")?,
    })
}

/// Prints a difference. In a terminal, lines that go are red, and lines that come green.
pub fn print_difference<T: fmt::Display + Serialize>(
    format: OutputFormat,
    result: &T,
) -> Result<()> {
    match format {
        OutputFormat::Table if colors_enabled() => {
            let text = coloured(&result.to_string(), Style::new().force_styling(true));
            write_raw(&text)
        }
        _ => print(format, result),
    }
}

/// Prints one of many results. In JSON each is one line, with the time at which it was printed.
pub fn print_next<T: fmt::Display + Serialize>(format: OutputFormat, result: &T) -> Result<()> {
    match format {
        OutputFormat::Table => print(format, result),
        OutputFormat::Json => print_json_line(result),
    }
}

/// Prints a value as one line of JSON, with the time by this machine's clock.
pub fn print_json_line(value: &impl Serialize) -> Result<()> {
    #[derive(Serialize)]
    struct Timed<'a, T> {
        time_utc: String,
        #[serde(flatten)]
        value: &'a T,
    }
    let timed = Timed {
        time_utc: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        value,
    };
    write(&json::line(&timed).context("the result cannot be written")?)
}

/// Writes a text and a line's end to stdout.
pub fn write(text: &str) -> Result<()> {
    write_raw(&printable_lines(text.trim_end()))
}

/// The same of a text without harm.
fn write_raw(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    Ok(written.map_err(Unread)?)
}

/// Lines of a difference in colours, and nothing else that acts on a terminal.
fn coloured(text: &str, style: Style) -> String {
    let text = printable_lines(text.trim_end());
    let lines = text.lines().map(|line| match line.get(..2) {
        Some("- ") => style.clone().red().apply_to(line).to_string(),
        Some("+ ") => style.clone().green().apply_to(line).to_string(),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Tells something on the way to the result: to stderr, so that stdout stays one value. Where
/// nobody reads it, the command goes on.
pub fn announce(message: impl fmt::Display) {
    let message = printable_lines(&message.to_string());
    let _nobody_reads = writeln!(io::stderr(), "{message}");
}

/// Tells a difference on the way to the result, in colours in a terminal.
pub fn announce_difference(difference: impl fmt::Display) {
    let text = difference.to_string();
    match colors_enabled_stderr() {
        true => {
            let text = coloured(&text, Style::new().force_styling(true));
            let _nobody_reads = writeln!(io::stderr(), "{text}");
        }
        false => announce(text.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_come_or_go_are_coloured_and_nothing_of_theirs_acts_on_a_terminal() {
        let style = Style::new().force_styling(true);
        let text = "- a\n+ b\u{1b}[2J\n    -c\n";
        assert_eq!(
            coloured(text, style),
            "\u{1b}[31m- a\u{1b}[0m\n\u{1b}[32m+ b\u{fffd}[2J\u{1b}[0m\n    -c"
        );
    }
}
