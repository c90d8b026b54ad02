//! The pair on the compiled programs: its own and Sluice's.

mod accounts;
mod arbitrage;
mod attacks;
mod best_swaps;
mod liquidity;
mod market;
mod random;
mod swaps;
