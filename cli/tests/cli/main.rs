//! The real binary against a local cluster: what people and scripts see.

mod configuration;
mod convert;
mod demo;
mod holders;
mod localnet;
mod operators;
mod sending;
mod signers;
mod stake_accounts;
mod validators;
mod world;
