//! Attacks: one test per row of the tables in the book's chapter on attacks, named after its row.

mod accounts;
mod adversaries;
mod compute;
mod creation;
mod curator;
mod dead_stake;
mod exits;
mod growth;
mod last_slot;
mod lucky;
mod page;
mod prefunding;
mod prices;
mod profit;
mod queue;
mod reserve;
mod security_txt;
mod spoofing;
mod stake_exits;
mod stake_profit;
mod stake_theft;
mod stakes;
mod tickets;
