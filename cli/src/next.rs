//! The commands that the library's advice is about: it names steps, this says how to take them.

use sluice_client::{
    ClientError,
    words::{
        explain::Explanation,
        next::{Advice, Next},
    },
};

/// The command for a step.
const fn command(next: Next) -> &'static str {
    match next {
        Next::Crank => "sluice crank",
        Next::Stake => "sluice stake",
        Next::Unstake => "sluice unstake",
        Next::Instant => "--instant",
        Next::ShowPool => "sluice pool show",
        Next::ShowRoles => "sluice pool role show",
        Next::ShowConfig => "sluice pool config show",
        Next::ShowTickets => "sluice tickets",
        Next::ShowValidators => "sluice validator list",
        Next::ExplainValidator => "sluice validator explain",
        Next::Migrate => "sluice pool migrate",
        Next::AllowProgramOwned => "--allow-program-owned",
        Next::ShowPending => "sluice pending",
        Next::Dump => "--send dump",
        Next::StartCluster => "sluice-localnet start",
        Next::Airdrop => "solana airdrop 1",
        Next::WithdrawStake => "solana withdraw-stake",
        Next::SetLockup => "solana stake-set-lockup",
    }
}

/// An error of the library, with the commands that help.
pub fn sentence(error: &ClientError) -> String {
    error.said_with(&quoted)
}

/// An explanation of the library, with the commands that help.
pub fn explained(explanation: &Explanation) -> String {
    explanation.said_with(&quoted)
}

/// What an explanation advises, with the commands that help.
pub fn advised(explanation: &Explanation) -> Option<String> {
    (explanation.next != Advice::NONE).then(|| explanation.next.said_with(&quoted))
}

fn quoted(next: Next) -> String {
    format!("`{}`", command(next))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use clap::{CommandFactory, Parser};
    use sluice_client::words::explain;

    use super::*;
    use crate::args::Arguments;

    /// Whether the words are a command, as far as they are no flags or values.
    fn is_command(words: &str) -> bool {
        let mut command = &Arguments::command();
        for word in words.split_whitespace() {
            match command.find_subcommand(word) {
                Some(found) => command = found,
                None => return !command.has_subcommands(),
            }
        }
        true
    }

    /// The commands of `sluice` that a text quotes.
    fn quoted_commands(text: &str) -> Vec<&str> {
        // In parts, so that this is no quotation itself.
        let quotes = text.split(concat!("`", "sluice ")).skip(1);
        let commands = quotes.filter_map(|rest| rest.split_once('`'));
        commands.map(|(words, _)| words).collect()
    }

    #[test]
    fn every_step_that_advice_can_name_is_a_command() {
        assert!(is_command("pool role show") && !is_command("pool roles"));
        for next in Next::all() {
            let named = command(next);
            if let Some(words) = named.strip_prefix("sluice ") {
                assert!(is_command(words), "{named}");
            } else if named.starts_with("--") {
                let arguments = format!("sluice unstake 1 {named}");
                assert!(
                    Arguments::try_parse_from(arguments.split(' ')).is_ok(),
                    "{named}"
                );
            }
        }
    }

    #[test]
    fn the_advice_about_every_code_of_the_program_is_put_into_words() {
        let mut codes = 0;
        for explanation in (6000..).map_while(explain::of_sluice) {
            let said = explained(&explanation);
            assert!(!said.contains(['{', '}']), "{said}");
            assert!(quoted_commands(&said).into_iter().all(is_command), "{said}");
            codes += 1;
        }
        assert_eq!(codes, 81);
    }

    /// Calls `check` with each source file of this crate.
    fn sources(folder: &Path, check: &mut dyn FnMut(&str)) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, check);
            } else {
                check(&fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_command_that_a_sentence_of_the_command_line_quotes_exists() {
        let mut found = 0;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        sources(&folder, &mut |text| {
            // What is filled in is a value, or a whole command that a variable holds.
            for words in quoted_commands(text) {
                if words.starts_with('{') {
                    continue;
                }
                let fixed = words.split('{').next().unwrap_or_default();
                assert!(is_command(fixed), "{words}");
                found += 1;
            }
        });
        assert!(found > 30, "{found}");
    }
}
