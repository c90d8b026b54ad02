//! The unbonding queue: order, settlement, tickets, and everybody leaving.

mod leaving;
mod order;
mod settlement;
mod tickets;
mod world;
