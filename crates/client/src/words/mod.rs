//! Saying it: errors, transactions and changes as people read them.

pub mod amounts;
pub mod describe;
pub mod drips;
pub mod error;
pub mod explain;
pub mod next;
pub mod printable;
pub mod times;

#[cfg(test)]
mod tests;
