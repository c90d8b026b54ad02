//! Errors of programs, of the runtime and of nodes, as sentences.

mod anchor;
pub mod landing;
mod node;
mod programs;
mod recipients;
mod refusal;
mod signing;
mod sluice_codes;

use std::fmt;

pub use node::{name_of_node, refuses_method, rpc};
pub use recipients::{keyless, of_a_program, rather};
pub use refusal::Refusal;
pub use signing::signing;

use super::{
    next::{Advice, Next},
    printable::printable,
};

/// What happened, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The program's own error code, 6000 and up; `None` where another program or the runtime
    /// refused.
    pub sluice_code: Option<u32>,
    /// What happened: a sentence without its full stop, in one line that can be printed whoever wrote
    /// a part of it.
    pub what: String,
    /// What to do next.
    pub next: Advice,
}

impl Explanation {
    pub(crate) fn new(what: impl Into<String>, next: &'static str) -> Self {
        Self {
            sluice_code: None,
            what: printable(&what.into()),
            next: Advice(next),
        }
    }

    /// Both, with the steps called as `name` says.
    pub fn said_with(&self, name: &dyn Fn(Next) -> String) -> String {
        match self.next {
            Advice::NONE => self.what.clone(),
            next => format!("{}. {}", self.what, next.said_with(name)),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.said_with(&|next| next.to_string()))
    }
}

/// The explanation of an error that the program's methods gave outside the chain.
pub(crate) fn rule(error: &anchor_lang::error::Error) -> Explanation {
    match error {
        anchor_lang::error::Error::AnchorError(error) => of_sluice(error.error_code_number)
            .unwrap_or_else(|| Explanation::new(error.error_msg.clone(), "")),
        anchor_lang::error::Error::ProgramError(error) => {
            Explanation::new(error.program_error.to_string(), "")
        }
    }
}

/// The explanation of a custom code of the program or of its framework.
pub fn of_sluice(code: u32) -> Option<Explanation> {
    sluice_codes::explain(code).or_else(|| anchor::explain(code))
}
