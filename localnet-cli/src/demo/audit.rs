//! Comparing what the binary said with what the accounts hold.

use std::fmt::Debug;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

/// Counts comparisons, and stops at the first that fails.
#[derive(Default)]
pub struct Audit {
    compared: u64,
}

impl Audit {
    /// Fails unless the two are the same.
    pub fn same<T: PartialEq + Debug>(&mut self, what: &str, said: T, found: T) -> Result<()> {
        if said != found {
            bail!("{what}: the binary said {said:?}, but the accounts say {found:?}");
        }
        self.compared += 1;
        Ok(())
    }

    /// Fails unless a figure of the binary is what was found.
    pub fn figure(&mut self, said: &Value, pointer: &str, found: u64) -> Result<()> {
        self.same(pointer, figure(said, pointer)?, found)
    }

    /// Comparisons so far.
    pub fn compared(&self) -> u64 {
        self.compared
    }
}

/// A number in what the binary said, such as `/prices/full_lamports`.
pub fn figure(said: &Value, pointer: &str) -> Result<u64> {
    said.pointer(pointer)
        .and_then(Value::as_u64)
        .with_context(|| format!("the binary printed no number {pointer}: {said}"))
}

/// A text in what the binary said.
pub fn text<'a>(said: &'a Value, pointer: &str) -> Result<&'a str> {
    said.pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("the binary printed no text {pointer}: {said}"))
}

/// An address in what the binary said.
pub fn address(said: &Value, pointer: &str) -> Result<Pubkey> {
    text(said, pointer)?
        .parse()
        .with_context(|| format!("{pointer} is not an address"))
}

/// A list in what the binary said.
pub fn list<'a>(said: &'a Value, pointer: &str) -> Result<&'a [Value]> {
    said.pointer(pointer)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .with_context(|| format!("the binary printed no list {pointer}: {said}"))
}

/// The sum of amounts.
pub fn sum(amounts: &[u64]) -> Result<u64> {
    let total = amounts.iter().try_fold(Lamports::ZERO, |sum, amount| {
        sum.add(Lamports::new(*amount))
    })?;
    Ok(total.get())
}

/// What is left of an amount.
pub fn difference(amount: u64, taken: u64) -> Result<u64> {
    Ok(Lamports::new(amount).sub(Lamports::new(taken))?.get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_figure_that_differs_by_one_ends_the_demo() {
        let mut audit = Audit::default();
        let said = json!({"prices": {"full_lamports": 7}});
        assert!(audit.figure(&said, "/prices/full_lamports", 7).is_ok());
        let failure = audit.figure(&said, "/prices/full_lamports", 8).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "/prices/full_lamports: the binary said 7, but the accounts say 8"
        );
        assert_eq!(audit.compared(), 1);
    }

    #[test]
    fn a_figure_that_the_binary_leaves_out_ends_the_demo() {
        let said = json!({"prices": {}});
        assert!(
            Audit::default()
                .figure(&said, "/prices/full_lamports", 0)
                .is_err()
        );
    }
}
