//! Nothing: see `tests/holder.rs`.
