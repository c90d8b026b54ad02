//! Doing it: packs instructions into transactions, simulates, signs, sends and confirms them.

#[cfg(debug_assertions)]
mod boundary;
pub mod cluster;
pub mod confirmed;
pub mod cranking;
pub mod delivery;
pub mod errand;
pub mod executor;
pub mod fees;
pub mod files;
pub mod journal;
pub mod lookup_tables;
pub mod nonce;
pub mod packing;
mod paid;
pub mod pending;
pub mod pouring;
pub mod preview;
pub mod priority;
pub mod purse;
pub mod simulation;
pub mod slots;
pub mod unsigned;
