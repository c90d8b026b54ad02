//! Which instructions write-lock the pool: while one of them runs, no other one of them does.

use anyhow::{Context, Result};
use serde_json::Value;
use sluice_tests::idl::idl;

/// The program's instructions by what they do with the pool's account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolLocks {
    /// They write it.
    pub write: Vec<String>,
    /// They read it.
    pub read: Vec<String>,
    /// They do not name it.
    pub none: Vec<String>,
}

impl PoolLocks {
    /// As the program's interface says.
    ///
    /// # Errors
    ///
    /// If the committed IDL is none.
    pub fn of_interface() -> Result<Self> {
        let idl = idl();
        let mut locks = Self::default();
        for instruction in list(&idl["instructions"])? {
            let name = instruction["name"].as_str().context("it has a name")?;
            let mut accounts = list(&instruction["accounts"])?.iter();
            let pool = accounts.find(|account| account["name"] == "pool");
            let kind = match pool {
                None => &mut locks.none,
                Some(account) if account["writable"] == true => &mut locks.write,
                Some(_) => &mut locks.read,
            };
            kind.push(name.to_owned());
        }
        Ok(locks)
    }

    /// The table of the book.
    pub fn table(&self) -> String {
        let rows = [
            ("write it", &self.write),
            ("read it", &self.read),
            ("do not name it", &self.none),
        ];
        let mut table = "| the pool's account | instructions |\n| --- | --- |\n".to_owned();
        for (what, names) in rows {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            table += &format!("| {what} | {} |\n", names.join(", "));
        }
        table
    }

    /// Whether an instruction of this name writes to the pool.
    pub fn writes(&self, instruction: &str) -> bool {
        self.write.iter().any(|name| name == instruction)
    }
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("the IDL has a list there")
}
