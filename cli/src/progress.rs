//! Signs of life for whoever waits at a terminal.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What takes less is not worth a flicker.
const PATIENCE: Duration = Duration::from_secs(2);
const REDRAW: Duration = Duration::from_millis(120);

/// A bar on stderr that appears after two seconds, and only at a terminal. It vanishes with its
/// owner.
pub struct Progress {
    bar: ProgressBar,
    _ended: mpsc::Sender<()>,
}

impl Progress {
    /// Waits for something whose steps cannot be counted.
    pub fn spinner(message: impl Into<String>) -> Self {
        Self::start(None, "{spinner} {msg} ({elapsed})", message)
    }

    /// Waits for this many steps.
    pub fn steps(steps: u64, message: impl Into<String>) -> Self {
        Self::start(
            Some(steps),
            "{bar:30} {pos}/{len} {msg} ({elapsed})",
            message,
        )
    }

    fn start(steps: Option<u64>, template: &str, message: impl Into<String>) -> Self {
        let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(message.into());
        let (sender, ended) = mpsc::channel();
        thread::spawn({
            let bar = bar.clone();
            move || {
                if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(REDRAW);
                }
            }
        });
        Self {
            bar,
            _ended: sender,
        }
    }

    /// Says what is being done now.
    pub fn tell(&self, message: impl Into<String>) {
        self.bar.set_message(message.into());
    }

    /// Counts a finished step.
    pub fn step(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
