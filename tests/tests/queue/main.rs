//! The unbonding queue: order, settlement, tickets and their owners, and everybody leaving.

mod effects;
mod leaving;
mod order;
mod owners;
mod requesters;
mod settlement;
mod tickets;
mod waiting;
mod window;
