//! Nodes that lie about what accounts and answers hold: [`Moment`] stands before a cluster and lets
//! nothing through, [`Forgery`] is one lie about one thing, [`forgeries`] are all that are worth a
//! try, and [`Mutation`] is nonsense by a seed.

mod catalogue;
mod forgery;
mod moment;
mod mutation;

pub use catalogue::{Catalogue, STRANGER, forgeries};
pub use forgery::{About, Forgery, Lie, Twist};
pub use moment::{CapturingNode, Moment};
pub use mutation::Mutation;
