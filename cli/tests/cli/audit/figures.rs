//! Comparing what the binary said with what the accounts hold.

use std::fmt::Debug;

use serde_json::Value;
use sluice_tests::command::number;

/// Counts comparisons, and stops at the first that fails.
#[derive(Default)]
pub struct Figures {
    /// Comparisons so far.
    pub compared: u64,
}

impl Figures {
    /// Fails unless the two are the same.
    pub fn same<T: PartialEq + Debug>(&mut self, what: &str, said: T, found: T) {
        assert!(
            said == found,
            "{what}: the binary said {said:?}, but the accounts say {found:?}"
        );
        self.compared += 1;
    }

    /// Fails unless a figure of the binary is what was found.
    pub fn figure(&mut self, said: &Value, pointer: &str, found: u64) {
        self.same(pointer, number(said, pointer), found);
    }
}

/// A list in what the binary said.
pub fn list<'a>(said: &'a Value, pointer: &str) -> &'a [Value] {
    let list = said.pointer(pointer).and_then(Value::as_array);
    list.unwrap_or_else(|| panic!("no list {pointer} in {said}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    #[should_panic(expected = "/prices/full_lamports: the binary said 7, but the accounts say 8")]
    fn a_figure_that_differs_by_one_fails_the_audit() {
        let mut figures = Figures::default();
        let said = json!({"prices": {"full_lamports": 7}});
        figures.figure(&said, "/prices/full_lamports", 7);
        assert_eq!(figures.compared, 1);
        figures.figure(&said, "/prices/full_lamports", 8);
    }

    #[test]
    #[should_panic(expected = "no number /prices/full_lamports")]
    fn a_figure_that_the_binary_leaves_out_fails_the_audit() {
        let said = json!({"prices": {}});
        Figures::default().figure(&said, "/prices/full_lamports", 0);
    }
}
