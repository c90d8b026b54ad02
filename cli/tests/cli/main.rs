//! The real binary against a local cluster: what people and scripts see.

mod configuration;
mod demo;
mod holders;
mod localnet;
mod migrations;
mod operators;
mod sending;
mod signers;
mod world;
