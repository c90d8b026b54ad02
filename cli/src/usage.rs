//! What a command takes, as errors of the command line show it.

use clap::{
    CommandFactory, Error,
    error::{ContextKind, ContextValue},
};

/// The error with the usage of its command. The library shows every option that has a value, also
/// where the environment gives it and nobody typed it.
pub fn as_typed<C: CommandFactory>(mut error: Error) -> Error {
    let Some(ContextValue::StyledStr(shown)) = error.get(ContextKind::Usage) else {
        return error;
    };
    let shown = shown.to_string();
    let mut root = C::command();
    root.build();
    let mut command = &mut root;
    // Behind "Usage:" and the binary's name.
    for word in shown.split_whitespace().skip(2) {
        if command.find_subcommand(word).is_none() {
            break;
        }
        // It was found a line above.
        match command.find_subcommand_mut(word) {
            Some(found) => command = found,
            None => return error,
        }
    }
    let usage = command.render_usage();
    error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    error
}
