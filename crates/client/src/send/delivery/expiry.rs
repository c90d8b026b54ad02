//! When a transaction that was seen in no block can be in none any more.

use std::time::Duration;

use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signature::Signature;

use crate::Result;

/// The shortest slot that the network is going to have (SIMD-0525).
pub(in crate::send) const FASTEST_SLOT: Duration = Duration::from_millis(200);
/// Blocks for which a blockhash is recent.
const BLOCKHASH_BLOCKS: u32 = 150;
/// No blockhash expires sooner by an honest clock, however fast the slots are.
pub const SHORTEST_LIFE: Duration = FASTEST_SLOT.saturating_mul(BLOCKHASH_BLOCKS);
/// For so many blocks after its expiry every node still has a transaction's status at hand; later
/// it must look into its history.
const RECENT_BLOCKS: u64 = 100;

/// What a node says about a transaction that it has not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It is in a block after all.
    Seen,
    /// It can still be executed, or the node does not prove the contrary.
    Possible,
    /// Its last block is final, and it is in none up to there.
    Proven,
}

/// Asks one node. First how far the final blocks go, and then, at least as far, whether the
/// transaction is in one: in the other order it could have arrived in between. Slots are compared
/// with slots and heights with heights, since skipped slots have no height.
pub fn absence(node: &RpcClient, signature: &Signature, last_height: u64) -> Result<Absence> {
    let last = node.get_epoch_info_with_commitment(CommitmentConfig::finalized())?;
    let over = last.block_height.saturating_sub(last_height);
    if over == 0 {
        return Ok(Absence::Possible);
    }
    let status = if over <= RECENT_BLOCKS {
        node.get_signature_statuses(&[*signature])?
    } else {
        node.get_signature_statuses_with_history(&[*signature])?
    };
    let is_seen = status.value.iter().any(Option::is_some);
    Ok(if is_seen {
        Absence::Seen
    } else if status.value.is_empty() || status.context.slot < last.absolute_slot {
        Absence::Possible
    } else {
        Absence::Proven
    })
}
