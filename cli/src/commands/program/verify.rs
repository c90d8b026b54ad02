//! Comparing the code on the cluster with what it should be.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    plan::program::first_difference,
    pool::{
        deployed::{hash_of_elf, hash_text},
        loader::LoaderAccount,
    },
};
use solana_rpc_client::rpc_client::RpcClient;

use super::file;
use crate::{
    args::{OutputFormat, VerifyProgramArgs},
    failure::{Code, incomplete},
    output::{Facts, print},
    session::Session,
};

/// What was compared.
#[derive(Debug, Serialize)]
struct Compared {
    kind: &'static str,
    address: String,
    is_equal: bool,
    hash: String,
    expected_hash: String,
    /// The first byte that differs; none where all are equal, or only a hash is known.
    first_difference: Option<usize>,
}

/// Compares, with every node that is named. Fails after it has told what differs.
pub fn verify(
    session: &Session,
    arguments: &VerifyProgramArgs,
    output: OutputFormat,
) -> Result<()> {
    let elf = arguments.elf.as_deref().map(file::elf).transpose()?;
    let compare = |rpc: &RpcClient| -> Result<Compared> {
        let account = LoaderAccount::load(rpc, &arguments.address)?;
        let hash = hash_of_elf(account.code());
        let bytes = elf.as_ref().map(|elf| elf.bytes());
        let expected = bytes
            .map(hash_of_elf)
            .or(arguments.hash)
            .unwrap_or_default();
        Ok(Compared {
            kind: account.name(),
            address: arguments.address.to_string(),
            is_equal: hash == expected,
            hash: hash_text(&hash),
            expected_hash: hash_text(&expected),
            first_difference: bytes.and_then(|bytes| first_difference(account.code(), bytes)),
        })
    };
    let mut compared = compare(&session.rpc)?;
    let others = match session.nodes.each() {
        [_] | [] => &[],
        several => several,
    };
    for node in others {
        if !compared.is_equal {
            break;
        }
        compared = compare(node)?;
    }
    print(output, &compared)?;
    match compared.is_equal {
        true => Ok(()),
        false => Err(incomplete(compared.headline(), Code::Refused)),
    }
}

impl Compared {
    fn headline(&self) -> String {
        let place = self
            .first_difference
            .map(|byte| format!(", from byte {byte} on"));
        format!(
            "the code of the {} {} is not the expected one{}: its hash is {}, and {} was expected",
            self.kind,
            self.address,
            place.unwrap_or_default(),
            self.hash,
            self.expected_hash
        )
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match (self.is_equal, self.first_difference) {
            (true, _) => "equal".to_owned(),
            (false, Some(byte)) => format!("different, from byte {byte} on"),
            (false, None) => "different".to_owned(),
        };
        Facts(&[
            ("Address", format!("{}, a {}", self.address, self.kind)),
            ("On the cluster", self.hash.clone()),
            ("Expected", self.expected_hash.clone()),
            ("Code", verdict),
        ])
        .fmt(formatter)
    }
}
