//! The strategy on the compiled programs: its own and Sluice's.

mod attacks;
mod bad_accounts;
mod exits;
mod life;
mod refusals;
mod scene;
mod till;
mod tricks;
