//! Everything that a program outside the chain needs to use a Sluice pool.

pub mod addresses;
pub mod instructions;

pub use addresses::PoolAddresses;
pub use instructions::{SlotAddress, transfer_ticket};
