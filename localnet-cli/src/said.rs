//! What a binary said, as JSON.

use anyhow::{Context, Result};
use serde_json::Value;
use sluice_math::Lamports;

/// A number, or an amount, which is text, such as `/prices/full_lamports`.
pub fn figure(said: &Value, pointer: &str) -> Result<u64> {
    said.pointer(pointer)
        .and_then(|value| match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        })
        .with_context(|| format!("there is no number {pointer} in {said}"))
}

/// A text.
pub fn text<'a>(said: &'a Value, pointer: &str) -> Result<&'a str> {
    said.pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("there is no text {pointer} in {said}"))
}

/// A list.
pub fn list<'a>(said: &'a Value, pointer: &str) -> Result<&'a [Value]> {
    said.pointer(pointer)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .with_context(|| format!("there is no list {pointer} in {said}"))
}

/// Lamports that the steps of this kind moved, as a crank said.
pub fn moved(said: &Value, kind: &str) -> Result<u64> {
    let steps = list(said, "/steps")?.iter();
    let amounts = steps
        .filter(|step| text(step, "/step").is_ok_and(|step| step == kind))
        .map(|step| figure(step, "/lamports"));
    total(&amounts.collect::<Result<Vec<_>>>()?)
}

/// The sum of amounts.
pub fn total(amounts: &[u64]) -> Result<u64> {
    let mut amounts = amounts.iter().copied().map(Lamports::new);
    Ok(amounts.try_fold(Lamports::ZERO, Lamports::add)?.get())
}

/// What is left of an amount.
pub fn difference(amount: u64, taken: u64) -> Result<u64> {
    Ok(Lamports::new(amount).sub(Lamports::new(taken))?.get())
}
