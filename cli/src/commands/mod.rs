//! One module per command. Each returns what it found or did; `output` prints it.

mod authority;
pub mod calendar;
pub mod claim;
pub mod client_config;
pub mod convert;
pub mod crank;
pub mod custody;
mod freshness;
mod funds;
pub mod keypair;
pub mod pages;
pub mod pending;
pub mod pool;
pub mod program;
pub mod rewards;
pub mod stake;
pub mod stake_account;
mod stored;
pub mod tables;
mod ticket_book;
pub mod tickets;
pub mod unstake;
pub mod validator;
