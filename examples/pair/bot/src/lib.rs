//! A bot that keeps a pair at its pool's price.
//!
//! Where the pair pays more for an LST than a deposit costs, the bot mints LST and sells them to the
//! pair. Where the pair sells an LST for less than an instant exit pays, the bot buys there and redeems.
//! Either is one transaction whose last instruction fails for less than the bot has paid, so whatever
//! happens before it lands, the bot loses at most the fee of a transaction that failed.

mod bot;
mod market;
mod trade;

pub use bot::{Bot, Turn, create_token_account};
pub use market::Market;
pub use trade::{Trade, Way};
