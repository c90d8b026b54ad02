//! What was typed: flags and environment, and which of them said what.

use std::{env, ffi::OsStr, process::ExitCode};

use clap::{
    Arg, ArgMatches, Command, CommandFactory, FromArgMatches, ValueHint,
    error::{ContextKind, ErrorKind},
    parser::ValueSource,
};
use serde::Serialize;
use strum::Display;

use crate::{
    failure::{Code, tell_misuse},
    output::announce,
    signers::{is_like_secret, may_be_secret, not_repeated},
    usage,
};

/// The arguments of a binary, and where they come from.
pub struct Typed<T> {
    /// What was typed.
    pub arguments: T,
    /// Where each of it comes from.
    pub origins: Origins,
}

/// Where the values of options come from.
#[derive(Clone, Debug, Default)]
pub struct Origins(ArgMatches);

/// Where a value comes from.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "lowercase")]
pub enum Origin {
    /// It was typed.
    Flag,
    /// A variable of the environment says so.
    Environment,
    /// A configuration file says so.
    File,
    /// Nothing says otherwise.
    Default,
}

impl Origin {
    /// What a setting's value is called: by its flag, its variable, or its key in the Solana CLI's
    /// configuration file.
    pub fn of(self, flag: &str, key: &str) -> String {
        match self {
            Self::Flag | Self::Default => format!("--{flag}"),
            Self::Environment => format!("SLUICE_{}", flag.to_uppercase().replace('-', "_")),
            Self::File => format!("{key} of the configuration file"),
        }
    }
}

impl Origins {
    /// What says the option of this name; a file or nothing, where the command line does not.
    pub fn of(&self, option: &str) -> Option<Origin> {
        let is_known = self.0.ids().any(|id| id == option);
        let source = is_known.then(|| self.0.value_source(option)).flatten();
        match source? {
            ValueSource::CommandLine => Some(Origin::Flag),
            ValueSource::EnvVariable => Some(Origin::Environment),
            _ => None,
        }
    }
}

/// Reads the command line. Help and version are printed, and so is why it cannot be understood:
/// then the program ends with the exit code.
pub fn read<T: CommandFactory + FromArgMatches>() -> Result<Typed<T>, ExitCode> {
    let mut command = with_discreet_variables(T::command());
    let read = command.try_get_matches_from_mut(env::args_os());
    let typed = read.and_then(|matches| {
        require_no_secret_path(&command, &matches)?;
        Ok(Typed {
            arguments: T::from_arg_matches(&matches)?,
            origins: Origins(matches),
        })
    });
    typed.map_err(|error| refuse(&usage::as_typed::<T>(error.format(&mut command))))
}

/// A variable that is set and empty counts as not set, and help shows no variable's value: it can
/// be a secret.
fn with_discreet_variables(command: Command) -> Command {
    let discreet = |argument: Arg| {
        let variable = argument.get_env().and_then(env::var_os);
        if variable.is_some_and(|text| text.is_empty()) {
            argument.env(None::<&'static str>)
        } else {
            argument.hide_env_values(true)
        }
    };
    command
        .mut_args(discreet)
        .mut_subcommands(with_discreet_variables)
}

/// Fails, without repeating it, where a key or a seed phrase was put in the place of a path.
fn require_no_secret_path(command: &Command, matches: &ArgMatches) -> clap::error::Result<()> {
    let paths = command
        .get_arguments()
        .filter(|argument| argument.get_value_hint() == ValueHint::AnyPath);
    for path in paths {
        let values = matches
            .get_raw(path.get_id().as_str())
            .into_iter()
            .flatten();
        if values.filter_map(OsStr::to_str).any(is_like_secret) {
            let said = not_repeated(&path.to_string());
            return Err(command.clone().error(ErrorKind::ValueValidation, said));
        }
    }
    match matches.subcommand() {
        Some((name, matches)) => command
            .find_subcommand(name)
            .map_or(Ok(()), |command| require_no_secret_path(command, matches)),
        None => Ok(()),
    }
}

fn refuse(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let discreet = without_secrets(&text);
    if discreet == text {
        // Whoever does not read it has the exit code.
        let _unread = error.print();
    } else {
        announce(discreet.trim_end());
    }
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    if wants_json() {
        let what = discreet.split("\n\n").next().unwrap_or_default();
        let what = what.strip_prefix("error: ").unwrap_or(what);
        let words = what.split_whitespace().collect::<Vec<_>>().join(" ");
        let usage = error.get(ContextKind::Usage).map(ToString::to_string);
        tell_misuse(words, usage);
    }
    Code::Usage.into()
}

/// An error of the command line without what it repeats of it that can be a secret.
fn without_secrets(text: &str) -> String {
    let named = words().map(|word| match word.split_once('=') {
        Some((flag, value)) if flag.starts_with('-') => value.to_owned(),
        _ => word,
    });
    let set = env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SLUICE_"));
    let set = set.map(|(_, value)| value.to_string_lossy().into_owned());
    let secrets = named.chain(set).filter(|word| may_be_secret(word));
    secrets.fold(text.to_owned(), |text, secret| {
        text.replace(&secret, "(not repeated: it could be a secret)")
    })
}

/// What was typed behind the binary's name.
fn words() -> impl Iterator<Item = String> {
    let words = env::args_os().skip(1);
    words.map(|word| word.to_string_lossy().into_owned())
}

/// Whether JSON was asked for, as far as that can be told of what cannot be understood.
fn wants_json() -> bool {
    let mut words = words().skip_while(|word| !word.starts_with("--output"));
    match words.next().as_deref() {
        Some("--output") => words.next().as_deref() == Some("json"),
        Some(word) => word == "--output=json",
        None => env::var("SLUICE_OUTPUT").is_ok_and(|format| format == "json"),
    }
}
