//! With which error a wrong account is refused.

use std::collections::BTreeMap;

use sluice_tests::idl;
use solana_instruction::error::InstructionError;

/// What is wrong with an account by itself. How the others of a list are refused in its place says no more.
const KEPT: [&str; 6] = [
    "is an unknown account",
    "is of another pool",
    "is a stranger's program",
    "is a stranger's copy",
    "does not sign",
    "is read-only",
];

/// The errors of each account, and what was wrong with it.
#[derive(Default)]
pub struct Refusals(BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl Refusals {
    /// An account of an instruction was refused.
    pub fn note(&mut self, account: String, what: &str, error: Option<&InstructionError>) {
        if KEPT.contains(&what) {
            let errors = self.0.entry(account).or_default();
            errors.entry(name(error)).or_default().push(what.into());
        }
    }

    /// They are the ones that were approved; `INSTA_UPDATE=always` approves new ones.
    pub fn assert_approved(&self, stage: &str) {
        let mut text = String::new();
        for (account, errors) in &self.0 {
            for (error, wrongs) in errors {
                text.push_str(&format!(
                    "{account}: {error} where it {}\n",
                    wrongs.join(", ")
                ));
            }
        }
        insta::with_settings!({
            snapshot_path => "refusals",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(stage, text) });
    }
}

fn name(error: Option<&InstructionError>) -> String {
    match error {
        Some(InstructionError::Custom(code)) => {
            idl::error_name(*code).unwrap_or_else(|| format!("error {code}"))
        }
        Some(other) => format!("{other:?}"),
        None => "an error of the transaction".into(),
    }
}
