//! Failures: a sentence for people, one JSON value for scripts, and an exit code for both.

use std::{error, process::ExitCode};

use anyhow::{Error, anyhow};
use serde::Serialize;
use sluice_client::{ClientError, LoaderError};
use solana_signature::Signature;
use thiserror::Error;

use crate::{
    args::OutputFormat,
    next,
    output::{Unread, announce, json, print_json_line, write},
};

/// What a shell reports of a program that wrote to a pipe which nobody reads any more.
const PIPE_CLOSED: u8 = 128 + 13;

/// How a command failed: its exit code, and the word for it in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Code {
    /// A rule, a program, a signer or the answer to the question refused. Nothing of it was done,
    /// or the sentence says what was.
    Refused = 1,
    /// The command line or the configuration makes no sense.
    Usage = 2,
    /// The node gave no usable answer. Nothing was sent.
    Node = 3,
    /// It was sent, did not arrive, and by the node's word can arrive no longer.
    NotConfirmed = 4,
    /// Something was sent, and it is not known what came of all of it.
    PerhapsSent = 5,
}

/// Why a command was not done, and what it had signed until then.
#[derive(Debug)]
pub struct Failure {
    error: Error,
    signatures: Vec<Signature>,
}

/// A failure in JSON.
#[derive(Debug, Serialize)]
struct Told {
    error: Explained,
}

#[derive(Debug, Serialize)]
struct Explained {
    code: Code,
    what: String,
    /// What to do, where the library knows it apart from what happened.
    next: Option<String>,
    signatures: Vec<String>,
}

/// What was typed or configured cannot be meant.
#[derive(Debug, Error)]
#[error("{0}")]
struct Misuse(String);

/// Something was asked for, and nobody says yet what came of it.
#[derive(Debug, Error)]
#[error("{sentence}")]
struct Unsure {
    sentence: String,
    signatures: Vec<Signature>,
}

/// A result was printed, and says which part of it failed.
#[derive(Debug, Error)]
#[error("{sentence}")]
struct Incomplete {
    sentence: String,
    code: Code,
}

/// The error of what was typed or configured wrongly, from a sentence.
pub fn misuse(sentence: impl Into<String>) -> Error {
    anyhow!(Misuse(sentence.into()))
}

/// The error of what may have been done, and may still be, by transactions of earlier commands.
pub fn unsure(sentence: String, signatures: Vec<Signature>) -> Error {
    anyhow!(Unsure {
        sentence,
        signatures
    })
}

/// The error after a result that says what failed.
pub fn incomplete(sentence: String, code: Code) -> Error {
    anyhow!(Incomplete { sentence, code })
}

impl Failure {
    /// A failure after something was signed.
    pub fn after(signatures: Vec<Signature>, error: Error) -> Self {
        Self { error, signatures }
    }

    /// How it ends the program.
    pub fn code(&self) -> Code {
        let causes = || self.error.chain();
        if causes().any(<dyn error::Error>::is::<Misuse>) {
            return Code::Usage;
        }
        if causes().any(<dyn error::Error>::is::<Unsure>) {
            return Code::PerhapsSent;
        }
        let incomplete = causes().find_map(|cause| cause.downcast_ref::<Incomplete>());
        let code = match (incomplete, self.client_error()) {
            (Some(incomplete), _) => incomplete.code,
            (None, Some(error)) => Code::of(error),
            (None, None) => Code::Refused,
        };
        let is_signed = !self.signatures.is_empty();
        match code.after(&self.signatures) {
            Code::Refused if is_signed && causes().any(<dyn error::Error>::is::<Unread>) => {
                Code::PerhapsSent
            }
            code => code,
        }
    }

    /// Whether the result could not be printed.
    pub fn is_unread(&self) -> bool {
        self.error.chain().any(<dyn error::Error>::is::<Unread>)
    }

    fn client_error(&self) -> Option<&ClientError> {
        self.error.chain().find_map(|cause| cause.downcast_ref())
    }

    /// Says it where the program goes on, as one of many results.
    pub fn tell_and_go_on(&self, format: OutputFormat) -> anyhow::Result<()> {
        announce(sentence(&self.error));
        match format {
            OutputFormat::Table => Ok(()),
            OutputFormat::Json => print_json_line(&self.told()),
        }
    }

    /// Of this command, and of those before it that may have done the same.
    fn all_signatures(&self) -> impl Iterator<Item = &Signature> {
        let unsure = self.error.chain().find_map(|cause| cause.downcast_ref());
        let found = unsure.map(|Unsure { signatures, .. }| signatures.as_slice());
        self.signatures.iter().chain(found.unwrap_or_default())
    }

    fn told(&self) -> Told {
        let what = said(&self.error, &|error| match error.explanation() {
            Some(explanation) => explanation.what,
            None => error.to_string(),
        });
        let advice = self.client_error().and_then(ClientError::explanation);
        Told {
            error: Explained {
                code: self.code(),
                what,
                next: advice.and_then(|advice| next::advised(&advice)),
                signatures: self.all_signatures().map(ToString::to_string).collect(),
            },
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::after(Vec::new(), error)
    }
}

impl Code {
    /// The same after these were signed: a node that fails then leaves something open.
    pub fn after(self, signatures: &[Signature]) -> Self {
        match self {
            Self::Node if !signatures.is_empty() => Self::PerhapsSent,
            code => code,
        }
    }

    /// The code of several failures together: the one that asks for most care.
    pub fn of_all<'a>(errors: impl IntoIterator<Item = &'a ClientError>) -> Option<Self> {
        errors.into_iter().map(Self::of).max()
    }

    fn of(error: &ClientError) -> Self {
        match error {
            ClientError::Rpc(_)
            | ClientError::AnotherPool { .. }
            | ClientError::ImplausibleRent
            | ClientError::Unreadable { .. }
            | ClientError::Inconsistent { .. }
            | ClientError::NoStakeAddress { .. }
            | ClientError::TableNotShown { .. }
            | ClientError::SlotStands { .. }
            | ClientError::PaidBefore { .. }
            | ClientError::KnownBeforeSent { .. } => Self::Node,
            // Pieces of code can be written again without harm, and nothing else was sent.
            ClientError::Loader(
                LoaderError::Disagreement { .. } | LoaderError::Unwitnessed { .. },
            ) => Self::Node,
            ClientError::NotConfirmed { .. }
            | ClientError::Loader(LoaderError::NotWritten { .. }) => Self::NotConfirmed,
            ClientError::PerhapsSent { .. } | ClientError::NotTaken { .. } => Self::PerhapsSent,
            _ => Self::Refused,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// How a program ends: a failure is said on stderr, and in JSON mode on stdout too. Where nobody
/// reads the result any more, nothing is said.
pub fn exit_code(format: OutputFormat, outcome: Result<(), Failure>) -> ExitCode {
    let Err(failure) = outcome else {
        return ExitCode::SUCCESS;
    };
    let causes = || failure.error.chain();
    if causes().any(|cause| cause.downcast_ref().is_some_and(Unread::is_closed)) {
        return ExitCode::from(PIPE_CLOSED);
    }
    announce(format_args!("error: {}", sentence(&failure.error)));
    if failure.is_unread() && !failure.signatures.is_empty() {
        let signed = failure.signatures.iter().map(ToString::to_string);
        let signed = signed.collect::<Vec<_>>().join(", ");
        announce(format_args!(
            "This was signed: {signed}. `sluice pending` tells what came of it."
        ));
    }
    let is_told = causes().any(|cause| cause.is::<Incomplete>() || cause.is::<Unread>());
    if format == OutputFormat::Json && !is_told {
        tell(&failure.told());
    }
    failure.code().into()
}

/// The same for a command line that cannot be understood.
pub fn tell_misuse(what: String, next: Option<String>) {
    tell(&Told {
        error: Explained {
            code: Code::Usage,
            what,
            next,
            signatures: Vec::new(),
        },
    });
}

fn tell(told: &Told) {
    if let Ok(text) = json::pretty(told) {
        // Whoever does not read it has the exit code.
        let _unread = write(&text);
    }
}

/// A failure and its causes, each said once.
pub fn sentence(error: &Error) -> String {
    said(error, &next::sentence)
}

fn said(error: &Error, by_client: &dyn Fn(&ClientError) -> String) -> String {
    error.chain().fold(String::new(), |said, cause| {
        let cause = cause
            .downcast_ref::<ClientError>()
            .map_or_else(|| cause.to_string(), by_client);
        match said {
            said if said.is_empty() => cause,
            said if said.contains(&cause) => said,
            said => format!("{said}: {cause}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use anyhow::Context;
    use solana_rpc_client_api::client_error::ErrorKind;

    use super::*;

    fn node_is_away() -> ClientError {
        ClientError::Rpc(Box::new(ErrorKind::Custom("away".to_owned()).into()))
    }

    #[test]
    fn a_cause_that_its_consequence_repeats_is_said_once() {
        let error = anyhow!("in use")
            .context("port: in use")
            .context("no start");
        assert_eq!(sentence(&error), "no start: port: in use");
    }

    #[test]
    fn the_exit_code_says_whether_it_is_safe_to_repeat_the_command() {
        let code = |error: Error, signatures| Failure::after(signatures, error).code();
        let signed = || vec![Signature::default()];
        let away = || Error::from(node_is_away()).context("on the way");
        assert_eq!(code(anyhow!("no"), signed()), Code::Refused);
        assert_eq!(code(misuse("no"), Vec::new()), Code::Usage);
        assert_eq!(code(away(), Vec::new()), Code::Node);
        assert_eq!(code(away(), signed()), Code::PerhapsSent);
        let signature = Signature::default();
        let lost = || ClientError::PerhapsSent { signature };
        assert_eq!(code(lost().into(), Vec::new()), Code::PerhapsSent);
        let worst = Code::of_all([&node_is_away(), &lost()]).unwrap();
        let partly = incomplete("not all".to_owned(), worst);
        assert_eq!(code(partly, signed()), Code::PerhapsSent);
    }

    #[test]
    fn what_happened_and_what_to_do_are_kept_apart_for_scripts() {
        let error = Err::<(), _>(node_is_away())
            .context("no price")
            .unwrap_err();
        let told = Failure::after(vec![Signature::default()], error).told();
        assert_eq!(
            serde_json::to_value(told).unwrap(),
            serde_json::json!({"error": {
                "code": "perhaps_sent",
                "what": "no price: The node gave no usable answer: Custom: away",
                "next": "Try again, or use another node",
                "signatures": [Signature::default().to_string()],
            }})
        );
    }
}
