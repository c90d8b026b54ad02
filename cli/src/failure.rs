//! Failures in one line.

use std::process::ExitCode;

use anyhow::{Error, Result};

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
        let cause = cause.to_string();
        match said {
            said if said.is_empty() => cause,
            said if said.contains(&cause) => said,
            said => format!("{said}: {cause}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn a_cause_that_its_consequence_repeats_is_said_once() {
        let error = anyhow!("in use")
            .context("port: in use")
            .context("no start");
        assert_eq!(sentence(&error), "no start: port: in use");
    }
}
