//! What Sluice takes for granted of the runtime, the stake program, the vote program and the
//! token program, asserted on the very programs. Each test's name states one assumption.

mod activation;
mod clock;
mod creation;
mod deactivation;
mod delinquency;
mod harness;
mod logs;
mod merge_and_split;
mod move_stake;
mod rent;
mod rewards;
mod stake_cluster;
mod tokens;
mod vote_accounts;
