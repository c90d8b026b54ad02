//! The real binary against a local cluster: what people and scripts see.

mod audit;
mod authority;
mod claims;
mod configuration;
mod convert;
mod custody;
mod handed_over;
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
mod refused_methods;
mod requests;
mod sending;
mod signers;
mod stake_accounts;
mod tables;
mod validators;
mod waiting;
