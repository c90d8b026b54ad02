//! What this binary is.

use std::sync::LazyLock;

use crate::output::json::SCHEMA;

/// The commit that was checked out when it was built; `unknown` outside of a repository.
pub const COMMIT: &str = env!("SLUICE_COMMIT");

static LONG: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{}\ncommit       {COMMIT}\nprogram      {}\nJSON schema  {SCHEMA}",
        env!("CARGO_PKG_VERSION"),
        sluice::ID
    )
});

/// Version, commit, the program that it talks to, and the schema of its JSON.
pub fn long() -> &'static str {
    &LONG
}
