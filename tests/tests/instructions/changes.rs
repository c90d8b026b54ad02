//! What each instruction changes: every account is compared before and after, amounts are those
//! of the math crate, and there is exactly one event.

mod admin;
mod cranks;
mod curator;
mod queue;
mod scene;
mod stakes;
mod users;
mod views;
