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
    /// Waits for so many transactions.
    pub fn of(transactions: usize, message: impl Into<String>) -> Self {
        match transactions {
            1 => Self::spinner(message),
            _ => Self::steps(message),
        }
    }

    /// Waits for something whose steps cannot be counted.
    pub fn spinner(message: impl Into<String>) -> Self {
        Self::start(None, "{spinner} {msg} ({elapsed})", message)
    }

    /// Waits for steps that are counted as they become known.
    pub fn steps(message: impl Into<String>) -> Self {
        Self::start(Some(0), "{bar:30} {pos}/{len} {msg} ({elapsed})", message)
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

    /// Says how many steps are done, of how many.
    pub fn at(&self, done: usize, total: usize) {
        self.bar
            .set_length(u64::try_from(total).unwrap_or(u64::MAX));
        self.bar
            .set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
