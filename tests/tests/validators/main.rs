//! Validators must behave: the rules, ejection and the way back, and what a bad one costs the
//! holders.

mod admission;
mod alpenglow;
mod breaches;
mod budget;
mod costs;
mod effects;
mod low_credits;
mod made_up_votes;
mod paid_yield;
mod pending;
mod probation;
mod vote_accounts;
mod waits;
