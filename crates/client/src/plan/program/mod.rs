//! How code comes to the cluster, and who may change it there: what the upgradeable loader does.
//!
//! Code is written to a buffer by many small transactions, in any order; then one transaction makes a
//! program of it, or replaces the code of one. Whatever happens in between, the buffer keeps what was
//! written and its rent.

mod chunks;
mod cost;
mod elf;
mod error;
mod features;
mod instructions;
pub mod metadata;
mod standing;

pub use chunks::{Chunks, first_difference};
pub use cost::{Costs, MAX_CODE_BYTES, extension, extensions};
pub use elf::Elf;
pub use error::LoaderError;
pub use features::require_accepted;
pub use instructions::{
    BufferPlace, Closing, Deployment, buffer_creation, close, deploy, extend, set_authority,
    upgrade, write,
};
pub use standing::Site;
