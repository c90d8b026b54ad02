//! The real binary against a local cluster: what people and scripts see.

mod authority;
mod configuration;
mod convert;
mod holders;
mod migrations;
mod net;
mod operators;
mod parameters;
mod sending;
mod signers;
mod stake_accounts;
mod validators;
