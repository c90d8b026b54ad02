//! Transactions that wait in a file: signed on a machine without a cluster, sent from another one.

mod landing;
mod send;
mod sign;

pub use send::send;
pub use sign::sign;
