//! Doing it: packs instructions into transactions, simulates, signs, sends and confirms them.

pub mod cranking;
pub mod executor;
pub mod lookup_tables;
pub mod packing;
pub mod preview;
