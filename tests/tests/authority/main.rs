//! What keys can do and cannot: creation, roles, announced changes, pauses, messages that waited for
//! their signatures, and all keys together against a holder who only waits.

mod creation;
mod effects;
mod games;
mod hostile;
mod old_messages;
mod parameters;
mod pause;
mod roles;
