//! Who signs: keypair files, seed phrases, hardware wallets and, where nothing is signed, bare
//! addresses. Everything that the Solana CLI takes for a signer.

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::{
    fs::File,
    io::{self, ErrorKind},
    path::Path,
};

use anyhow::{Result, anyhow, bail};
use sluice_client::send::files::read_bounded;
use solana_clap_utils::keypair::{SignerFromPathConfig, signer_from_path_with_config};
use solana_keypair::{Keypair, read_keypair};
use solana_pubkey::Pubkey;
use solana_remote_wallet::{locator::Locator, remote_wallet::RemoteWalletError};
use solana_signer::Signer;

use crate::{failure::misuse, output::announce};

/// The bits of a file's mode that let others than its owner do something.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// A seed phrase has twelve words or more. Where one is left out it is a secret too.
const FEWEST_WORDS: usize = 8;
/// What may stand before a path.
const FILE_SCHEME: &str = "file:";
/// What is longer, and is no file, could be a key in letters.
const LONGEST_NAME: usize = 60;
/// More than the 64 numbers of a keypair file take, in bytes.
const MAX_KEYPAIR_BYTES: usize = 64 << 10;

/// Where a signer comes from, and how an error speaks of it.
pub struct Source<'a> {
    /// What the signer is called, where a wallet or a person is asked for it: `keypair`.
    pub name: &'static str,
    /// What gives it: `--keypair`, or `SLUICE_KEYPAIR`.
    pub named: String,
    /// How another one is given: `pass --keypair`.
    pub instead: String,
    /// Who could sign in its place: an end of a sentence; nothing where nobody could.
    pub elsewhere: &'static str,
    /// What it says.
    pub text: &'a str,
}

/// Who can sign in place of a command's signer.
pub const WITH_DUMP: &str = ", or have it signed elsewhere with --send dump";

impl Source<'_> {
    /// Opens the signer. A bare address does where it will not have to sign.
    pub fn open(&self, may_be_absent: bool) -> Result<Box<dyn Signer>> {
        let text = self.text;
        require_no_secret(text, &self.named)?;
        if is_address(text) && !may_be_absent {
            let Self {
                instead, elsewhere, ..
            } = self;
            bail!(
                "{text} is an address, which cannot sign: {instead} with a keypair file, \
                 usb://ledger or prompt://{elsewhere}"
            );
        }
        let text = text.strip_prefix(FILE_SCHEME).unwrap_or(text);
        if is_file(text) {
            return Ok(Box::new(read(text, &self.instead)?));
        }
        if text.starts_with("usb:") {
            Locator::new_from_path(text).map_err(|error| anyhow!(explain(text, &error)))?;
            usb_is_there(self.elsewhere)?;
        }
        let config = SignerFromPathConfig {
            allow_null_signer: may_be_absent,
        };
        let no_matches = clap_2::ArgMatches::default();
        signer_from_path_with_config(&no_matches, text, self.name, &mut None, &config)
            .map_err(|error| anyhow!(explain(text, &*error)))
    }
}

fn is_address(text: &str) -> bool {
    text.parse::<Pubkey>().is_ok()
}

/// Everything but an address, the Solana CLI's words for standard input and a seed phrase, and
/// what has a scheme.
fn is_file(text: &str) -> bool {
    let has_scheme = ["prompt:", "usb:", "stdin:"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
        || text.contains("://");
    !has_scheme && !is_address(text) && !["-", "ASK"].contains(&text)
}

/// Reads a keypair file that `flag` names, and warns where others could read or change it.
pub fn keypair_file(path: &str, flag: &str) -> Result<Keypair> {
    require_no_secret(path, &format!("--{flag}"))?;
    read(path, &format!("pass --{flag}"))
}

/// Reads a keypair file; `instead` is how another one is given.
fn read(path: &str, instead: &str) -> Result<Keypair> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!(
            "there is no keypair file {path}: make one with `sluice keypair new {path}`, or \
             {instead} FILE"
        ),
        _ => unreadable(path, &error, instead),
    })?;
    let metadata = file
        .metadata()
        .map_err(|error| unreadable(path, &error, instead))?;
    #[cfg(unix)]
    if metadata.is_file() && metadata.permissions().mode() & OTHERS != 0 {
        announce(format_args!(
            "Others on this machine can read or change the keypair file {path}: `chmod 600 {path}`."
        ));
    }
    let is_none = || {
        anyhow!(
            "{path} is not a keypair file: such a file has a list of 64 numbers, as \
             `sluice keypair new` writes it"
        )
    };
    let text = read_bounded(file, MAX_KEYPAIR_BYTES).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => is_none(),
        _ => unreadable(path, &error, instead),
    })?;
    read_keypair(&mut text.as_slice()).map_err(|_| is_none())
}

fn unreadable(path: &str, error: &io::Error, instead: &str) -> anyhow::Error {
    anyhow!(
        "the keypair file {path} cannot be read ({error}): let this user read it, or {instead} FILE"
    )
}

/// Whether a text can be a secret: a key's numbers or letters, or the words of a seed phrase, where
/// a path should be. What exists as a file is a path.
pub fn may_be_secret(text: &str) -> bool {
    let looks_so = text.contains(['[', ',']) || text.contains(char::is_whitespace);
    (looks_so || text.len() > LONGEST_NAME) && !Path::new(text).exists()
}

/// Whether a text is a key or a seed phrase rather than the path of a file, also of one that is still
/// to be made.
pub fn is_like_secret(text: &str) -> bool {
    let is_list = text.starts_with('[') && text.contains(',');
    let is_phrase = text.split_whitespace().count() >= FEWEST_WORDS && !text.contains('/');
    let is_key = text.len() > LONGEST_NAME && text.chars().all(char::is_alphanumeric);
    (is_list || is_phrase || is_key) && !Path::new(text).exists()
}

/// Fails, without repeating it, where a text can be a secret.
fn require_no_secret(text: &str, who: &str) -> Result<()> {
    match may_be_secret(text) {
        true => Err(misuse(not_repeated(who))),
        false => Ok(()),
    }
}

/// Why what `who` says is refused and not shown.
pub fn not_repeated(who: &str) -> String {
    format!(
        "{who} is not the path of a file that is there, and could be a secret key or a seed phrase, so \
         it is not repeated here: write it to a file that only you can read, and give its path"
    )
}

/// A signer's text for people, unless it can be a secret.
pub fn discreet(text: &str) -> String {
    match may_be_secret(text) {
        true => "hidden: no path, and perhaps a secret".to_owned(),
        false => text.to_owned(),
    }
}

/// A path for people, unless its name can be a secret.
pub fn shown(path: &Path) -> String {
    let named = path.display().to_string();
    let stem = path.file_stem().map(|stem| stem.to_string_lossy());
    let is_secret = stem.is_some_and(|stem| !path.exists() && is_like_secret(&stem));
    match is_secret || may_be_secret(&named) {
        true => "the file that was named, which could be a secret and is not repeated".to_owned(),
        false => named,
    }
}

/// The library that looks for wallets panics where the machine has no USB at all.
fn usb_is_there(elsewhere: &str) -> Result<()> {
    rusb::Context::new().map(drop).map_err(|error| {
        anyhow!(
            "this machine has no USB that could be used ({error}): connect the hardware wallet to \
             another one{elsewhere}"
        )
    })
}

fn explain(source: &str, error: &(dyn std::error::Error + 'static)) -> String {
    match error.downcast_ref::<RemoteWalletError>() {
        Some(RemoteWalletError::NoDeviceFound) => format!(
            "no hardware wallet answers for {source}: connect and unlock it, open its Solana app, \
             and close other programs that use it; on Linux its udev rules must be installed"
        ),
        Some(RemoteWalletError::PubkeyNotFound) => format!(
            "no connected hardware wallet has the address in {source}: leave the address off, or \
             connect another one"
        ),
        Some(error) => format!(
            "the hardware wallet {source} cannot be used: {error}. Unlock it, open its Solana app, \
             and try again"
        ),
        None => format!(
            "{source} cannot be used as a signer: {error}. It can be a keypair file, usb://ledger, \
             usb://ledger?key=0, prompt://, prompt://?key=0/0 or stdin://"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk";

    fn source<'a>(name: &'static str, text: &'a str) -> Source<'a> {
        Source {
            name,
            named: "--this".to_owned(),
            instead: "pass --this".to_owned(),
            elsewhere: WITH_DUMP,
            text,
        }
    }

    fn refusal(text: &str) -> String {
        source("keypair", text)
            .open(false)
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn an_address_stands_for_an_absent_signer_only_where_nothing_is_signed() {
        let source = source("fee-payer", ADDRESS);
        let absent = source.open(true).unwrap();
        assert_eq!(absent.pubkey().to_string(), ADDRESS);
        let refused = source.open(false).err().unwrap().to_string();
        assert!(
            refused.contains("an address, which cannot sign: pass --this"),
            "{refused}"
        );
    }

    #[test]
    fn what_is_neither_scheme_nor_address_is_a_file() {
        assert!(is_file("id.json") && is_file("/home/me/id.json"));
        for other in [
            "usb://ledger",
            "prompt://?key=0/0",
            "prompt:",
            "stdin://",
            "-",
            "ASK",
            ADDRESS,
        ] {
            assert!(!is_file(other), "{other}");
        }
        assert!(refusal("/nonexistent.json").starts_with("there is no keypair file"));
    }

    #[test]
    fn unknown_wallets_schemes_and_paths_are_refused_with_what_is_possible() {
        for wrong in [
            "http://example.org",
            "usb://abacus",
            "usb://ledger/nobody",
            "prompt://?key=zero",
        ] {
            let refused = refusal(wrong);
            assert!(refused.starts_with(wrong), "{refused}");
            assert!(
                refused.contains("It can be a keypair file, usb://ledger"),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_wallet_that_is_not_there_is_asked_for() {
        let said = explain("usb://ledger", &RemoteWalletError::NoDeviceFound);
        assert!(said.contains("connect and unlock it"), "{said}");
    }
}
