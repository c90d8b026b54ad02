//! What is paid: asked for before a transaction is sent, by what the transaction itself offers.

use sluice_math::Lamports;
use solana_message::VersionedMessage;
use solana_sdk_ids::compute_budget;
use solana_signature::Signature;

use super::{fees::MOST, priority::priority_lamports};
use crate::Result;

/// What the cluster takes for a signature.
pub(crate) const LAMPORTS_PER_SIGNATURE: u64 = 5_000;

/// Counts what transactions cost, and can keep one from being sent.
pub trait Purse {
    /// The address of the pool that pays, in the journal for who finds a transaction undecided later; none
    /// where that is no matter.
    fn pool(&self) -> Option<&str> {
        None
    }

    /// This transaction is about to be sent: it costs so much once it is in a block. A copy that is
    /// signed anew is another one.
    ///
    /// Fails where it must not be sent: the executor gives this error back.
    fn open(&self, signature: &Signature, fee: Lamports) -> Result<()>;

    /// This transaction is in no block, and can be in none any more.
    fn never_arrived(&self, signature: &Signature);
}

/// What a transaction with this message costs: its signatures, and the priority fee that it offers for
/// the compute units that it asks for.
pub fn fee_of(message: &VersionedMessage) -> Lamports {
    let keys = message.static_account_keys();
    let (mut units, mut price) = (MOST.compute_units, 0);
    for called in message.instructions() {
        if keys.get(usize::from(called.program_id_index)) != Some(&compute_budget::ID) {
            continue;
        }
        match *called.data.as_slice() {
            [2, a, b, c, d] => units = u32::from_le_bytes([a, b, c, d]),
            [3, a, b, c, d, e, f, g, h] => price = u64::from_le_bytes([a, b, c, d, e, f, g, h]),
            _ => {}
        }
    }
    let signatures = u64::from(message.header().num_required_signatures);
    let priority = u64::try_from(priority_lamports(price, units)).unwrap_or(u64::MAX);
    let fee = signatures.saturating_mul(LAMPORTS_PER_SIGNATURE);
    Lamports::new(fee.saturating_add(priority))
}

#[cfg(test)]
mod tests {
    use solana_hash::Hash;
    use solana_instruction::{AccountMeta, Instruction};
    use solana_pubkey::Pubkey;

    use super::*;
    use crate::send::{
        fees::{Budget, with_budget},
        packing::compile,
    };

    fn fee(budget: Option<&Budget>, signers: u8) -> u64 {
        let key = |byte| Pubkey::new_from_array([byte; 32]);
        let signs = (0..signers).map(|byte| AccountMeta::new(key(byte), true));
        let instruction = Instruction::new_with_bytes(key(99), &[3; 9], signs.collect());
        let instructions = match budget {
            Some(budget) => with_budget(&[instruction], budget),
            None => vec![instruction],
        };
        let message = compile(&key(0), &instructions, &[], Hash::default()).unwrap();
        fee_of(&message).get()
    }

    #[test]
    fn a_transaction_costs_its_signatures_and_what_it_offers_rounded_up() {
        let budget = |compute_units, compute_unit_price| Budget {
            compute_units,
            compute_unit_price,
            loaded_data_bytes: 1,
        };
        assert_eq!(fee(None, 1), 5_000);
        assert_eq!(fee(Some(&budget(200_000, 0)), 1), 5_000);
        assert_eq!(fee(Some(&budget(200_000, 10)), 1), 5_002);
        assert_eq!(fee(Some(&budget(200_001, 10)), 3), 15_003);
        assert_eq!(fee(Some(&budget(u32::MAX, u64::MAX)), 1), u64::MAX);
    }
}
