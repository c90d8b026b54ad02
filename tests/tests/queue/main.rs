//! The unbonding queue: order, settlement, tickets and their owners, and everybody leaving.

mod effects;
mod leaving;
mod order;
mod owners;
mod settlement;
mod tickets;
mod window;
