//! Instructions, by who acts. One file each: accounts, then what it does.

pub mod admin;
pub mod crank;
pub mod curator;
pub mod user;
pub mod view;

pub use admin::*;
pub use crank::*;
pub use curator::*;
pub use user::*;
pub use view::*;
