//! Saying it: errors, transactions and changes as people read them.

pub mod amounts;
pub mod describe;
pub mod error;
pub mod explain;
pub mod next;
pub mod printable;

#[cfg(test)]
mod tests;
