//! The strategy on the compiled programs: its own and Sluice's.

mod attacks;
mod exits;
mod life;
mod scene;
mod till;
mod tricks;
