//! Signing what a file asks for.

use std::fmt;

use anyhow::{Result, bail, ensure};
use serde::Serialize;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{
    args::SignArgs,
    config::Settings,
    confirm::agree,
    moment::ago,
    output::announce,
    transaction_file::{InstructionLine, TransactionFile, Waiting},
};

/// Seconds for which a blockhash holds at most: its slots may be slow.
const BLOCKHASH_SECONDS: u64 = 120;

/// What was signed, and who must sign still.
#[derive(Debug, Serialize)]
pub struct Signed {
    file: String,
    transactions: usize,
    signed_by: Vec<String>,
    missing: Vec<String>,
}

/// Says what the transactions of a file do, asks, signs them with the keypair, and with the fee
/// payer where one is named, and writes the file. No cluster is asked anything.
pub fn sign(settings: &Settings, arguments: &SignArgs) -> Result<Signed> {
    settings.makes_no_transaction("sign")?;
    let shown = arguments.file.display();
    let mut file = TransactionFile::read(&arguments.file)?;
    if !arguments.allow_unknown_programs {
        require_words(&file)?;
    }
    let keys = settings.keys()?;
    let signers: Vec<&dyn Signer> = [Some(&*keys.signer), keys.fee_payer.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    let signed_by: Vec<Pubkey> = signers.iter().map(Signer::pubkey).collect();
    for key in &signed_by {
        ensure!(
            file.signers().contains(key),
            "{shown} does not ask {key} to sign. It asks {}",
            strings(&file.signers()).join(", ")
        );
    }
    announce(Plan {
        file: &file,
        signed_by: &signed_by,
    });
    agree(settings.yes, "nothing was signed")?;
    signers.iter().try_for_each(|signer| file.sign(*signer))?;
    let out = arguments.out.as_ref().unwrap_or(&arguments.file);
    file.write(out)?;
    Ok(Signed {
        file: out.display().to_string(),
        transactions: file.transactions().len(),
        signed_by: strings(&signed_by),
        missing: strings(&file.missing()),
    })
}

/// Fails where an instruction cannot be put into words.
fn require_words(file: &TransactionFile) -> Result<()> {
    let transactions = file.transactions().iter();
    let instructions = transactions.flat_map(Waiting::instructions);
    let unknown: Vec<&str> = instructions.filter_map(InstructionLine::unknown).collect();
    if !unknown.is_empty() {
        bail!(
            "what these programs are asked to do cannot be put into words: {}. If you know from \
             elsewhere what it is, pass --allow-unknown-programs",
            unknown.join(", ")
        );
    }
    Ok(())
}

fn strings<'a>(keys: impl IntoIterator<Item = &'a Pubkey>) -> Vec<String> {
    keys.into_iter().map(ToString::to_string).collect()
}

/// What is going to be signed.
struct Plan<'a> {
    file: &'a TransactionFile,
    signed_by: &'a [Pubkey],
}

impl fmt::Display for Plan<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transactions = self.file.transactions();
        let total = transactions.len();
        write!(formatter, "This is what you sign, as its bytes say it:")?;
        for (index, waiting) in transactions.iter().enumerate() {
            writeln!(formatter, "\n\nTransaction {} of {total}", index + 1)?;
            write!(formatter, "{waiting}")?;
        }
        let age = self.file.age().as_secs();
        if transactions
            .iter()
            .any(|waiting| waiting.nonce_account().is_none())
        {
            writeln!(
                formatter,
                "\nWithout a durable nonce it can be sent for about a minute only: \
                 `--send dump --nonce ACCOUNT` makes one that waits."
            )?;
            if age > BLOCKHASH_SECONDS {
                writeln!(
                    formatter,
                    "It was made {} by this machine's clock, so it can hardly be sent any more.",
                    ago(age)
                )?;
            }
        }
        write!(
            formatter,
            "\nYou sign as {}.",
            strings(self.signed_by).join(" and ")
        )
    }
}

impl fmt::Display for Signed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file, signed_by, ..
        } = self;
        writeln!(formatter, "Signed by {}: {file}", signed_by.join(" and "))?;
        if self.missing.is_empty() {
            writeln!(
                formatter,
                "Everybody has signed. `sluice send {file}` sends it."
            )
        } else {
            writeln!(formatter, "Must sign still: {}", self.missing.join(", "))
        }
    }
}
