//! The real binary against a local cluster: what people and scripts see.

mod authority;
mod configuration;
mod convert;
mod demo;
mod holders;
mod localnet;
mod migrations;
mod operators;
mod parameters;
mod recipients;
mod sending;
mod signers;
mod stake_accounts;
mod validators;
mod world;
