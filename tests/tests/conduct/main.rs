//! Validators must behave: ejection and the way back, reported losses, the share cap, and what of
//! all that costs the holders.

mod breaches;
mod breaker;
mod budget;
mod cap;
mod costs;
mod layouts;
mod losses;
mod probation;
mod race;
mod rate;
mod references;
mod votes;
mod world;
