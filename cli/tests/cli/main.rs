//! The real binary against a local cluster: what people and scripts see.

mod audit;
mod authority;
mod configuration;
mod convert;
mod custody;
mod faults;
mod holders;
mod lying_nodes;
mod metadata;
mod migrations;
mod net;
mod nodes;
mod operators;
mod parameters;
mod reading;
mod recipients;
mod requests;
mod schema;
mod scripts;
mod secrets;
mod sending;
mod signers;
mod stake_accounts;
mod validators;
mod waiting;
