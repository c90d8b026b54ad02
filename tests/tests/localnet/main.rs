//! JSON-RPC conformance of the localnet: what ordinary clients may expect of a validator.

mod accounts;
mod blocks;
mod cluster_info;
mod doors;
mod errors;
mod faulty_nodes;
mod fees;
mod lookup_tables;
mod methods;
mod simulations;
mod slots;
mod staking;
mod subscriptions;
mod tokens;
mod transactions;
