//! What a faulty node does, as data: printed, compared and made from a seed.

use std::{fmt, time::Duration};

/// The method that sends.
pub const SEND: &str = "sendTransaction";

/// A fault of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The calls that it can hit.
    pub calls: Calls,
    /// Which of those it hits.
    pub trigger: Trigger,
    /// What becomes of them.
    pub effect: Effect,
}

/// Calls, by their methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// All.
    Any,
    /// All but [`SEND`].
    Reads,
    /// Those of one method.
    Of(&'static str),
}

/// When a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Always.
    Always,
    /// With the first so many.
    First(usize),
    /// With all but the first so many.
    After(usize),
    /// With every so manieth.
    Every(usize),
    /// With every copy of the first transaction that is sent, and no other.
    FirstTransaction,
    /// With all, once this other method was called.
    Once(&'static str),
    /// With so many in a hundred, by the node's seed.
    Chance(u64),
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// The caller hears this, and the cluster nothing.
    Instead(Heard),
    /// The cluster hears it, and the caller this.
    Afterwards(Heard),
    /// The honest answer comes late.
    Late(Duration),
    /// The answer is changed.
    Changed(Change),
}

/// What a caller hears in place of the honest answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A status of HTTP, with or without seconds to wait.
    Status(u16, Option<u64>),
    /// An error of JSON-RPC: code and message.
    Error(i64, &'static str),
    /// This result, in JSON.
    Result(&'static str),
    /// The signature of what was sent, as if it had been taken.
    Accepted,
    /// Half of the answer.
    Half,
    /// The connection is reset.
    Reset,
    /// Nothing, for ever.
    Silence,
}

/// What becomes of an honest answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The first answer to the same question is given for ever.
    First,
    /// What was so many slots ago.
    Lag(u64),
    /// A number in it is so much more.
    More(&'static str, u64),
    /// A value in it is this one, in JSON.
    Set(&'static str, &'static str),
}

impl Calls {
    /// Whether it has this method.
    pub fn has(self, method: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Reads => method != SEND,
            Self::Of(one) => method == one,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            calls,
            trigger,
            effect,
        } = self;
        write!(formatter, "{calls} {trigger}: {effect}")
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => formatter.write_str("all calls"),
            Self::Reads => formatter.write_str("all reads"),
            Self::Of(method) => formatter.write_str(method),
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => formatter.write_str("always"),
            Self::First(number) => write!(formatter, "the first {number}"),
            Self::After(number) => write!(formatter, "after {number}"),
            Self::Every(number) => write!(formatter, "every {number}."),
            Self::FirstTransaction => formatter.write_str("the first transaction, each time"),
            Self::Once(method) => write!(formatter, "after {method}"),
            Self::Chance(percent) => write!(formatter, "{percent}%"),
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instead(heard) => write!(formatter, "{heard}, not passed on"),
            Self::Afterwards(heard) => write!(formatter, "{heard}, passed on"),
            Self::Late(time) => write!(formatter, "{} ms late", time.as_millis()),
            Self::Changed(change) => change.fmt(formatter),
        }
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status, None) => write!(formatter, "HTTP {status}"),
            Self::Status(status, Some(seconds)) => {
                write!(formatter, "HTTP {status} with Retry-After {seconds}")
            }
            Self::Error(code, message) => write!(formatter, "error {code} {message:?}"),
            Self::Result(json) => write!(formatter, "result {json}"),
            Self::Accepted => formatter.write_str("called accepted"),
            Self::Half => formatter.write_str("cut off"),
            Self::Reset => formatter.write_str("connection reset"),
            Self::Silence => formatter.write_str("never answered"),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => formatter.write_str("the first answer for ever"),
            Self::Lag(slots) => write!(formatter, "{slots} slots behind"),
            Self::More(pointer, number) => write!(formatter, "{pointer} {number} too high"),
            Self::Set(pointer, json) => write!(formatter, "{pointer} is {json}"),
        }
    }
}
