//! The real service before a local cluster: what it answers, and what becomes of what it prepares.

mod accounts;
mod amounts;
mod floods;
mod keys;
mod life;
mod nodes;
mod origins;
mod packaging;
mod samples;
mod stage;
mod states;
mod words;
