//! Worlds of random steps that hold the compiled program against the reference model of a pool,
//! `sluice-model`.

mod compare;
mod instructions;
mod intervene;
mod live;
mod liveness;
mod offers;
mod places;
mod planned;
mod staged;
mod told;
mod transact;
mod world;

pub use sluice_model::{Action, Model, Refusal, Statistics};
pub use world::World;
