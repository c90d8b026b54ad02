//! Instructions, by who acts. One file each: accounts, then what it does.

pub mod admin;
pub mod crank;
pub mod curator;
pub mod query;
pub mod user;

pub use admin::*;
pub use crank::*;
pub use curator::*;
pub use query::*;
pub use user::*;
