//! How single values of the configuration are read.

use std::{fmt::Display, net::SocketAddr, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error};
use sluice_cli::config::values::within;
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use super::LogFormat;
use crate::claims::Which;

/// The default of `every`.
pub fn every() -> u64 {
    5
}

/// The default of `listen`.
pub fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9464))
}

/// A list, or, in a variable, its parts with commas between.
#[derive(Deserialize)]
#[serde(untagged)]
enum ListOrText {
    List(Vec<String>),
    Text(String),
}

/// A list of texts.
pub fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match ListOrText::deserialize(deserializer)? {
        ListOrText::List(list) => list,
        ListOrText::Text(text) => text.split(',').map(|part| part.trim().to_owned()).collect(),
    })
}

/// A list of addresses.
pub fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Pubkey>, D::Error> {
    let texts = list(deserializer)?.into_iter().enumerate();
    let parse = |(index, text): (usize, String)| {
        let wrong = |_| D::Error::custom(format_args!("number {} is not an address", index + 1));
        text.parse().map_err(wrong)
    };
    texts.map(parse).collect()
}

/// A hash of a block.
pub fn hash<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Hash>, D::Error> {
    let expected = "the hash of the cluster's first block, as `solana genesis-hash` prints it";
    from_text(deserializer, expected).map(Some)
}

/// Seconds between two looks.
pub fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    within(u64::deserialize(deserializer)?, 1..=3_600)
}

/// Where to listen.
pub fn socket<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    from_text(
        deserializer,
        "an address and a port, such as 127.0.0.1:9464",
    )
}

/// How the log is written.
pub fn log_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LogFormat, D::Error> {
    from_text(deserializer, "human or json")
}

/// Whose tickets are claimed.
pub fn which<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Which, D::Error> {
    from_text(deserializer, "none, last or all")
}

/// Lookup tables are closed unless that is unwanted.
pub fn close_tables() -> bool {
    true
}

/// A value that is written as text.
pub fn from_text<'de, D, T>(deserializer: D, expected: &str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| D::Error::custom(format_args!("it is {expected}")))
}
