//! Validators must behave: the rules, ejection and the way back, and what a bad one costs the
//! holders.

mod breaches;
mod budget;
mod costs;
mod effects;
mod made_up_votes;
mod probation;
mod references;
mod vote_accounts;
