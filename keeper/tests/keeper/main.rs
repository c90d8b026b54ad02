//! The real service beside a local cluster: what it does, serves and says.

mod alerts;
mod configuration;
mod ending;
mod history;
mod life;
mod nodes;
mod packaging;
mod page;
mod stage;
mod trouble;
