//! Failures in one line.

use std::process::ExitCode;

use anyhow::{Error, Result};
use sluice_client::ClientError;

use crate::next;

/// How a program ends: a failure is said on stderr.
pub fn exit_code(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// A failure and its causes, each said once.
pub fn sentence(error: &Error) -> String {
    error.chain().fold(String::new(), |said, cause| {
        let cause = cause
            .downcast_ref::<ClientError>()
            .map_or_else(|| cause.to_string(), next::sentence);
        match said {
            said if said.is_empty() => cause,
            said if said.contains(&cause) => said,
            said => format!("{said}: {cause}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_cause_that_its_consequence_repeats_is_said_once() {
        let error = anyhow!("in use")
            .context("port: in use")
            .context("no start");
        assert_eq!(sentence(&error), "no start: port: in use");
    }
}
