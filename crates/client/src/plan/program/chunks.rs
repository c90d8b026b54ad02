//! Code in pieces that fit into a transaction each.

use std::ops::Range;

use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::write;
use crate::{
    Result,
    send::{
        fees::{MOST, with_budget},
        packing::{MAX_BYTES, compile},
    },
};

/// Pieces of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks {
    /// Bytes of each but the last one.
    pub bytes: usize,
    /// Bytes of all.
    pub total_bytes: usize,
}

impl Chunks {
    /// The largest ones that fit into a transaction of this payer with a compute budget.
    pub fn of(payer: &Pubkey, authority: &Pubkey, total_bytes: usize) -> Result<Self> {
        let size = |bytes: usize| -> Result<usize> {
            let write = write(&Pubkey::default(), authority, u32::MAX, vec![0; bytes]);
            transaction_bytes(payer, &[write])
        };
        // What does not depend on the code; the length of 128 bytes and more takes as much.
        const SOME: usize = 128;
        let bytes = MAX_BYTES.saturating_sub(size(SOME)?).saturating_add(SOME);
        Ok(Self { bytes, total_bytes })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.total_bytes.div_ceil(self.bytes)
    }

    /// Where each one is.
    pub fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let (bytes, total) = (self.bytes, self.total_bytes);
        let starts = (0..total).step_by(bytes);
        starts.map(move |start| start..total.min(start.saturating_add(bytes)))
    }

    /// Those that are not written yet.
    pub fn missing(&self, code: &[u8], written: &[u8]) -> Vec<Range<usize>> {
        let is_missing =
            |range: &Range<usize>| written.get(range.clone()) != code.get(range.clone());
        self.ranges().filter(is_missing).collect()
    }
}

fn transaction_bytes(payer: &Pubkey, instructions: &[Instruction]) -> Result<usize> {
    let instructions = with_budget(instructions, &MOST);
    let message = compile(payer, &instructions, &[], Hash::default())?;
    let signatures = usize::from(message.header().num_required_signatures);
    let of_signatures = signatures.saturating_mul(size_of::<solana_signature::Signature>());
    Ok(message
        .serialize()
        .len()
        .saturating_add(of_signatures)
        .saturating_add(1))
}

/// The first byte in which two codes differ, whatever zeros come after their ends.
pub fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    let longest = one.len().max(other.len());
    let at = |code: &[u8], index: usize| code.get(index).copied().unwrap_or(0);
    (0..longest).find(|index| at(one, *index) != at(other, *index))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYER: Pubkey = Pubkey::new_from_array([1; 32]);
    const OTHER: Pubkey = Pubkey::new_from_array([2; 32]);

    #[test]
    fn a_chunk_fills_a_transaction_to_the_byte() {
        for authority in [PAYER, OTHER] {
            let chunks = Chunks::of(&PAYER, &authority, 1_000_000).unwrap();
            for (bytes, expected) in [(chunks.bytes, MAX_BYTES), (chunks.bytes + 1, MAX_BYTES + 1)]
            {
                let write = write(&OTHER, &authority, 999, vec![0; bytes]);
                // A buffer that is the authority is one account less.
                let write = match authority {
                    OTHER => {
                        super::write(&Pubkey::new_from_array([3; 32]), &OTHER, 9, vec![0; bytes])
                    }
                    _ => write,
                };
                assert_eq!(transaction_bytes(&PAYER, &[write]).unwrap(), expected);
            }
        }
    }

    #[test]
    fn chunks_cover_the_code_once_and_those_that_differ_are_missing() {
        let chunks = Chunks {
            bytes: 10,
            total_bytes: 25,
        };
        assert_eq!(chunks.count(), 3);
        let ranges: Vec<_> = chunks.ranges().collect();
        assert_eq!(ranges, [0..10, 10..20, 20..25]);
        let code = [7; 25];
        let mut written = code;
        assert!(chunks.missing(&code, &written).is_empty());
        written[24] = 0;
        assert_eq!(chunks.missing(&code, &written), vec![20..25]);
        assert_eq!(chunks.missing(&code, &written[..15]), [10..20, 20..25]);
        assert_eq!(chunks.missing(&code, &[]), ranges);
    }

    #[test]
    fn zeros_after_the_end_are_no_difference() {
        assert_eq!(first_difference(b"code", b"code\0\0"), None);
        assert_eq!(first_difference(b"code\0\0", b"code"), None);
        assert_eq!(first_difference(b"code", b"cold"), Some(2));
        assert_eq!(first_difference(b"code", b"coder"), Some(4));
        assert_eq!(first_difference(b"", b""), None);
    }
}
