//! Epochs: prices, rewards, fees, the drip, late and skipped cranks, gates, strangers.

mod collateral;
mod drip;
mod effects;
mod gates;
mod late;
mod life;
mod order;
mod rate;
mod revenue;
mod reward_rate;
mod rewards;
mod strangers;
mod times;
