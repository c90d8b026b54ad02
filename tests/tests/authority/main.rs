//! What keys can do and cannot: creation, roles, announced changes, pauses, and all keys together
//! against a holder who only waits.

mod creation;
mod effects;
mod games;
mod hostile;
mod parameters;
mod pause;
mod roles;
