//! Why the pool would refuse.

use std::{error::Error, fmt};

use anchor_lang::error::Error as ProgramError;

/// The program's reason to refuse a swap, as the swap would fail with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The program's error code, from 6000 on; zero where the error is none of its own.
    pub code: u32,
    /// Its sentence.
    pub sentence: String,
}

impl Refusal {
    pub(crate) fn of(error: ProgramError) -> Self {
        match error {
            ProgramError::AnchorError(error) => Self {
                code: error.error_code_number,
                sentence: error.error_msg,
            },
            ProgramError::ProgramError(error) => Self {
                code: 0,
                sentence: error.program_error.to_string(),
            },
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (error {})", self.sentence, self.code)
    }
}

impl Error for Refusal {}
