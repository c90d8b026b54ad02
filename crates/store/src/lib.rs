//! What keepers store, so that history grows beyond what the chain keeps: a file of SQLite, or a database of
//! PostgreSQL that several keepers share.
//!
//! Both have the same tables (`migrations/`). A row is written once: who comes second changes nothing, and
//! where what is stored says something else, that is told ([`Contradiction`]) and stays as it is, since a
//! node can lie. Every method waits at most [`PATIENCE`], and none may be called by asynchronous code. After
//! an error, open the store anew.

mod error;
mod migrations;
mod numbers;
mod place;
mod rows;
mod store;

pub use error::{Result, StoreError};
pub use migrations::VERSION;
pub use place::Place;
pub use rows::{
    Contradiction, Kept, Writer,
    action::KeeperAction,
    pool_epoch::{PoolEpoch, Priced},
    pool_validator::PoolValidator,
};
pub use store::{PATIENCE, Store};
