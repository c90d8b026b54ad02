//! What can be wrong with a store.

use thiserror::Error;

use crate::{VERSION, place::Place};

/// An answer, or why there is none.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why a store cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The text names no store. It is not repeated: it can be a secret.
    #[error(
        "a store is a file, or begins with postgres:// and names a database, such as \
         postgres://keeper@localhost/sluice; {0}"
    )]
    NoPlace(String),
    /// Nothing is there.
    #[error("There is no store at {0}. A keeper makes it when it starts")]
    NotThere(Place),
    /// It was made by a later version of Sluice.
    #[error(
        "The store at {place} has version {version} of its tables, and this program knows {VERSION}: update it"
    )]
    Newer {
        /// Where.
        place: Place,
        /// What it has.
        version: i64,
    },
    /// It was made by an earlier version, and only keepers change it.
    #[error(
        "The store at {place} has version {version} of its tables, and this program reads {VERSION}: a keeper of \
         this version brings it there when it starts"
    )]
    Older {
        /// Where.
        place: Place,
        /// What it has.
        version: i64,
    },
    /// It is a file of another program.
    #[error(
        "The file {place} has tables of another program, such as {table:?}, and no history is stored among \
         them: name another file"
    )]
    Foreign {
        /// Where.
        place: Place,
        /// One of its tables.
        table: String,
    },
    /// It holds what Sluice has not written.
    #[error(
        "The store at {place} is damaged, or no store of Sluice ({what}). Bring back a copy of it, or move it away: \
         a keeper then makes a new one from what the chain keeps"
    )]
    Damaged {
        /// Where.
        place: Place,
        /// How it shows.
        what: String,
    },
    /// It does not answer, or not as it should.
    #[error("The store at {place} cannot be used: {what}")]
    Unusable {
        /// Where.
        place: Place,
        /// What it says.
        what: String,
    },
    /// A number that no database of these can hold.
    #[error("{0} is larger than every number that a store can hold")]
    TooLarge(u64),
}
