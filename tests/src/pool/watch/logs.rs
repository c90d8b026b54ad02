//! No instruction leaves more bytes of logs than the client's packing counts for it.

use sluice_client::send::packing::log_bytes;
use solana_instruction::Instruction;

use crate::cluster::Sent;

/// Panics where the client expects fewer bytes of logs than there are.
pub(super) fn check(instructions: &[Instruction], sent: &Sent) {
    for (instruction, bytes) in instructions.iter().zip(sent.log_bytes()) {
        let most = log_bytes(std::slice::from_ref(instruction));
        assert!(
            bytes <= most,
            "{bytes} bytes of logs, {most} expected at most:\n{}",
            sent.logs.join("\n")
        );
    }
}
