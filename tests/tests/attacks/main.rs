//! Attacks: one test per row of the table in the book's chapter on attacks, named after its row.

mod accounts;
mod compute;
mod prices;
mod profit;
mod queue;
mod reserve;
mod stakes;
mod world;
