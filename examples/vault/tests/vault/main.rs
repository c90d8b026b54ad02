//! The vault on the compiled programs: its own and Sluice's.

mod attacks;
mod bad_accounts;
mod lenders;
mod liquidation;
mod liquidators;
mod loans;
mod losses;
mod scene;
