//! Values of configuration files, which are written as they are typed after flags.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error};

use crate::args::PATIENCE_SECONDS;

/// Seconds of patience, as many as the flag may say.
pub fn patience<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    within(u64::deserialize(deserializer)?, PATIENCE_SECONDS).map(Some)
}

/// How often a node is asked: fewer times than a command needs would only look like a node at fault.
pub fn requests<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    within(u32::deserialize(deserializer)?, 5..=10_000).map(Some)
}

/// A number, if it is one of these.
pub fn within<T: PartialOrd + Display, E: Error>(
    number: T,
    range: RangeInclusive<T>,
) -> Result<T, E> {
    if range.contains(&number) {
        return Ok(number);
    }
    let (least, most) = range.into_inner();
    Err(E::custom(format_args!("it is {least} to {most}")))
}

/// A word, or a number, as after its flag.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "it stands in quotes unless it is a whole number"
)]
enum WordOrNumber {
    Word(String),
    Number(u64),
}

/// A value that is written as it is typed after its flag.
pub fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = match WordOrNumber::deserialize(deserializer)? {
        WordOrNumber::Word(text) => text,
        WordOrNumber::Number(number) => number.to_string(),
    };
    text.parse().map(Some).map_err(D::Error::custom)
}
