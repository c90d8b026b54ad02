//! Curating a pool's validators.

mod add;
mod change;
mod close;
mod cost;
mod eject;
mod explain;
mod list;
mod rate;
mod replace;

pub use add::{ADDITION_UNITS, add};
use anyhow::{Context, Result};
pub use change::{retire, weigh};
pub use close::close;
pub use eject::eject;
pub use explain::explain;
pub use list::list;
pub use rate::rate;
pub use replace::replace;
use sluice_client::{PlacedSlot, PoolSnapshot};
use solana_pubkey::Pubkey;

/// The slot of a validator of the pool.
fn slot_of<'a>(snapshot: &'a PoolSnapshot, vote: &Pubkey) -> Result<PlacedSlot<'a>> {
    snapshot.slot_of(vote).with_context(|| {
        format!("{vote} is no validator of this pool: `sluice validator list` shows all")
    })
}
