//! One property per row of the rounding table in `docs/src/maths.md`, each named after its row.
//! They compare with exact integer arithmetic, over all 64-bit amounts wherever that has meaning.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    clippy::unwrap_used,
    reason = "the exact side of each comparison is plain arithmetic, and a test may panic"
)]

mod amounts;
mod claim;
mod entry;
mod exact;
mod finalize;
mod instant;
mod loss;
mod moves;
mod page;
mod prices;
mod queue;
mod rewards;
mod share_cap;
mod slot_moves;
mod stake_exit;
mod worlds;
