//! Epochs: rewards, the drip, late and skipped cranks, gates, strangers and losses.

mod drip;
mod gates;
mod late;
mod losses;
mod order;
mod rewards;
mod strangers;
mod world;
