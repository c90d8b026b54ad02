//! Losses: booked at the boundary or reported within the epoch, shared by all at one price; what
//! trips the breaker, and what ends it.

mod acknowledged;
mod any_order;
mod booked;
mod breaker;
mod race;
mod reported;
