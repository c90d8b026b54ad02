//! What keys can do and cannot: roles, announced changes, pauses, limits, losses, fee revenue,
//! and all keys together against a holder who only waits.

mod changes;
mod cranks;
mod exits;
mod games;
mod hostile;
mod limits;
mod losses;
mod pause;
mod revenue;
mod roles;
